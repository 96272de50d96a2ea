"""How the terms and vectors of a corpus on a server are spread, from a sample of its passages.

The sample is the passages with the lowest keys: the same however the corpus came about, and all of it as long as it is
small, when everything here is exact. It is followed from state to state (`index.milvus.sampled`). Of a larger corpus,
how many passages hold a term follows from the sample where enough of those hold it, and is asked of the server where
not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Floats, Norm, idf, weights
from index.lexical import LexicalIndex, LexicalScores
from index.milvus.encoding import PASSAGES_OF_DOCUMENT, batches, place_of, terms_of, token
from index.milvus.rows import Fetched
from index.milvus.sampled import Candidate, Sample
from index.milvus.standing import Moved
from index.products import inner_products
from index.schema import State
from index.spread import Spread

__all__ = ["SAMPLE_DOCUMENTS", "SAMPLE_PASSAGES", "MilvusScores", "Statistics"]

SAMPLE_PASSAGES, SAMPLE_DOCUMENTS = 1 << 15, 1 << 13
SAMPLE_VECTORS = 2048

RELIABLE = 64
"""Passages of the sample that hold a term, from which on their share stands for that of all (standard error 1/8)."""


@dataclass(frozen=True)
class MilvusScores:
    """What the words of one question say: weights of its terms, and how its scores are spread over the corpus."""

    terms: tuple[str, ...]
    idf: dict[str, float]
    document_weights: tuple[float, ...]
    norm: Norm
    document_norm: Norm
    of_sample: LexicalScores
    of_sampled_documents: LexicalScores | None
    """None when the sample is the whole corpus."""

    @property
    def passages(self) -> Spread:
        """Mean and deviation of BM25 over all passages, zeros included."""
        return self.of_sample.passages

    @property
    def documents(self) -> Spread:
        """The same over all documents."""
        return self.of_sampled_documents.passages if self.of_sampled_documents else self.of_sample.documents

    def foresee(self) -> None:
        """Compute now what `passages` and `documents` will give."""
        _ = self.passages, self.documents

    def of_passages(self, held: Sequence[Sequence[str]]) -> Floats:
        """BM25 of passages that consist of these tokens: float32 (len(held),)."""
        scores = np.zeros(len(held), np.float32)
        lengths = np.array([len(words) for words in held], np.int64)
        for term, weight in self.idf.items():
            word = token(term)
            tfs = np.array([min(words.count(word), 255) for words in held], np.int64)
            scores += weights(tfs, lengths, self.norm, weight)
        return scores

    def of_documents(self, profiles: Sequence[tuple[int, Mapping[str, int]]]) -> Floats:
        """BM25 of documents of so many terms, each so often: float32 (len(profiles),)."""
        scores = np.zeros(len(profiles), np.float32)
        lengths = np.array([length for length, _ in profiles], np.int64)
        for term, weight in zip(self.terms, self.document_weights, strict=True):
            word = token(term)
            tfs = np.array([counts.get(word, 0) for _, counts in profiles], np.int64)
            scores += weights(tfs, lengths, self.document_norm, weight)
        return scores


@dataclass(frozen=True)
class Statistics:
    """Of one state of the corpus."""

    fetched: Fetched
    living: int
    """Passages."""
    documents: int
    of_passages: Sample
    of_documents: Sample | None
    """Documents, each as one passage; None when the sample of passages is the whole corpus."""
    vectors: dict[int, NDArray[np.float16]]
    """Those of passages with the lowest keys, as far as they were fetched: float16 (dimension,) each."""
    counted: dict[str, int] = field(default_factory=dict)
    """How many passages hold a term, as far as the server was asked."""

    @classmethod
    def of(cls, fetched: Fetched, documents: int, living: int) -> Statistics:
        """Fetch the samples. `documents`, `living`: how many documents and passages there are."""
        passages = Sample.of(partial(_passages, fetched), SAMPLE_PASSAGES, living)
        return cls(fetched, living, documents, passages, _sampled_documents(fetched, documents, living), {})

    def followed(self, fetched: Fetched, documents: int, living: int, moved: Moved) -> Statistics | None:
        """Of a later state, the same as made anew: only what came is fetched. None when too much went for that."""
        passages = self.of_passages.followed(partial(_passages, fetched), moved, "document")
        if passages is None:
            return None
        sampled = None
        if living > SAMPLE_PASSAGES and self.of_documents:
            sampled = self.of_documents.followed(partial(_documents, fetched), moved, "id")
        sampled = sampled or _sampled_documents(fetched, documents, living)
        lowest = set(passages.lowest[:SAMPLE_VECTORS].tolist())
        vectors = {id_: vector for id_, vector in self.vectors.items() if id_ in lowest}
        return Statistics(fetched, living, documents, passages, sampled, vectors)

    @property
    def sample(self) -> LexicalIndex:
        """The passages of the sample."""
        return self.of_passages.index

    @property
    def sampled_documents(self) -> LexicalIndex | None:
        """The documents of theirs."""
        return self.of_documents.index if self.of_documents else None

    @property
    def lowest(self) -> NDArray[np.int64]:
        """Passages of the sample, by key: int64 (n,)."""
        return self.of_passages.lowest

    def score(self, question_terms: Iterable[str], shares: Mapping[str, float] | None = None) -> MilvusScores:
        """The distinct terms of a question; `shares`: how much of their weight terms keep."""
        terms = tuple(dict.fromkeys(question_terms))
        kept = [(shares or {}).get(term, 1.0) for term in terms]
        found = self.sample.score(terms, shares)
        if self.sampled_documents is None:
            return MilvusScores(
                terms, found.idf, found.asked.document_weights, found.asked.norm, found.asked.document_norm, found, None
            )
        dfs = self._dfs(terms, found.asked.dfs)
        weights_of = tuple(share * idf(df, self.living) for share, df in zip(kept, dfs, strict=True))
        own = self.sampled_documents.score(terms, shares)
        document_dfs = [
            min(self.documents, df if own_df < RELIABLE else round(own_df * self.documents / len_of(own)))
            for df, own_df in zip(dfs, own.asked.dfs, strict=True)
        ]
        of_document = tuple(share * idf(df, self.documents) for share, df in zip(kept, document_dfs, strict=True))
        by_term = dict(zip(terms, weights_of, strict=True))
        return MilvusScores(
            terms,
            by_term,
            of_document,
            found.asked.norm,
            own.asked.norm,
            replace(found, asked=replace(found.asked, weights=weights_of), idf=by_term),
            replace(own, asked=replace(own.asked, weights=of_document)),
        )

    def spread(self, question: Floats) -> tuple[float, float]:
        """Mean and standard deviation of the question's cosine over a fixed sample of passages."""
        if not len(self._vectors):
            return 0.0, 1.0
        cosines = inner_products(self._vectors, question[0])
        return float(cosines.mean()), float(cosines.std())

    @cached_property
    def _vectors(self) -> Floats:
        ids = np.sort(self.lowest[:SAMPLE_VECTORS]).tolist()
        self.vectors.update(self.fetched.values("vector", [id_ for id_ in ids if id_ not in self.vectors]))
        return np.array([self.vectors[id_] for id_ in ids if id_ in self.vectors], np.float32)

    def _dfs(self, terms: Sequence[str], sampled: Sequence[int]) -> list[int]:
        """How many passages hold each term."""
        found = []
        for term, df in zip(terms, sampled, strict=True):
            if df >= RELIABLE or not self.fetched.connection.has_words:
                found.append(round(df * self.living / max(self.sample.living, 1)))
                continue
            if term not in self.counted:
                filter_ = f'TEXT_MATCH(terms, "{token(term)}")'
                self.counted[term] = self.fetched.count(self.fetched.names.passages, filter_)
            found.append(self.counted[term])
        return found


def len_of(scores: LexicalScores) -> int:
    """Units of the index that gave the scores."""
    return max(scores.index.living, 1)


def _passages(fetched: Fetched, filter_: str) -> list[Candidate]:
    filter_, fields = fetched.but_hidden(filter_, "document"), ["id", "place", "key", "terms"]
    return [
        Candidate(
            row["id"],
            row["id"] // PASSAGES_OF_DOCUMENT,
            row["place"],
            int.from_bytes(bytes.fromhex(row["key"][:16]), "little"),
            terms_of(row["terms"]),
        )
        for row in fetched.query(fetched.names.passages, filter_, fields)
    ]


def _sampled_documents(fetched: Fetched, documents: int, living: int) -> Sample | None:
    """A sample of the documents, each as one passage of all its terms; None where all passages are known."""
    fetch = partial(_documents, fetched)
    return Sample.of(fetch, SAMPLE_DOCUMENTS, documents) if living > SAMPLE_PASSAGES else None


def _documents(fetched: Fetched, filter_: str) -> list[Candidate]:
    filter_ = fetched.but_hidden(f'state == "{State.INDEXED}" and {filter_}')
    rows = {row["id"]: row["place"] for row in fetched.query(fetched.names.documents, filter_, ["id", "place"])}
    found = []
    for some in batches(list(rows)):
        for id_, (_, counts) in fetched.profiles(some).items():
            terms = [
                term
                for term, count in zip(terms_of(" ".join(counts)), counts.values(), strict=True)
                for _ in range(count)
            ]
            found.append(Candidate(id_, id_, rows[id_], place_of(id_.to_bytes(8, "little")), terms))
    return found
