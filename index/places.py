"""Which part of an index a passage stands in, and where: from ids to rows and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.living import Ints, Part
from index.segments import Mask, Segment

__all__ = ["by_part", "dead_rows", "each_once", "first_rows", "ids_at", "keys_at", "living", "rows_of", "units_at"]


def dead_rows(segment: Segment, removed: Ints) -> NDArray[np.uint32]:
    """The rows of a segment whose passages are among `removed` (ascending): uint32 (n,)."""
    if not len(segment):
        return np.zeros(0, np.uint32)
    first, after = np.searchsorted(removed, [segment.ids[0], segment.ids[-1] + 1])
    rows = np.searchsorted(segment.ids, removed[first:after])
    return np.asarray(rows[segment.ids[rows] == removed[first:after]], np.uint32)


def by_part(parts: Sequence[Part], ids: Ints) -> Iterator[tuple[int, Ints, Ints]]:
    """(part, positions in `ids` of the passages it holds, their rows there); ids in any order."""
    holding = [at for at, part in enumerate(parts) if len(part.segment)]
    of = np.searchsorted(np.array([parts[at].segment.ids[0] for at in holding], np.int64), ids, "right") - 1
    for place, at in enumerate(holding):
        chosen = np.flatnonzero(of == place)
        if len(chosen):
            yield at, chosen, np.searchsorted(parts[at].segment.ids, ids[chosen])


def rows_of(parts: Sequence[Part], ids: Ints) -> Ints:
    """The row of the index that each passage has."""
    found = np.zeros(len(ids), np.int64)
    for at, chosen, rows in by_part(parts, ids):
        found[chosen] = parts[at].first_row + rows
    return found


def ids_at(parts: Sequence[Part], rows: Ints) -> Ints:
    """The passage of each row of the index, also of those that are gone."""
    found = np.zeros(len(rows), np.int64)
    for part in parts:
        chosen = np.flatnonzero((rows >= part.first_row) & (rows < part.first_row + len(part.segment)))
        found[chosen] = part.segment.ids[rows[chosen] - part.first_row]
    return found


class UnitsAt(NamedTuple):
    """What stands in some rows of an index."""

    ids: Ints
    """Passages."""
    documents: Ints
    """Numbers of their documents in the index; -1 for rows that are gone, and for those that an index does not have."""


def units_at(parts: Sequence[Part], rows: Ints) -> UnitsAt:
    """The passage and the document of each row."""
    ids, documents = np.full(len(rows), -1, np.int64), np.full(len(rows), -1, np.int64)
    for part in parts:
        chosen = np.flatnonzero((rows >= part.first_row) & (rows < part.first_row + len(part.segment)))
        local = rows[chosen] - part.first_row
        if len(part.dead):
            there = part.alive[local]
            chosen, local = chosen[there], local[there]
        ids[chosen] = part.segment.ids[local]
        documents[chosen] = part.document_of(local) + part.first_document
    return UnitsAt(ids, documents)


def living(parts: Sequence[Part], ids: Ints) -> Mask:
    """Which of the passages an index holds, and has not lost: bool (len(ids),)."""
    found = np.zeros(len(ids), np.bool_)
    for at, chosen, rows in by_part(parts, ids):
        part = parts[at]
        rows[rows == len(part.segment)] = 0
        found[chosen] = (part.segment.ids[rows] == ids[chosen]) & part.alive[rows]
    return found


def each_once(parts: Sequence[Part], counts: Sequence[int], counted: Callable[[int, int], bool]) -> int:
    """The sum of how many documents were counted in each part, those that lie in several taken once.

    `counted` tells of a document (from 0) of a part whether it was.
    """
    total, before = sum(counts), False
    for at, part in enumerate(parts):
        if not len(part.segment):
            continue
        first = part.continues and counted(at, 0)
        total -= before and first
        last = len(part.segment.document_ids) - 1
        goes_on = any(other.continues for other in parts[at + 1 :])
        before = (part.continues and last == 0 and (before or first)) or (goes_on and counted(at, last))
    return total


def keys_at(parts: Sequence[Part], rows: Ints) -> NDArray[np.uint64]:
    """Keys of rows of the index, in any order."""
    keys = np.zeros(len(rows), np.uint64)
    for part in parts:
        local = rows - part.first_row
        inside = np.flatnonzero((local >= 0) & (local < len(part.segment)))
        keys[inside] = part.segment.keys[local[inside]]
    return keys


def first_rows(parts: Sequence[Part], documents: Ints) -> Ints:
    """The row of the index that each document begins in."""
    firsts = np.zeros(len(documents), np.int64)
    for part in reversed(parts):  # a document that continues has begun in the part before
        local = documents - part.first_document
        inside = np.flatnonzero((local >= 0) & (local < len(part.segment.document_ids)))
        firsts[inside] = part.first_row + part.rows_of(local[inside])[0]
    return firsts
