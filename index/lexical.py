"""BM25 over passages and over the documents they make up, in segments that grow with the corpus.

The formula is in `index.bm25`. Segments are never changed: new passages make a new one, small neighbours are merged,
removed passages are left out of account. N, df and the mean length are counted over the living passages only, at the
time of the question. That is why the scores after any history of changes are exactly those of an index built from
scratch.

A corpus of ordinary size is scored as a whole. Of a larger one only what is asked for is: the best passages
(`index.pruning`), the scores of some (`index.scoring`), and how all of them are spread (`index.spread`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from index.bm25 import K1, B, Floats, Norm, idf
from index.living import Ints, Part
from index.places import by_part, dead_rows, each_once, ids_at, living, rows_of, units_at
from index.postings import joined
from index.pruning import candidates
from index.sampling import Documents, Passages, Sample, lowest_passages, sample_of_documents, sample_of_passages
from index.scoring import TIE, Asked
from index.segments import Mask, Segment
from index.spelling import near, similar, spellings
from index.spread import Spread, estimated, exact

__all__ = ["K1", "B", "LexicalIndex", "LexicalScores", "idf"]

SCORED_WHOLE = 100_000
"""Passages up to which every one is scored for every question (about 1 ms)."""

LOOKUP_COST = 6
"""Postings added up in the time one passage is looked up in the list of a term."""


@dataclass(frozen=True)
class LexicalScores:
    """What the words of one question say of each passage, and of the documents they stand in."""

    index: LexicalIndex
    asked: Asked
    idf: dict[str, float]
    """idf over passages of each distinct term of the question, or the share of it that the term keeps; a term no
    passage has carries the highest."""

    @cached_property
    def passages(self) -> Spread:
        """Mean and deviation of BM25 over all living passages, zeros included."""
        if self.whole:
            return exact(self.asked.all_passages, self.index.living)
        return estimated(Passages(self.asked, self.index.sample, self.index.living), self.asked.terms)

    @cached_property
    def documents(self) -> Spread:
        """The same over all living documents."""
        if self.whole:
            return exact(self.asked.all_documents, self.index.living_documents)
        sample = self.index.sample_of_documents
        return estimated(Documents(self.asked, sample, self.index.living_documents), self.asked.terms)

    def foresee(self) -> None:
        """Compute now what `passages` and `documents` will give."""
        _ = self.passages, self.documents

    @property
    def whole(self) -> bool:
        """Whether everything is scored."""
        return self.index.living <= SCORED_WHOLE


@dataclass(frozen=True)
class LexicalIndex:
    """Segments one after the other, without the passages that are gone. Rows count through all of them."""

    segments: tuple[Segment, ...]
    parts: tuple[Part, ...]
    """The segments as this state sees them."""

    @classmethod
    def of(cls, segments: Sequence[Segment], removed: NDArray[np.int64] | None = None) -> LexicalIndex:
        """An index of `segments` without the passages in `removed` (ids in any order, others than theirs too)."""
        gone = np.unique(removed) if removed is not None else np.zeros(0, np.int64)
        parts, row, document, last = list[Part](), 0, 0, None
        for segment in segments:
            dead = dead_rows(segment, gone)
            continues = bool(len(segment) and last == segment.document_ids[0])
            parts.append(Part(segment, dead, row, document - continues, continues))
            row += len(segment)
            document += len(segment.document_ids) - continues
            last = segment.document_ids[-1] if len(segment) else last
        return cls(tuple(segments), tuple(parts))

    @cached_property
    def ids(self) -> NDArray[np.int64]:
        """int64 (rows,): passage ids, ascending. A copy of all: not for questions."""
        return np.asarray(joined([segment.ids for segment in self.segments], np.int64))

    @cached_property
    def alive(self) -> Mask:
        """Mask (rows,): False for passages that were removed. A copy of all: not for questions."""
        return np.asarray(joined(self.alive_by_segment(), np.bool_))

    @cached_property
    def dead(self) -> NDArray[np.int64]:
        """Ids of the removed passages that the segments still hold, ascending."""
        return np.asarray(joined([part.segment.ids[part.dead] for part in self.parts], np.int64))

    @cached_property
    def living(self) -> int:
        """Passages that can be found."""
        return sum(part.living for part in self.parts)

    @cached_property
    def living_documents(self) -> int:
        """Documents that can be found."""
        counts = [len(part.segment.document_ids) - len(part.gone) for part in self.parts]
        return each_once(self.parts, counts, lambda at, document: document not in self.parts[at].gone)

    @cached_property
    def sample(self) -> Sample:
        """A fixed sample of the passages."""
        return sample_of_passages(self.parts)

    @cached_property
    def sample_of_documents(self) -> Sample:
        """A fixed sample of the documents."""
        return sample_of_documents(self.parts)

    def alive_by_segment(self) -> list[Mask]:
        """The part of `alive` that belongs to each segment."""
        return [part.alive for part in self.parts]

    def score(self, question_terms: Iterable[str], shares: Mapping[str, float] | None = None) -> LexicalScores:
        """BM25 of passages, and of documents as the sum of their passages, for the distinct terms given.

        `shares`: how much of their weight terms keep, 1 for those it leaves out. Removed passages count for nothing.
        Scores are computed when they are asked for, with `best`, `of_passages` and `of_documents`.
        """
        terms = tuple(dict.fromkeys(question_terms))
        kept = [(shares or {}).get(term, 1.0) for term in terms]
        numbers = tuple(tuple(map(part.segment.find, terms)) for part in self.parts)
        columns = list(zip(*numbers, strict=True)) if numbers else [()] * len(terms)
        dfs = tuple(sum(part.df(at) for part, at in zip(self.parts, each, strict=True)) for each in columns)
        document_dfs = tuple(map(self._document_df, columns))
        weights = tuple(share * idf(df, self.living) for share, df in zip(kept, dfs, strict=True))
        asked = Asked(
            parts=self.parts,
            numbers=numbers,
            dfs=dfs,
            document_dfs=document_dfs,
            weights=weights,
            document_weights=tuple(
                share * idf(df, self.living_documents) for share, df in zip(kept, document_dfs, strict=True)
            ),
            norm=self._norm,
            document_norm=self._document_norm,
        )
        return LexicalScores(self, asked, dict(zip(terms, weights, strict=True)))

    def of_passages(self, scores: LexicalScores, ids: NDArray[np.int64]) -> Floats:
        """The scores of the passages in `ids` (all of which the index holds, living): float32 (len(ids),)."""
        if scores.whole or len(ids) * len(scores.idf) * LOOKUP_COST > sum(scores.asked.dfs) + self.living:
            return scores.asked.all_passages[rows_of(self.parts, ids)]
        found = np.zeros(len(ids), np.float32)
        for at, chosen, rows in by_part(self.parts, ids):
            found[chosen] = scores.asked.of_rows(at, rows.astype(np.uint32))
        return found

    def of_documents(self, scores: LexicalScores, ids: NDArray[np.int64]) -> Floats:
        """The scores of the documents that the passages in `ids` stand in: float32 (len(ids),)."""
        documents = np.zeros(len(ids), np.int64)
        for at, chosen, rows in by_part(self.parts, ids):
            documents[chosen] = self.parts[at].document_of(rows) + self.parts[at].first_document
        if scores.whole:
            return scores.asked.all_documents[documents]
        each, places = np.unique(documents, return_inverse=True)
        return scores.asked.of_documents(each)[places]

    def documents_of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Id of the document that each passage stands in: int64 (len(ids),)."""
        found = np.zeros(len(ids), np.int64)
        for at, chosen, rows in by_part(self.parts, ids):
            found[chosen] = self.segments[at].document_ids[self.parts[at].document_of(rows)]
        return found

    def keys_of(self, ids: NDArray[np.int64]) -> NDArray[np.uint64]:
        """The keys of the passages in `ids` (all of which the index holds): uint64 (len(ids),)."""
        found = np.zeros(len(ids), np.uint64)
        for at, chosen, rows in by_part(self.parts, ids):
            found[chosen] = self.segments[at].keys[rows]
        return found

    def sample_ids(self, count: int) -> NDArray[np.int64]:
        """Ids of the `count` living passages with the lowest keys, or of all, ascending: int64 (n,)."""
        return ids_at(self.parts, lowest_passages(self.parts, count))

    def around(self, ids: NDArray[np.int64], distances: Sequence[int]) -> NDArray[np.int64]:
        """The passages so far after (before, when negative) each of `ids` in its document.

        int64 (len(distances), len(ids)); -1 where the document has none. Passages of one document have ids in reading
        order.
        """
        rows = rows_of(self.parts, ids)
        others = rows + np.array(distances, np.int64)[:, None]
        own, theirs = units_at(self.parts, rows), units_at(self.parts, others.ravel())
        same = theirs.documents.reshape(others.shape) == own.documents
        return np.where(same, theirs.ids.reshape(others.shape), -1)

    def holding(self, terms: Iterable[str]) -> NDArray[np.int64]:
        """Ids of the living passages that hold every one of the terms, ascending; none for no terms."""
        distinct, found = list(dict.fromkeys(terms)), list[Ints]()
        for part in self.parts if distinct else ():
            numbers = sorted(map(part.segment.find, distinct), key=part.segment.df)
            rows = part.held(numbers[0]).rows
            for at in numbers[1:]:
                rows = rows[part.holds(at, rows)]
            found.append(part.segment.ids[rows])
        return np.asarray(joined(found, np.int64))

    def spelt_like(self, word: str, term: str) -> tuple[str, list[str]] | None:
        """The term of a living passage that a misspelt `word` may have meant, and spellings of it.

        Of words that differ by one letter the commonest; else the nearest term, of equals the commonest.
        """
        words = spellings(word)
        if counts := [(-count, other) for other in words if (count := self._df(other))]:
            meant = min(counts)[1]
            return meant, words[meant]
        vocabulary = {other for segment in self.segments for other in near(term, segment)}
        found = [(edits, -self._df(other), other) for other, edits in similar(term, vocabulary)]
        like = min((other for other in found if other[1] < 0), default=None)
        return (like[2], [like[2]]) if like else None

    def best(self, scores: LexicalScores, k: int, among: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        """Ids of the `k` best passages that share a term with the question, best first; of equals, by lowest key."""
        if among is not None:
            kept = among[living(self.parts, among)]
            ids, found = kept, self.of_passages(scores, kept)
        elif scores.whole:
            everywhere = scores.asked.all_passages
            rows = np.flatnonzero(everywhere)
            ids, found = ids_at(self.parts, rows), everywhere[rows]
        else:
            chosen = candidates(scores.asked, k)
            ids = np.asarray(joined([self.segments[each.part].ids[each.rows] for each in chosen], np.int64))
            found = np.asarray(
                joined([scores.asked.of_rows(each.part, each.rows) for each in chosen], np.float32), np.float32
            )
        ids, found = ids[found > 0], found[found > 0]
        if len(ids) > k:
            kept = found >= np.partition(found, -k)[-k] - 2 * TIE
            ids, found = ids[kept], found[kept]
        return ids[np.lexsort((ids, self.keys_of(ids), -np.round(found / TIE)))[:k]]

    @cached_property
    def _norm(self) -> Norm:
        return Norm.of(self._living_length / max(self.living, 1))

    @cached_property
    def _document_norm(self) -> Norm:
        return Norm.of(self._living_length / max(self.living_documents, 1))

    @cached_property
    def _living_length(self) -> int:
        return sum(part.living_length for part in self.parts)

    def _df(self, term: str) -> int:
        return sum(part.df(part.segment.find(term)) for part in self.parts)

    def _document_df(self, numbers: Sequence[int]) -> int:
        counts = [part.document_df(at) for part, at in zip(self.parts, numbers, strict=True)]
        return each_once(self.parts, counts, lambda at, document: self.parts[at].holds_within(numbers[at], document))
