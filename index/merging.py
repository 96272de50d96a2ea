"""Several segments made into one, without the passages that are gone.

The postings of a term stand in each segment in the order of its passages, so their place in the result is known from
counts alone: they are copied there piece by piece, never sorted. Beside the result (5 bytes a posting) this takes the
vocabularies, and intermediate results of a bounded size.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.postings import joined, pieces
from index.segments import Mask, Segment

__all__ = ["merged"]


class _Kept(NamedTuple):
    """What of one segment goes into the result."""

    segment: Segment
    alive: Mask | None
    """None when everything is."""
    counts: NDArray[np.int64]
    """Living postings of each term: int64 (terms,)."""
    new_rows: NDArray[np.uint32]
    """Row in the result of each living row."""


def merged(segments: Sequence[Segment], living: Sequence[Mask]) -> Segment:
    """One segment with the living passages of several, whose id ranges follow each other."""
    kept, base = list[_Kept](), 0
    for segment, mask in zip(segments, living, strict=True):
        alive = None if mask.all() else mask
        kept.append(_Kept(segment, alive, _living_counts(segment, alive), _new_rows(mask, base)))
        base += int(mask.sum())
    vocabulary, ranks = _vocabulary(kept)
    counts = np.zeros(len(vocabulary), np.int64)
    for each, rank in zip(kept, ranks, strict=True):
        counts[rank] += each.counts[each.counts > 0]
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    rows, tfs, free = np.empty(total, np.uint32), np.empty(total, np.uint8), ends - counts
    for each, rank in zip(kept, ranks, strict=True):
        target = np.zeros(len(each.counts), np.int64)
        target[each.counts > 0] = free[rank]
        _copy(each, target, rows, tfs)
        free[rank] += each.counts[each.counts > 0]
    columns = list(zip(segments, living, strict=True))
    return Segment.of(
        vocabulary,
        ends,
        rows,
        tfs,
        lengths=joined([s.lengths[alive] for s, alive in columns], np.uint32),
        ids=joined([s.ids[alive] for s, alive in columns], np.int64),
        keys=joined([s.keys[alive] for s, alive in columns], np.uint64),
        documents=joined([s.documents[alive] for s, alive in columns], np.int64),
    )


def _living_counts(segment: Segment, alive: Mask | None) -> NDArray[np.int64]:
    counts = np.diff(segment.posting_ends, prepend=0)
    if alive is None:
        return counts
    for first, after, start, stop in pieces(segment.posting_ends):
        begins = (segment.posting_ends[first:after] - counts[first:after]) - start
        living = alive[segment.posting_rows[start:stop]]
        counts[first:after] = np.add.reduceat(living, begins, dtype=np.int64)
    return counts


def _new_rows(mask: Mask, base: int) -> NDArray[np.uint32]:
    return (np.cumsum(mask, dtype=np.int64) + (base - 1)).astype(np.uint32)


def _vocabulary(kept: Sequence[_Kept]) -> tuple[list[bytes], list[NDArray[np.int64]]]:
    """All terms that a living passage holds, sorted, and the rank in it of each such term of each segment."""
    held = [
        [term for term, count in zip(each.segment.vocabulary(), each.counts.tolist(), strict=True) if count]
        for each in kept
    ]
    if len(held) == 1:
        return held[0], [np.arange(len(held[0]))]
    vocabulary = sorted(set().union(*held))
    rank_of = {term: rank for rank, term in enumerate(vocabulary)}
    return vocabulary, [np.fromiter(map(rank_of.__getitem__, terms), np.int64, len(terms)) for terms in held]


def _copy(each: _Kept, target: NDArray[np.int64], rows: NDArray[np.uint32], tfs: NDArray[np.uint8]) -> None:
    """Put the living postings of a segment where the result has room for them: from `target` of each term on."""
    segment, ends = each.segment, each.segment.posting_ends
    for first, after, start, stop in pieces(ends):
        found, times = segment.posting_rows[start:stop], segment.posting_tfs[start:stop]
        if each.alive is not None:
            living = each.alive[found]
            found, times = found[living], times[living]
        counts = each.counts[first:after]
        shift = target[first:after] - (np.cumsum(counts) - counts)
        places = np.arange(len(found)) + np.repeat(shift, counts)
        rows[places], tfs[places] = each.new_rows[found], times
