"""BM25 over passages and over the documents they make up, in segments that grow with the corpus.

Okapi BM25 (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework"), with the idf of Lucene, which is
never negative:

    idf(t)      = ln(1 + (N - df + 0.5) / (df + 0.5))
    score(q, p) = sum over distinct t in q of  idf(t) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean length))

Segments are never changed: new passages make a new one, small neighbours are merged, removed passages are masked.
N, df and the mean length are counted over the living passages only, at the time of the question. That is why the
scores after any history of changes are exactly those of an index built from scratch.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.segments import Mask, Segment
from index.spelling import similar

__all__ = ["K1", "B", "LexicalIndex", "LexicalScores"]

K1 = 1.2
"""Saturation of repeated terms (the value of DESIGN's measurements; Robertson's default)."""

B = 0.75
"""Strength of the normalisation by length."""


class Scored(NamedTuple):
    """BM25 of every unit (passage or document) for one question."""

    scores: NDArray[np.float32]
    """float32 (units,): 0 where no term is shared."""
    mean: float
    """Mean over the living units, the zeros included."""
    deviation: float
    """Standard deviation over the same."""


class LexicalScores(NamedTuple):
    """What the words of one question say of each passage, and of the documents they stand in."""

    passages: Scored
    documents: Scored
    idf: dict[str, float]
    """idf over passages of each distinct term of the question, or the share of it that the term keeps; a term no
    passage has carries the highest."""


@dataclass(frozen=True)
class LexicalIndex:
    """Segments one after the other; row r of the index is row r - (rows before it) of its segment."""

    segments: tuple[Segment, ...]
    alive: Mask
    """bool (rows,): False for passages that were removed."""

    @classmethod
    def of(cls, segments: Sequence[Segment], removed: NDArray[np.int64] | None = None) -> LexicalIndex:
        """An index of `segments` without the passages in `removed`."""
        ids = np.concatenate([segment.ids for segment in segments]) if segments else np.zeros(0, np.int64)
        alive = np.ones(len(ids), dtype=np.bool_) if removed is None else ~np.isin(ids, removed)
        return cls(tuple(segments), alive)

    @cached_property
    def ids(self) -> NDArray[np.int64]:
        """int64 (rows,): passage ids, ascending."""
        return np.concatenate([s.ids for s in self.segments]) if self.segments else np.zeros(0, np.int64)

    @cached_property
    def _lengths(self) -> NDArray[np.uint32]:
        return np.concatenate([s.lengths for s in self.segments]) if self.segments else np.zeros(0, np.uint32)

    @cached_property
    def _living(self) -> int:
        return int(self.alive.sum())

    @cached_property
    def _document_of(self) -> NDArray[np.int64]:
        """int64 (rows,): number of each passage's document, from 0 in order of document id."""
        documents = [s.documents for s in self.segments]
        if not documents:
            return np.zeros(0, np.int64)
        return np.unique(np.concatenate(documents), return_inverse=True)[1].astype(np.int64)

    @cached_property
    def _document_lengths(self) -> NDArray[np.float64]:
        """Terms in the living passages of each document; 0 for a document that is gone."""
        return np.bincount(self._document_of, weights=self._lengths * self.alive).astype(np.float64)

    @cached_property
    def _living_documents(self) -> int:
        return int((np.bincount(self._document_of, weights=self.alive) > 0).sum()) if self._living else 0

    @cached_property
    def _norms(self) -> NDArray[np.float32]:
        return _norms(self._lengths, float(self._lengths[self.alive].mean()) if self._living else 1.0)

    @cached_property
    def _document_norms(self) -> NDArray[np.float32]:
        return _norms(self._document_lengths, self._document_lengths.sum() / max(self._living_documents, 1))

    def alive_by_segment(self) -> list[Mask]:
        """The part of `alive` that belongs to each segment."""
        ends = np.cumsum([len(segment) for segment in self.segments])[:-1]
        return list(np.split(self.alive, ends)) if self.segments else []

    def score(self, question_terms: Iterable[str], shares: Mapping[str, float] | None = None) -> LexicalScores:
        """BM25 of every passage, and of every document as the sum of its passages, for the distinct terms given.

        `shares`: how much of their weight terms keep, 1 for those it leaves out. Removed passages score 0 and count
        for nothing.
        """
        shares = shares or {}
        passages = np.zeros(len(self.alive), dtype=np.float32)
        documents = np.zeros(len(self._document_lengths), dtype=np.float32)
        idfs: dict[str, float] = {}
        for term in dict.fromkeys(question_terms):
            rows, tfs = self._living_postings(term)
            share = shares.get(term, 1.0)
            idfs[term] = share * idf(len(rows), self._living)
            passages[rows] += _weight(tfs, self._norms[rows], idfs[term])
            counts = np.bincount(self._document_of[rows], weights=tfs, minlength=len(documents))
            holders = np.flatnonzero(counts)
            weight = share * idf(len(holders), self._living_documents)
            documents[holders] += _weight(counts[holders].astype(np.float32), self._document_norms[holders], weight)
        return LexicalScores(_scored(passages, self._living), _scored(documents, self._living_documents), idfs)

    def of_passages(self, scores: LexicalScores, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """The scores of the passages in `ids` (all of which the index holds): float32 (len(ids),)."""
        return scores.passages.scores[np.searchsorted(self.ids, ids)]

    def of_documents(self, scores: LexicalScores, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """The scores of the documents that the passages in `ids` stand in: float32 (len(ids),)."""
        return scores.documents.scores[self._document_of[np.searchsorted(self.ids, ids)]]

    def documents_of(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Id of the document that each passage stands in: int64 (len(ids),)."""
        documents = np.concatenate([s.documents for s in self.segments]) if self.segments else self.ids
        return documents[np.searchsorted(self.ids, ids)]

    def around(self, ids: NDArray[np.int64], distance: int) -> NDArray[np.int64]:
        """The passage `distance` after (before, when negative) each of `ids` in its document: int64 (len(ids),).

        -1 where the document has none. Passages of one document have ids in reading order.
        """
        rows = np.searchsorted(self.ids, ids)
        others = rows + distance
        inside = (others >= 0) & (others < len(self.ids))
        others = np.where(inside, others, rows)
        same = inside & self.alive[others] & (self._document_of[others] == self._document_of[rows])
        return np.where(same, self.ids[others], -1)

    def holding(self, terms: Iterable[str]) -> NDArray[np.int64]:
        """Ids of the living passages that hold every one of the terms, ascending; none for no terms."""
        each = [self._living_postings(term)[0] for term in dict.fromkeys(terms)]
        if not each:
            return self.ids[:0]
        return self.ids[reduce(lambda one, other: np.intersect1d(one, other, assume_unique=True), each)]

    def spelt_like(self, term: str) -> str | None:
        """The term of a living passage that a misspelt `term` may have meant: the nearest, of equals the commonest."""
        vocabulary = {other for segment in self.segments for other in segment.beginning_with(term[0])}
        found = [(edits, -len(self._living_postings(other)[0]), other) for other, edits in similar(term, vocabulary)]
        return min((each for each in found if each[1] < 0), default=(0, 0, None))[2]

    def best(self, scores: LexicalScores, k: int, among: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
        """Ids of the `k` best passages that share a term with the question, best first."""
        rows = np.flatnonzero(scores.passages.scores)
        if among is not None:
            rows = rows[np.isin(self.ids[rows], among)]
        found = scores.passages.scores[rows]
        if len(rows) > k:
            top = np.argpartition(-found, k)[:k]
            rows, found = rows[top], found[top]
        return self.ids[rows[np.argsort(-found, kind="stable")]]

    def _living_postings(self, term: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows of the living passages that hold `term`, and how often."""
        rows, tfs, base = [], [], 0
        for segment in self.segments:
            found, counts = segment.postings(term)
            whole = found.astype(np.int64) + base
            kept = self.alive[whole]
            rows.append(whole[kept])
            tfs.append(counts[kept].astype(np.float32))
            base += len(segment)
        if not rows:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        return np.concatenate(rows), np.concatenate(tfs)


def idf(df: int, living: int) -> float:
    """Weight of a term that `df` of the `living` units hold."""
    return math.log(1 + (living - df + 0.5) / (df + 0.5))


def _norms(lengths: NDArray[Any], mean: float) -> NDArray[np.float32]:
    """k1 * (1 - b + b * length / mean length) of each unit."""
    return (K1 * (1 - B + B * lengths / max(mean, 1e-9))).astype(np.float32)


def _weight(tfs: NDArray[np.float32], norms: NDArray[np.float32], weight: float) -> NDArray[np.float32]:
    return np.float32(weight * (K1 + 1)) * tfs / (tfs + norms)


def _scored(scores: NDArray[np.float32], living: int) -> Scored:
    mean = float(scores.sum(dtype=np.float64)) / max(living, 1)
    square = float(np.square(scores, dtype=np.float64).sum()) / max(living, 1)
    return Scored(scores, mean, math.sqrt(max(square - mean * mean, 0.0)))
