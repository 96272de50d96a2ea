"""Cosine search over the vectors of all passages, in runs that grow with the corpus.

    VectorIndex.empty(384).extended(ids, keys, vectors).without(removed).search(question, 10)

Runs are never changed: new passages make a new one, small neighbours are merged, removed passages are masked. That is
why another state costs little, and why one that somebody is asking stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.products import inner_products
from index.runs import TAIL_ROWS, grouped
from index.vector_segments import RowsFound, VectorSegment, rescored

__all__ = ["SAMPLE_SIZE", "VectorIndex"]

SAMPLE_SIZE = 2048
"""Passages whose cosines estimate the mean and deviation over the corpus (standard error of the mean: 1/45 of it)."""

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
Keys = NDArray[np.uint64]
Mask = NDArray[np.bool_]
T = TypeVar("T", bound=np.generic)


class Found(NamedTuple):
    """Passages nearest to a question, best first."""

    ids: Ids
    scores: Floats


@dataclass(frozen=True)
class VectorIndex:
    """Vectors of passages, in ascending order of passage id. Never changed: `extended` and `without` give new ones."""

    dimension: int
    segments: tuple[VectorSegment, ...]
    alive: tuple[Mask, ...]
    """For each segment bool (rows,): False for passages that were removed."""

    @classmethod
    def empty(cls, dimension: int) -> VectorIndex:
        """An index of no passages."""
        return cls(dimension, (), ())

    @classmethod
    def of(cls, dimension: int, segments: Sequence[VectorSegment], removed: Ids) -> VectorIndex:
        """An index of `segments`, whose ids follow each other, without the passages in `removed`."""
        everything = tuple(np.ones(len(segment), dtype=np.bool_) for segment in segments)
        return cls(dimension, tuple(segments), everything).without(removed)

    def extended(self, ids: Ids, keys: Keys, vectors: NDArray[np.floating]) -> VectorIndex:
        """With more passages, whose ids are above all ids so far. `vectors`: (n, d), unit rows, kept in halves."""
        if not len(ids):
            return self
        segments = [*self.segments, VectorSegment.of(ids, keys, np.ascontiguousarray(vectors, np.float16))]
        alive = [*self.alive, np.ones(len(ids), dtype=np.bool_)]
        for first, last in reversed(grouped([len(segment) for segment in segments], TAIL_ROWS)):
            if last - first > 1:
                segments[first:last] = [_together(segments[first:last], alive[first:last])]
                alive[first:last] = [np.ones(len(segments[first]), dtype=np.bool_)]
        return VectorIndex(self.dimension, tuple(segments), tuple(alive))

    def without(self, removed: Ids) -> VectorIndex:
        """With the passages in `removed` left out of every search."""
        if not len(removed):
            return self
        masks = list(self.alive)
        for at, segment in enumerate(self.segments):
            rows, held = _rows(segment.ids, removed)
            if held.any():
                masks[at] = masks[at].copy()
                masks[at][rows[held]] = False
        return replace(self, alive=tuple(masks))

    def search(self, question: Floats, k: int, among: Ids | None = None) -> Found:
        """The `k` living passages nearest to `question` (float32 (1, d), unit row), best first.

        `among`: passage ids to choose from; all of them when None. Of corpora above `EXACT_ROWS` one in a hundred of
        the first ten may be missed (see `index.vector_segments`); the scores of those found are exact.
        """
        question = np.ascontiguousarray(question, np.float32)
        ids, scores = [np.zeros(0, np.int64)], [np.zeros(0, np.float32)]
        for segment, found in zip(self.segments, self._likely(question, k, among), strict=True):
            ids.append(segment.ids[found.rows])
            scores.append(segment.scores(question, found.rows) if found.by_codes else found.scores)
        every, score = np.concatenate(ids), np.concatenate(scores)
        best = np.argpartition(-score, k)[:k] if len(score) > k else np.arange(len(score))
        best = best[np.lexsort((every[best], -score[best]))]
        return Found(every[best], score[best])

    def _likely(self, question: Floats, k: int, among: Ids | None) -> list[RowsFound]:
        """What each run finds; of those found by codes no more than shall be looked at in all."""
        whole, found = sum(map(len, self.segments)), list[RowsFound]()
        for segment, alive, full in zip(self.segments, self.alive, self._full, strict=True):
            allowed = None if full else alive
            if among is not None:
                rows, held = _rows(segment.ids, among)
                allowed = np.zeros(len(segment), dtype=np.bool_)
                allowed[rows[held]] = True
                allowed &= alive
            found.append(segment.search(question, k, allowed, whole=whole, is_chosen=among is not None))
        by_codes = np.concatenate([np.zeros(0, np.float32), *(each.scores for each in found if each.by_codes)])
        if len(by_codes) <= rescored(k):
            return found
        least = np.partition(by_codes, -rescored(k))[-rescored(k)]
        return [_down_to(least, each) if each.by_codes else each for each in found]

    def cosines(self, question: Floats, ids: Ids) -> Floats:
        """Cosine of the question with each passage of `ids`: float32 (len(ids),); nan for those without a vector."""
        return self._gathered(ids, np.float32(np.nan), lambda segment, rows: segment.scores(question, rows))

    def keys_of(self, ids: Ids) -> Keys:
        """The keys of the passages in `ids`: uint64 (len(ids),); 0 for those without a vector."""
        return self._gathered(ids, np.uint64(0), lambda segment, rows: segment.keys[rows])

    def of_passages(self, ids: Ids) -> Floats:
        """The vectors of the passages in `ids` (all of which the index holds): float32 (len(ids), d)."""
        found = np.zeros((len(ids), self.dimension), np.float32)
        for segment in self.segments:
            rows, held = _rows(segment.ids, ids)
            if held.any():
                found[held] = segment.rows(rows[held])
        return found

    def spread(self, question: Floats) -> tuple[float, float]:
        """Mean and standard deviation of the question's cosine over a fixed sample of the living passages.

        The sample is the passages with the lowest keys, so that it is the same however the index came about.
        """
        if not len(self._sample):
            return 0.0, 1.0
        cosines = inner_products(self._sample, question[0])
        return float(cosines.mean()), float(cosines.std())

    def sample_ids(self, count: int) -> Ids:
        """Passages of a fixed sample, the same however the index came about: int64 (`count` or fewer,)."""
        return np.sort(self._lowest(count))

    def living_ids(self) -> Ids:
        """Ids of all living passages, ascending: int64 (n,)."""
        pairs = zip(self.segments, self.alive, strict=True)
        return np.concatenate([np.zeros(0, np.int64), *(segment.ids[alive] for segment, alive in pairs)])

    def dead_ids(self) -> Ids:
        """Ids of the passages that are held and were removed, ascending: int64 (n,)."""
        pairs = zip(self.segments, self.alive, strict=True)
        return np.concatenate([np.zeros(0, np.int64), *(segment.ids[~alive] for segment, alive in pairs)])

    def __len__(self) -> int:
        return sum(self._counts)

    @cached_property
    def _counts(self) -> list[int]:
        return [int(np.count_nonzero(alive)) for alive in self.alive]

    @cached_property
    def _full(self) -> list[bool]:
        return [count == len(segment) for count, segment in zip(self._counts, self.segments, strict=True)]

    @cached_property
    def _sample(self) -> Floats:
        return self.of_passages(np.sort(self._lowest(SAMPLE_SIZE)))

    def _lowest(self, count: int) -> Ids:
        """Ids of the living passages with the `count` lowest keys, by key and then by id."""
        ids, keys = [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)]
        for segment, alive in zip(self.segments, self.alive, strict=True):
            rows = segment.lowest[alive[segment.lowest]]
            if len(rows) < count and len(segment.lowest) < len(segment):
                rows = np.flatnonzero(alive)  # so many of the lowest are gone that others follow
            ids.append(segment.ids[rows])
            keys.append(segment.keys[rows])
        every, key = np.concatenate(ids), np.concatenate(keys)
        return every[np.lexsort((every, key))[:count]]

    def _gathered(self, ids: Ids, missing: T, gather: Callable[[VectorSegment, Ids], NDArray[T]]) -> NDArray[T]:
        found = np.full(len(ids), missing, dtype=missing.dtype)
        for segment in self.segments:
            rows, held = _rows(segment.ids, ids)
            if held.any():
                found[held] = gather(segment, rows[held])
        return found


def _rows(held: Ids, ids: Ids) -> tuple[Ids, Mask]:
    """For each of `ids` its row in the ascending `held`, and whether it is there at all."""
    if not len(held):
        return np.zeros(len(ids), np.int64), np.zeros(len(ids), dtype=np.bool_)
    rows = np.minimum(np.searchsorted(held, ids), len(held) - 1)
    return rows, held[rows] == ids


def _down_to(least: np.float32, found: RowsFound) -> RowsFound:
    held = found.scores >= least
    return found._replace(rows=found.rows[held], scores=found.scores[held])


def _together(segments: Sequence[VectorSegment], alive: Sequence[Mask]) -> VectorSegment:
    """One small run in memory with the living passages of several."""
    pairs = list(zip(segments, alive, strict=True))
    return VectorSegment.of(
        np.concatenate([segment.ids[living] for segment, living in pairs]),
        np.concatenate([segment.keys[living] for segment, living in pairs]),
        np.concatenate([segment.vectors[living] for segment, living in pairs]),
    )
