"""One run of passage vectors, searched exactly while it is small and by its codes when it is large.

The only place that knows of FAISS. Vectors are unit rows in half precision; scores are their inner products with the
question, so that a higher score is better.

A run of more than `LISTED_ROWS` has inverted lists (Sivic and Zisserman 2003) of one-bit codes (RaBitQ, Gao and Long
2024), 56 bytes a passage of 384 dimensions, scanned 32 at a time (FastScan, André et al. 2015). They are used when the
whole index has more than `EXACT_ROWS`. The passages whose codes are nearest are scored again by their vectors, so that
what is found has its exact score; what may be missed is measured in `benchmarks/scale_vectors.py`.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from index.arrays import Pieces, offset_of, read_arrays
from index.products import inner_products

__all__ = ["EXACT_ROWS", "LISTED_ROWS", "LOWEST", "Merged", "RowsFound", "VectorSegment", "rescored"]

EXACT_ROWS = 1 << 17
"""Passages up to which every vector is compared: 3.2 ms on one core, as long as the lists take beyond."""

LISTED_ROWS = 1 << 15
"""Passages of a run from which on it has lists: to compare all of 82,000 beside a run of 917,000 took longer than that
one's lists (2.9 ms of processor time; .8 with lists of their own)."""

LIST_ROWS = 512
"""Passages of an inverted list, about."""

MOST_LISTS = 4096
"""As many as the largest run has (`index.runs.MOST_ROWS`): making them takes some minutes on two cores."""

TRAINED_ROWS = 32
"""Passages for each list that the lists are made from; every so many-th of the run."""

ROUNDS = 6
"""Rounds of k-means; more change recall by less than .002."""

SCANNED_POWER = 0.9
"""Looked at are (`EXACT_ROWS` / rows) ** this of the passages: all of 131,072, a sixth of 1,000,000, and at least
as many as of `LEAST_SHARE_FROM`, which is a twenty-third."""

LEAST_SHARE_FROM = 1 << 22
"""Passages from which on the share no longer falls."""

RESCORED = 1000
"""Passages scored again by their vectors, at least; and this many times what is asked for:"""
RESCORED_TIMES = 5

GATHERED = 1 << 16
"""When no more passages are allowed than this, chosen ones or no more than half of the run, each is compared and no
list is looked at. (All 38,528 of the last run of ten million: 20 to 50 ms, of 47 to 53 in all.)"""

LOWEST = 4096
"""Rows of which a run remembers that their keys are the lowest: the fixed sample is drawn from them."""

MAPPED_BYTES = 1 << 30
"""Vectors of a larger run are read row by row from the file (1.3 us each) instead of being mapped (.4 us): with every
row that is touched the system maps 64 KB, which would make the process seem as large as its index."""

_PIECE = 1 << 14
"""Rows converted to single precision at a time: 25 MB of 384 dimensions."""

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]
Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]


class RowsFound(NamedTuple):
    """Rows of a run that are nearest to a question, in no order."""

    rows: Ids
    scores: Floats
    by_codes: bool = False
    """Whether the scores are what the codes say (of the runs of an index alike), and not yet inner products."""


class Merged(NamedTuple):
    """What one run of several will be: its arrays, of which the large ones are made as they are written."""

    arrays: dict[str, NDArray[Any] | Pieces]
    rows: int


class RowFile:
    """Rows of halves in a file, read one by one. The file may be deleted meanwhile. Threads may share it."""

    def __init__(self, path: Path, offset: int) -> None:
        """`offset`: bytes before the first row."""
        self._file = os.open(path, os.O_RDONLY)
        self._offset = offset
        weakref.finalize(self, os.close, self._file)

    def rows(self, rows: Ids, dimension: int) -> Halves:
        """float16 (len(rows), `dimension`)."""
        file, size, offset = self._file, 2 * dimension, self._offset
        data = b"".join([os.pread(file, size, offset + size * row) for row in rows.tolist()])
        return np.frombuffer(data, np.float16).reshape(len(rows), dimension)


@dataclass(frozen=True)
class VectorSegment:
    """Vectors of a run of passages, in ascending order of passage id. Never changed."""

    ids: Ids
    """int64 (rows,): passage ids, ascending."""
    keys: NDArray[np.uint64]
    """uint64 (rows,): hash of each passage's embedded text."""
    vectors: Halves
    """float16 (rows, d), unit rows."""
    lowest: Ids
    """int64 (`LOWEST` or fewer,): rows by ascending key."""
    lists: NDArray[np.uint8] | None = None
    """The inverted lists as FAISS writes them; None for a run that is searched exactly."""
    file: RowFile | None = None
    """Where `vectors` lie when they are read row by row."""

    @classmethod
    def of(cls, ids: Ids, keys: NDArray[np.uint64], vectors: Halves) -> VectorSegment:
        """A run of its own for `vectors` (float16 (n, d)), searched exactly."""
        return cls(ids, keys, vectors, _lowest(keys))

    @classmethod
    def read(cls, path: Path) -> VectorSegment:
        """The run in a file. Raises `ArraysDamaged`, and `ValueError` when its arrays do not fit each other."""
        arrays, _ = read_arrays(path)
        far = arrays["vectors"].nbytes > MAPPED_BYTES
        segment = cls(**arrays, file=RowFile(path, offset_of(path, "vectors")) if far else None)
        rows = len(segment.ids)
        if not len(segment.keys) == len(segment.vectors) == rows or segment.vectors.ndim != 2:
            raise ValueError(f"{len(segment.vectors)} vectors for {rows} passages")
        if segment.lists is not None and segment._inverted.ntotal != rows:
            raise ValueError(f"lists of {segment._inverted.ntotal} vectors for {rows} passages")
        return segment

    @classmethod
    def merged(cls, segments: Iterable[VectorSegment], living: Iterable[Mask]) -> Merged:
        """The living passages of several runs, whose ids follow each other, as the arrays of one.

        It is made when it is written, in memory for the codes and a few megabytes more.
        """
        pairs = list(zip(segments, living, strict=True))
        ids = np.concatenate([segment.ids[alive] for segment, alive in pairs])
        keys = np.concatenate([segment.keys[alive] for segment, alive in pairs])
        dimension = pairs[0][0].vectors.shape[1]

        def halves() -> Iterator[Halves]:
            for segment, alive in pairs:
                rows = np.flatnonzero(alive)
                for at in range(0, len(rows), _PIECE):
                    yield segment.vectors[rows[at : at + _PIECE]]

        arrays: dict[str, NDArray[Any] | Pieces] = {
            "ids": ids,
            "keys": keys,
            "vectors": Pieces(np.float16, (len(ids), dimension), halves),
            "lowest": _lowest(keys),
        }
        if len(ids) > LISTED_ROWS:
            arrays["lists"] = _lists(len(ids), dimension, halves)
        return Merged(arrays, len(ids))

    def arrays(self) -> dict[str, NDArray[Any] | Pieces]:
        """The arrays by name, as `from_arrays` takes them back."""
        return dict(self.merged([self], [np.ones(len(self), dtype=np.bool_)]).arrays)

    def __len__(self) -> int:
        return len(self.ids)

    def search(
        self, question: Floats, k: int, allowed: Mask | None = None, *, whole: int = 0, is_chosen: bool = False
    ) -> RowsFound:
        """About the `k` rows nearest to `question` (float32 (1, d)), of those `allowed` (bool (rows,); None: all).

        More than `k` may come, never one that is not allowed. `whole`: rows of the index that this is a run of.
        `is_chosen`: whether somebody chose what is allowed, so that other runs may hold nothing of it.
        """
        whole = max(whole, len(self))
        _alone()
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        if count == 0:
            return RowsFound(np.zeros(0, np.int64), np.zeros(0, np.float32))
        if whole <= EXACT_ROWS or self.lists is None:
            parameters = faiss.SearchParameters(sel=_selector(allowed)) if allowed is not None else None
            scores, rows = self._exact.search(question, min(k, count), params=parameters)
            return RowsFound(rows[0], scores[0])
        if count <= GATHERED and (is_chosen or 2 * count <= len(self)):
            rows = np.arange(len(self)) if allowed is None else np.flatnonzero(allowed)
            return RowsFound(rows, self.scores(question, rows))
        limits = {} if allowed is None else {"sel": _selector(allowed)}
        parameters = faiss.IVFRaBitQSearchParameters(nprobe=self._probed(whole), **limits)
        distances, rows = self._inverted.search(question, min(rescored(k), count), params=parameters)
        held = rows[0] >= 0
        order = np.argsort(rows[0][held])
        return RowsFound(rows[0][held][order], -distances[0][held][order], by_codes=True)

    def scores(self, question: Floats, rows: Ids) -> Floats:
        """Inner products of `question` (float32 (1, d)) with rows: float32 (len(rows),)."""
        found = np.empty(len(rows), np.float32)
        for at in range(0, len(rows), _PIECE):
            some = rows[at : at + _PIECE]
            found[at : at + _PIECE] = inner_products(_single(self.rows(some)), question[0])
        return found

    def rows(self, rows: Ids) -> Halves:
        """Some of the vectors: float16 (len(rows), d)."""
        return self.vectors[rows] if self.file is None else self.file.rows(rows, self.vectors.shape[1])

    def _probed(self, whole: int) -> int:
        """Lists that are looked at, in an index of `whole` rows."""
        share = min(1.0, (EXACT_ROWS / min(whole, LEAST_SHARE_FROM)) ** SCANNED_POWER)
        return max(1, int(share * int(self._inverted.nlist) + 0.5))

    @cached_property
    def _exact(self) -> faiss.Index:
        rows, dimension = self.vectors.shape
        index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        faiss.copy_array_to_vector(np.ascontiguousarray(self.vectors).reshape(-1).view(np.uint8), index.codes)
        index.ntotal, index.is_trained = rows, True
        return index

    @cached_property
    def _inverted(self) -> faiss.Index:
        return faiss.deserialize_index(np.array(self.lists, dtype=np.uint8))


def rescored(k: int) -> int:
    """Passages whose vectors are looked at when the nearest `k` are asked for."""
    return max(RESCORED, RESCORED_TIMES * k)


def _lists(count: int, dimension: int, halves: Callable[[], Iterable[Halves]]) -> NDArray[np.uint8]:
    """Inverted lists of the codes of all rows, as bytes of FAISS."""
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    lists = max(1, min(MOST_LISTS, count // LIST_ROWS))
    step = max(1, count // (lists * TRAINED_ROWS))
    sample = _every(step, halves())
    # Of unit rows the nearest are those with the largest inner product; centres inside the sphere leave less for the
    # codes to say than centres on it (recall of the first 200 of 1,000,000: .96 instead of .92).
    centres = faiss.IndexFlatL2(dimension)
    clustering = faiss.Clustering(dimension, lists)
    clustering.niter, clustering.seed = ROUNDS, 1
    clustering.min_points_per_centroid, clustering.max_points_per_centroid = 1, 10 * TRAINED_ROWS
    clustering.train(sample, centres)
    index = faiss.IndexIVFRaBitQFastScan(centres, dimension, lists, faiss.METRIC_L2)
    index.train(sample)
    for some in halves():
        index.add(some.astype(np.float32))
    return np.asarray(faiss.serialize_index(index))


def _every(step: int, pieces: Iterable[Halves]) -> Floats:
    """Every `step`-th row of the pieces together: float32."""
    kept, at = [], 0
    for piece in pieces:
        kept.append(piece[-at % step :: step].astype(np.float32))
        at += len(piece)
    return np.concatenate(kept)


def _lowest(keys: NDArray[np.uint64]) -> Ids:
    """Rows of the `LOWEST` lowest keys, by ascending key."""
    rows = np.arange(len(keys))
    if len(keys) > LOWEST:
        rows = np.argpartition(keys, LOWEST)[:LOWEST]
    return rows[np.argsort(keys[rows], kind="stable")].astype(np.int64)


def _alone() -> None:
    """Let FAISS use no other thread than this one: those who ask at the same time have the other cores."""
    faiss.omp_set_num_threads(1)  # of this thread only, and every one begins with as many as there are cores


def _single(halves: Halves) -> Floats:
    """The same rows in single precision, by FAISS: numpy converts halves one at a time, in half as much time again."""
    _alone()
    floats: Floats = _decoder(halves.shape[1]).sa_decode(np.ascontiguousarray(halves).view(np.uint8))
    return floats


@lru_cache(maxsize=4)
def _decoder(dimension: int) -> faiss.Index:
    return faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)


def _selector(allowed: Mask) -> faiss.IDSelector:
    return faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
