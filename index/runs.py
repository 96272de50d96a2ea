"""Runs of passages on disk: files that never change, and a list that says which of them count.

Both derived indexes are such runs (a log-structured merge tree, O'Neil et al. 1996): new passages make a small run,
neighbours of like size are merged, removed passages are named in the list until their run is written without them. So
a small change writes little, and a large run is written seldom. The list is replaced in one step after the files it
names are there, and files it no longer names are deleted after that: a reader finds the old state or the new one.

    vectors.fn                      -> {"store": ..., "change": 7, "last": 2000, "runs": [...]}, ids of removed passages
    vectors-1-1800-1790.fn          -> the run of 1,790 passages with ids 1 to 1800
    vectors-1801-2000-200.fn
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.arrays import ArraysDamaged, Pieces, read_arrays, write_arrays

__all__ = [
    "MOST_ROWS",
    "TAIL_ROWS",
    "Found",
    "Held",
    "Kind",
    "Listed",
    "Stamp",
    "grouped",
    "list_name",
    "listed",
    "newest",
    "save",
    "stamp",
]

TAIL_ROWS = 1 << 14
"""Passages of runs that are merged in memory at once by whoever reads; what is larger waits for the writer."""

MOST_ROWS = 1 << 21
"""Runs are merged up to so many passages: 1.7 GB of vectors."""

LARGER = 4
"""Times that a run on disk is larger than the next: few runs to search, each passage written about ten times in all."""

LIVING_SHARE = 0.75
"""A run with a smaller share of living passages is written anew without the others."""

_TRIES = 5
"""A list may be replaced, and what it names deleted, while it is read."""

UNSAVED_PASSAGES = 256
"""So few new or removed passages are not worth a file: readers take them from the store (about 30 ms)."""

_log = logging.getLogger(__name__)

Stamp = tuple[int, int]
"""Tells the list on disk from every other: inode and time of writing; (0, 0) when there is none."""

Ids = NDArray[np.int64]
Mask = NDArray[np.bool_]
Arrays = Mapping[str, "NDArray[Any] | Pieces"]


class Run(Protocol):
    """What every kind of run has."""

    @property
    def ids(self) -> Ids:
        """Passage ids, ascending."""

    def __len__(self) -> int:
        """Passages."""


R = TypeVar("R", bound=Run)


@dataclass(frozen=True, slots=True)
class Kind(Generic[R]):
    """How runs of one kind are named, made and read."""

    name: str
    version: int
    """Runs of another version are made anew from the store."""
    open: Callable[[Path], R]
    """The run in a file; raises `ArraysDamaged`, or `ValueError` or the like for arrays that do not fit."""
    merged: Callable[[Sequence[R], Sequence[Mask]], Arrays]
    """The arrays of one run with the living passages of several."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list on disk says."""

    names: tuple[str, ...]
    dead: Ids
    change: int
    """The change of the store that the runs are of."""
    last: int
    """The highest passage id that was ever put in."""


@dataclass(frozen=True, slots=True)
class Found(Generic[R]):
    """What is on disk."""

    listed: Listed | None = None
    """None when there is no list that can be used."""
    runs: tuple[R, ...] = ()
    damaged: bool = False
    """Whether something is there that cannot be used."""


@dataclass(frozen=True, slots=True)
class Held(Generic[R]):
    """Runs as they are in memory."""

    segments: tuple[R, ...]
    alive: tuple[Mask, ...]
    change: int
    last: int

    @property
    def dead(self) -> Ids:
        """Ids of removed passages that the runs still hold."""
        pairs = zip(self.segments, self.alive, strict=True)
        return np.concatenate([np.zeros(0, np.int64), *(segment.ids[~alive] for segment, alive in pairs)])


def grouped(sizes: Sequence[int], most: int, times: int = 2) -> list[tuple[int, int]]:
    """Which neighbours to merge, as (first, last excluded), so that each is at least `times` as large as the next.

    No group of several has more than `most` passages. All of `sizes` is covered, in order.
    """
    groups: list[tuple[int, int, int]] = []
    for at, size in enumerate(sizes):
        groups.append((at, at + 1, size))
        while len(groups) > 1 and groups[-2][2] < times * groups[-1][2] and groups[-2][2] + groups[-1][2] <= most:
            (first, _, one), (_, last, other) = groups[-2:]
            groups[-2:] = [(first, last, one + other)]
    return [(first, last) for first, last, _ in groups]


def list_name(kind: Kind[Any]) -> str:
    """Name of the list of a kind."""
    return f"{kind.name}.fn"


def stamp(folder: Path, kind: Kind[Any]) -> Stamp:
    """Tells the list on disk from every other."""
    try:
        status = (folder / list_name(kind)).stat()
    except OSError:
        return 0, 0
    return status.st_ino, status.st_mtime_ns


def newest(folder: Path, kind: Kind[R], store_id: str, known: Sequence[R] = ()) -> Found[R]:
    """The runs on disk that are of this store, those in `known` taken from there; what is odd is logged."""
    by_name = {run_name(kind, run): run for run in known}
    for _ in range(_TRIES):
        before = stamp(folder, kind)
        try:
            listed = _read_list(folder, kind, store_id)
            if listed is None:
                return Found()
            runs = [by_name.get(name) or kind.open(folder / name) for name in listed.names]
            return Found(listed, tuple(runs))
        except FileNotFoundError as error:
            if before == stamp(folder, kind):
                _log.warning("%s is rebuilt from the store: %s is missing", list_name(kind), error.filename)
                return Found(damaged=True)
        except (OSError, ArraysDamaged, KeyError, TypeError, ValueError, RuntimeError) as error:
            _log.warning("%s is rebuilt from the store: %s", list_name(kind), error)
            return Found(damaged=True)
    return Found()


def _read_list(folder: Path, kind: Kind[Any], store_id: str) -> Listed | None:
    """The list of the runs of this store; None when there is none, or one of another store or version."""
    if stamp(folder, kind) == (0, 0):
        return None
    arrays, facts = read_arrays(folder / list_name(kind))
    if facts["store"] != store_id or facts["version"] != kind.version:
        return None
    return Listed(tuple(facts["runs"]), arrays["dead"], int(facts["change"]), int(facts["last"]))


def save(folder: Path, kind: Kind[R], held: Held[R], store_id: str, *, anew: bool = False) -> tuple[Held[R], int]:
    """Merge runs that should be one, write those that are not on disk, then the list, then delete what it leaves out.

    Returns the runs as they are now, and the change that the list on disk is of. Writes nothing when fewer than
    `UNSAVED_PASSAGES` are new or gone; `anew`: writes all, whatever is there. Raises `OSError` when the disk is full;
    what was there before stays usable.
    """
    before = None if anew else listed(folder, kind, store_id)
    names = [run_name(kind, segment) for segment in held.segments]
    on_disk = {name for name in (before.names if before else ()) if (folder / name).is_file()}
    unsaved = sum(len(segment) for segment, name in zip(held.segments, names, strict=True) if name not in on_disk)
    dead = held.dead
    if before and on_disk == set(before.names) and unsaved + abs(len(dead) - len(before.dead)) < UNSAVED_PASSAGES:
        return held, before.change
    segments, alive = list(held.segments), list(held.alive)
    for first, last in reversed(grouped([int(np.count_nonzero(mask)) for mask in alive], MOST_ROWS, LARGER)):
        living = sum(int(np.count_nonzero(mask)) for mask in alive[first:last])
        whole = sum(len(mask) for mask in alive[first:last])
        if last - first == 1 and living >= LIVING_SHARE * whole:
            if names[first] in on_disk:
                continue
            arrays = kind.merged(segments[first:last], [np.ones(whole, dtype=np.bool_)])
        else:
            arrays = kind.merged(segments[first:last], alive[first:last])
        segments[first:last], alive[first:last] = _written(folder, kind, arrays, alive[first:last])
    kept = Held(tuple(segments), tuple(alive), held.change, held.last)
    names = [run_name(kind, segment) for segment in segments]
    facts = {"store": store_id, "version": kind.version, "change": held.change, "last": held.last, "runs": names}
    write_arrays(folder / list_name(kind), {"dead": kept.dead}, facts)
    for path in [*folder.glob(f"{kind.name}-*"), *folder.glob(f"{list_name(kind)}.*")]:
        if path.name not in names:
            path.unlink(missing_ok=True)
    return kept, held.change


def listed(folder: Path, kind: Kind[Any], store_id: str) -> Listed | None:
    """The list of the runs of this store, when there is one that can be used."""
    try:
        return _read_list(folder, kind, store_id)
    except (OSError, ArraysDamaged, KeyError, TypeError, ValueError):
        return None


def _written(folder: Path, kind: Kind[R], arrays: Arrays, alive: Sequence[Mask]) -> tuple[list[R], list[Mask]]:
    """The run of `arrays`, as it is read from its file; no run when it has no passages."""
    ids = arrays["ids"]
    if isinstance(ids, Pieces):
        raise TypeError("the ids of a run are written at once: they name its file")
    if not len(ids):
        return [], []
    path = folder / _name(kind, ids)
    write_arrays(path, arrays, {})
    whole = np.concatenate(list(alive))
    mask = whole if len(whole) == len(ids) else np.ones(len(ids), dtype=np.bool_)
    return [kind.open(path)], [mask]


def run_name(kind: Kind[Any], run: Run) -> str:
    """Names the passages a run holds: ids are never used twice, so equal names are equal runs."""
    return _name(kind, run.ids)


def _name(kind: Kind[Any], ids: Ids) -> str:
    first, last = (int(ids[0]), int(ids[-1])) if len(ids) else (0, 0)
    return f"{kind.name}-{first}-{last}-{len(ids)}.fn"
