"""Search on a Milvus server: it finds the candidates, and they are scored here from what it keeps of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Floats
from index.milvus.encoding import PASSAGES_OF_DOCUMENT, batches, in_list, token, tokens
from index.milvus.rows import Fetched
from index.milvus.statistics import MilvusScores, Statistics
from index.products import inner_products
from index.scoring import TIE
from index.stores import Ids

__all__ = ["MilvusLexical", "MilvusSearched", "MilvusVectors"]

SPARE = 1.25
"""Times as many candidates as are wanted are asked of the server: it ranks by what it knows of documents that are being
replaced, too, and does not know how much less the words of earlier turns count."""

MOST_CANDIDATES = 16_384
"""Of one search."""

MOST_HOLDERS = 2_000
"""Passages looked at for what is wanted to the letter."""

LONG_RUN, MOST_RUNS, MOST_OTHERS = 16, 50, 10_000
"""Documents whose numbers follow each other that a filter names by the first and the last; so many of these, and of
others, in one filter. Of more, several are asked with."""


@dataclass(frozen=True, slots=True)
class Near:
    """Passages nearest to a question, best first."""

    ids: Ids


@dataclass(frozen=True, slots=True)
class MilvusVectors:
    """What `index.stores.VectorSide` says."""

    fetched: Fetched
    statistics: Statistics

    def __len__(self) -> int:
        return self.statistics.living

    def search(self, question: Floats, k: int, among: Ids | None = None) -> Near:
        """The `k` passages nearest to `question` (float32 (1, d), unit row), best first."""
        kind = self.fetched.vector_index()
        wanted = round(k * kind.spare)
        found = candidates(
            self.fetched,
            [question[0].astype(np.float32).tolist()],
            wanted,
            among,
            anns_field="vector",
            search_params={"metric_type": "IP", "params": kind.search(round(wanted * SPARE))},
        )
        cosines = self.cosines(question, found)
        return Near(found[np.lexsort((found, -cosines))][:k])

    def cosines(self, question: Floats, ids: Ids) -> Floats:
        """Cosine of the question with each passage: float32 (len(ids),); nan for those that are gone."""
        found = self.fetched.values("vector", ids.tolist())
        cosines = np.full(len(ids), np.nan, np.float32)
        held = [at for at, id_ in enumerate(ids.tolist()) if id_ in found]
        if held:
            rows = np.array([found[int(ids[at])] for at in held], np.float32)
            cosines[held] = inner_products(rows, np.ascontiguousarray(question[0], np.float32))
        return cosines

    def spread(self, question: Floats) -> tuple[float, float]:
        """Mean and standard deviation of the question's cosine over a fixed sample of passages."""
        return self.statistics.spread(question)

    def sample_ids(self, count: int) -> Ids:
        """Passages of a fixed sample, the same however the index came about."""
        return np.sort(self.statistics.lowest[:count])


@dataclass(frozen=True, slots=True)
class MilvusLexical:
    """What `index.stores.LexicalSide` says."""

    fetched: Fetched
    statistics: Statistics

    @property
    def living(self) -> int:
        """Passages that can be found."""
        return self.statistics.living

    def score(self, question_terms: Iterable[str], shares: Mapping[str, float] | None = None) -> MilvusScores:
        """BM25 for the distinct terms given; `shares`: how much of their weight terms keep, 1 by default."""
        return self.statistics.score(question_terms, shares)

    def best(self, scores: MilvusScores, k: int, among: Ids | None = None) -> Ids:
        """Ids of the `k` best passages that share a term with the question, best first; of equals, by lowest key."""
        if not scores.terms:
            return np.zeros(0, np.int64)
        if not self.fetched.connection.has_words:
            return self.statistics.sample.best(scores.of_sample, k, among)
        words = tokens(scores.terms)
        ids = candidates(
            self.fetched, [words], k, among, anns_field="bm25", search_params={"metric_type": "BM25", "params": {}}
        )
        found = self.of_passages(scores, ids)
        ids, found = ids[found > 0], found[found > 0]
        return ids[np.lexsort((ids, self.keys_of(ids), -np.round(found / TIE)))[:k]]

    def of_passages(self, scores: MilvusScores, ids: Ids) -> Floats:
        """The scores of passages: float32 (len(ids),)."""
        found = self.fetched.values("search", ids.tolist())
        return scores.of_passages([found[id_][1] if id_ in found else () for id_ in ids.tolist()])

    def of_documents(self, scores: MilvusScores, ids: Ids) -> Floats:
        """The scores of the documents that passages stand in: float32 (len(ids),)."""
        each, places = np.unique(self.documents_of(ids), return_inverse=True)
        found = self.fetched.profiles(each.tolist())
        return scores.of_documents([found[id_] for id_ in each.tolist()])[places]

    def documents_of(self, ids: Ids) -> Ids:
        """Id of the document that each passage stands in."""
        return ids // PASSAGES_OF_DOCUMENT

    def keys_of(self, ids: Ids) -> NDArray[np.uint64]:
        """A number for what each passage says: uint64 (len(ids),)."""
        found = self.fetched.values("search", ids.tolist())
        keys = [int.from_bytes(found[id_][0][:8], "little") if id_ in found else 0 for id_ in ids.tolist()]
        return np.array(keys, np.uint64)

    def around(self, ids: Ids, distances: Sequence[int]) -> NDArray[np.int64]:
        """The passages so far after (before, when negative) each of `ids`: int64 (len(distances), len(ids)) or -1."""
        documents, at = ids // PASSAGES_OF_DOCUMENT, ids % PASSAGES_OF_DOCUMENT
        rows = self.fetched.documents(documents.tolist())
        counts = np.array([rows[id_]["passages"] if id_ in rows else 0 for id_ in documents.tolist()], np.int64)
        others = at + np.array(distances, np.int64)[:, None]
        return np.where((others >= 0) & (others < counts), documents * PASSAGES_OF_DOCUMENT + others, -1)

    def holding(self, terms: Iterable[str]) -> Ids:
        """Ids of passages that hold every one of the terms, ascending; none for no terms, `MOST_HOLDERS` at most."""
        distinct = list(dict.fromkeys(terms))
        if not distinct or not self.fetched.connection.has_words:
            return self.statistics.sample.holding(distinct)
        filter_ = " and ".join(f'TEXT_MATCH(terms, "{token(term)}")' for term in distinct)
        names = self.fetched.names
        rows = self.fetched.connection.call(
            "query",
            names.passages,
            filter=filter_,
            output_fields=["id"],
            limit=MOST_HOLDERS,
            **self.fetched.reading,
        )
        return self.fetched.living(np.sort(np.array([row["id"] for row in rows], np.int64)))

    def spelt_like(self, word: str, term: str) -> tuple[str, list[str]] | None:
        """The term of the sample that a misspelt `word` may have meant, and spellings of it."""
        return self.statistics.sample.spelt_like(word, term)


@dataclass(frozen=True, slots=True)
class MilvusSearched:
    """What `index.stores.Searched` says."""

    change: int
    vectors: MilvusVectors
    lexical: MilvusLexical


def candidates(fetched: Fetched, data: list[object], k: int, among: Ids | None, **options: object) -> Ids:
    """Ids of passages of documents that are there, as the server ranks them; `among`: those to choose from."""
    wanted = min(round(k * SPARE) + 1, MOST_CANDIDATES)
    found: list[int] = []
    for filter_ in [""] if among is None else of_documents(np.unique(among // PASSAGES_OF_DOCUMENT)):
        hits = fetched.connection.call(
            "search",
            fetched.names.passages,
            data=data,
            limit=wanted,
            filter=filter_,
            output_fields=["id"],
            **fetched.reading,
            **options,
        )
        found.extend(hit["id"] for hit in hits[0])
    ids = fetched.living(np.array(found, np.int64))
    return ids if among is None else ids[np.isin(ids, among)]


def of_documents(ids: Ids) -> Iterator[str]:
    """Filters for the passages of documents (ascending), one or more: numbers that follow each other are told by ends.

    Documents of a folder were mostly put in one after the other.
    """
    runs = [run for run in np.split(ids, np.flatnonzero(np.diff(ids) != 1) + 1) if len(run)]
    ranges = [f"(document >= {run[0]} and document <= {run[-1]})" for run in runs if len(run) >= LONG_RUN]
    others = [int(id_) for run in runs if len(run) < LONG_RUN for id_ in run]
    none = list[Any]()
    for some, single in zip_longest(batches(ranges, MOST_RUNS), batches(others, MOST_OTHERS), fillvalue=none):
        yield " or ".join([*some, *([in_list("document", single)] if single else [])])
