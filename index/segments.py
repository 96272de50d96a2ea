"""Postings of a run of passages: which term stands in which passage, how often.

    Segment.build([(7, 1, ["armi", "soldier"]), (9, 1, ["armi", "armi"])]).postings("armi")
    -> rows [0, 1], counts [1, 2]           (rows 0 and 1 are passages 7 and 9, both of document 1)

A segment is never changed. It is flat arrays, so that it can be mapped from a file as it is.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Mask", "Segment"]

MAX_TF = 255
"""Term counts are kept in one byte: BM25 is flat long before."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Segment:
    """Postings of a run of passages, sorted by passage id."""

    terms: NDArray[np.uint8]
    """All terms in UTF-8, sorted, one after the other."""
    term_ends: NDArray[np.int64]
    posting_ends: NDArray[np.int64]
    posting_rows: NDArray[np.uint32]
    posting_tfs: NDArray[np.uint8]
    lengths: NDArray[np.uint32]
    """Terms in each passage."""
    ids: NDArray[np.int64]
    """Passage ids, ascending."""
    documents: NDArray[np.int64]
    """The document each passage belongs to."""

    @classmethod
    def build(cls, passages: Iterable[tuple[int, int, Sequence[str]]]) -> Segment:
        """A segment of (passage id, document id, terms of the passage), passage ids ascending."""
        numbers: dict[str, int] = {}
        ids, documents, lengths = array("q"), array("q"), array("I")
        terms, rows, tfs = array("q"), array("I"), array("B")
        for row, (passage, document, found) in enumerate(passages):
            ids.append(passage)
            documents.append(document)
            lengths.append(len(found))
            for term, count in Counter(found).items():
                terms.append(numbers.setdefault(term, len(numbers)))
                rows.append(row)
                tfs.append(min(count, MAX_TF))
        vocabulary = sorted(numbers, key=str.encode)
        ranks = np.zeros(len(numbers), np.int64)
        ranks[[numbers[term] for term in vocabulary]] = np.arange(len(numbers))
        return cls._sorted(
            [term.encode() for term in vocabulary],
            ranks[np.array(terms, np.int64)],
            np.array(rows, np.uint32),
            np.array(tfs, np.uint8),
            lengths=np.array(lengths, np.uint32),
            ids=np.array(ids, np.int64),
            documents=np.array(documents, np.int64),
        )

    @classmethod
    def merged(cls, segments: Sequence[Segment], living: Sequence[Mask]) -> Segment:
        """One segment with the living passages of several, whose id ranges follow each other."""
        vocabularies = [segment.vocabulary() for segment in segments]
        vocabulary = sorted(set().union(*vocabularies))
        rank_of = {term: rank for rank, term in enumerate(vocabulary)}
        ranks, rows, tfs, base = [], [], [], 0
        for segment, terms, alive in zip(segments, vocabularies, living, strict=True):
            kept = alive[segment.posting_rows]
            of_term = np.array([rank_of[term] for term in terms], np.int64)
            ranks.append(np.repeat(of_term, np.diff(segment.posting_ends, prepend=0))[kept])
            rows.append((np.cumsum(alive) + (base - 1))[segment.posting_rows[kept]].astype(np.uint32))
            tfs.append(segment.posting_tfs[kept])
            base += int(alive.sum())
        return cls._sorted(
            vocabulary,
            np.concatenate(ranks),
            np.concatenate(rows),
            np.concatenate(tfs),
            lengths=np.concatenate([s.lengths[alive] for s, alive in zip(segments, living, strict=True)]),
            ids=np.concatenate([s.ids[alive] for s, alive in zip(segments, living, strict=True)]),
            documents=np.concatenate([s.documents[alive] for s, alive in zip(segments, living, strict=True)]),
        )

    @classmethod
    def _sorted(
        cls,
        vocabulary: Sequence[bytes],
        ranks: NDArray[np.int64],
        rows: NDArray[np.uint32],
        tfs: NDArray[np.uint8],
        *,
        lengths: NDArray[np.uint32],
        ids: NDArray[np.int64],
        documents: NDArray[np.int64],
    ) -> Segment:
        """Postings in any order of term (rows ascending within each) put in the order of the vocabulary."""
        order = np.argsort(ranks, kind="stable")
        return cls(
            terms=np.frombuffer(b"".join(vocabulary), dtype=np.uint8),
            term_ends=np.cumsum([len(term) for term in vocabulary], dtype=np.int64),
            posting_ends=np.cumsum(np.bincount(ranks, minlength=len(vocabulary)), dtype=np.int64),
            posting_rows=rows[order],
            posting_tfs=tfs[order],
            lengths=lengths,
            ids=ids,
            documents=documents,
        )

    def vocabulary(self) -> list[bytes]:
        """The distinct terms in UTF-8, sorted."""
        return [self._term(at) for at in range(len(self.term_ends))]

    def beginning_with(self, letter: str) -> list[str]:
        """The distinct terms that begin with `letter`, sorted."""
        first = bisect_left(range(len(self.term_ends)), letter.encode(), key=self._term)
        last = bisect_left(range(len(self.term_ends)), chr(ord(letter) + 1).encode(), key=self._term)
        return [self._term(at).decode() for at in range(first, last)]

    def postings(self, term: str) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
        """Rows that hold `term` and how often; empty arrays when none does."""
        wanted = term.encode()
        at = bisect_left(range(len(self.term_ends)), wanted, key=self._term)
        if at == len(self.term_ends) or self._term(at) != wanted:
            return self.posting_rows[:0], self.posting_tfs[:0]
        return self._posting(at)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name, as `Segment(**arrays)` takes them back."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    def __len__(self) -> int:
        return len(self.ids)

    def _term(self, at: int) -> bytes:
        start = int(self.term_ends[at - 1]) if at else 0
        return self.terms[start : int(self.term_ends[at])].tobytes()

    def _posting(self, at: int) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
        start = int(self.posting_ends[at - 1]) if at else 0
        stop = int(self.posting_ends[at])
        return self.posting_rows[start:stop], self.posting_tfs[start:stop]
