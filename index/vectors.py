"""Cosine search over passage vectors, by FAISS. The only place that knows of FAISS, and of rows.

Inner products of unit vectors: a higher score is better. `METRIC_INNER_PRODUCT` gives similarities, not distances,
and the known-answer test keeps it so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

__all__ = ["SAMPLE_SIZE", "VectorIndex"]

SAMPLE_SIZE = 2048
"""Passages whose cosines estimate the mean and deviation over the corpus (standard error of the mean: 1/45 of it)."""

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Found(NamedTuple):
    """Passages nearest to a question, best first."""

    ids: Ids
    scores: Floats


@dataclass(frozen=True)
class VectorIndex:
    """Vectors of passages, in ascending order of passage id. Never changed: `extended` and `without` give new ones."""

    index: faiss.IndexFlatIP
    ids: Ids
    """int64 (rows,): passage ids, ascending."""
    keys: NDArray[np.uint64]
    """uint64 (rows,): hash of each passage's embedded text; the fixed sample is drawn by it."""
    alive: Mask
    """bool (rows,): False for passages that were removed."""

    @classmethod
    def empty(cls, dimension: int) -> VectorIndex:
        """An index of no passages."""
        none = np.zeros(0, np.int64)
        return cls(faiss.IndexFlatIP(dimension), none, none.astype(np.uint64), none.astype(np.bool_))

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[np.generic]]) -> VectorIndex:
        """The index that `arrays` described."""
        index = faiss.deserialize_index(np.array(arrays["faiss"], dtype=np.uint8))
        ids = np.array(arrays["ids"], dtype=np.int64)
        if index.ntotal != len(ids):
            raise ValueError(f"{index.ntotal} vectors for {len(ids)} passages")
        return cls(index, ids, np.array(arrays["keys"], dtype=np.uint64), np.ones(len(ids), dtype=np.bool_))

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """The living passages as named arrays."""
        compact = self._compacted()
        return {"faiss": faiss.serialize_index(compact.index), "ids": compact.ids, "keys": compact.keys}

    def extended(self, ids: Ids, keys: NDArray[np.uint64], vectors: Floats) -> VectorIndex:
        """With more passages, whose ids are above all ids so far. `vectors`: float32 (n, d), unit rows."""
        if not len(ids):
            return self
        index = faiss.clone_index(self.index)
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        alive = np.concatenate([self.alive, np.ones(len(ids), dtype=np.bool_)])
        return VectorIndex(index, np.concatenate([self.ids, ids]), np.concatenate([self.keys, keys]), alive)

    def without(self, removed: Ids) -> VectorIndex:
        """With the passages in `removed` left out of every search."""
        return replace(self, alive=self.alive & ~np.isin(self.ids, removed)) if len(removed) else self

    def search(self, question: Floats, k: int, among: Ids | None = None) -> Found:
        """The `k` living passages nearest to `question` (float32 (1, d), unit row), best first.

        `among`: passage ids to choose from; all of them when None.
        """
        allowed = self.alive if among is None else self.alive & np.isin(self.ids, among)
        k = min(k, int(allowed.sum()))
        if k == 0:
            return Found(self.ids[:0], np.zeros(0, np.float32))
        parameters = None
        if not allowed.all():
            bits = np.packbits(allowed, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(bits))
        scores, rows = self.index.search(np.ascontiguousarray(question), k, params=parameters)
        return Found(self.ids[rows[0]], scores[0])

    def cosines(self, question: Floats, ids: Ids) -> Floats:
        """Cosine of the question with each passage of `ids` (all of which the index holds): float32 (len(ids),)."""
        rows = np.searchsorted(self.ids, ids)
        return np.asarray(self._matrix[rows] @ question[0], dtype=np.float32)

    def keys_of(self, ids: Ids) -> NDArray[np.uint64]:
        """The keys of the passages in `ids` (all of which the index holds): uint64 (len(ids),)."""
        return self.keys[np.searchsorted(self.ids, ids)]

    def of_passages(self, ids: Ids) -> Floats:
        """The vectors of the passages in `ids` (all of which the index holds): float32 (len(ids), d)."""
        return self._matrix[np.searchsorted(self.ids, ids)]

    def spread(self, question: Floats) -> tuple[float, float]:
        """Mean and standard deviation of the question's cosine over a fixed sample of the living passages.

        The sample is the passages with the lowest keys, so that it is the same however the index came about.
        """
        if not len(self._sample):
            return 0.0, 1.0
        cosines = self._sample @ question[0]
        return float(cosines.mean()), float(cosines.std())

    def sample_ids(self, count: int) -> Ids:
        """Passages of a fixed sample, the same however the index came about: int64 (`count` or fewer,)."""
        living = np.flatnonzero(self.alive)
        return self.ids[np.sort(living[np.argsort(self.keys[living], kind="stable")[:count]])]

    def __len__(self) -> int:
        return int(self.alive.sum())

    @cached_property
    def _matrix(self) -> Floats:
        flat = faiss.rev_swig_ptr(self.index.get_xb(), self.index.ntotal * self.index.d)
        return np.asarray(flat, dtype=np.float32).reshape(self.index.ntotal, self.index.d)

    @cached_property
    def _sample(self) -> Floats:
        living = np.flatnonzero(self.alive)
        if len(living) > SAMPLE_SIZE:
            living = living[np.argsort(self.keys[living], kind="stable")[:SAMPLE_SIZE]]
        return self._matrix[living] if len(living) else np.zeros((0, self.index.d), np.float32)

    def _compacted(self) -> VectorIndex:
        if self.alive.all():
            return self
        index = faiss.IndexFlatIP(self.index.d)
        index.add(np.ascontiguousarray(self._matrix[self.alive]))
        kept = self.alive
        return VectorIndex(index, self.ids[kept], self.keys[kept], np.ones(int(kept.sum()), dtype=np.bool_))
