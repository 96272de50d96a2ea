"""Arithmetic over postings that lie one after the other: spans of them, what sums them up, segments merged into one.

Nothing here sorts what is sorted already, and all of it goes through long lists piece by piece, so that the memory it
takes beside its result does not grow with the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Norm, weights

__all__ = ["Spans", "Summary", "chosen", "joined", "letters_of", "lowest_of", "pieces", "spans", "summary"]

PIECE_POSTINGS = 1 << 21
"""Postings looked at in one go (about 60 MB of intermediate results)."""

OTHER_SCRIPT = np.uint32(1 << 31)
"""Stands in a term's letters when not all of it is ASCII."""

Ints = NDArray[np.int64]


class Spans(NamedTuple):
    """Positions of several spans, one after the other."""

    positions: Ints
    owners: Ints
    """Which of the spans each position is of."""


class Summary(NamedTuple):
    """What is known of each term without looking at its postings; both (terms,)."""

    documents: NDArray[np.uint32]
    """Documents that hold it."""
    peaks: NDArray[np.float32]
    """The most it can add to a passage's score at an idf of 1 and the segment's own mean length."""


def spans(starts: NDArray[Any], stops: NDArray[Any]) -> Spans:
    """All positions from each start up to its stop: [2, 7], [4, 8] -> positions [2, 3, 7], owners [0, 0, 1]."""
    lengths = (stops - starts).astype(np.int64)
    owners = np.repeat(np.arange(len(lengths)), lengths)
    before = np.cumsum(lengths) - lengths
    return Spans(np.arange(len(owners)) + (starts.astype(np.int64) - before)[owners], owners)


def pieces(ends: Ints) -> Iterator[tuple[int, int, int, int]]:
    """(first term, term after the last, first posting, posting after the last) of pieces of about the same size."""
    first, start = 0, 0
    while first < len(ends):
        after = max(int(np.searchsorted(ends, start + PIECE_POSTINGS, "right")), first + 1)
        stop = int(ends[after - 1])
        yield first, after, start, stop
        first, start = after, stop


def summary(
    ends: Ints, rows: NDArray[np.uint32], tfs: NDArray[np.uint8], lengths: NDArray[np.uint32], document_ends: Ints
) -> Summary:
    """Sum up the postings of a segment."""
    documents, peaks = np.zeros(len(ends), np.uint32), np.zeros(len(ends), np.float32)
    norm = Norm.of(float(lengths.mean()) if len(lengths) else 1.0)
    document_of = np.repeat(np.arange(len(document_ends), dtype=np.uint32), np.diff(document_ends, prepend=0))
    for first, after, start, stop in pieces(ends):
        at = rows[start:stop]
        begins = np.concatenate([[start], ends[first : after - 1]]) - start
        peaks[first:after] = np.maximum.reduceat(weights(tfs[start:stop], lengths[at], norm, 1.0), begins)
        held = document_of[at]
        new = np.ones(len(held), np.uint32)
        new[1:] = held[1:] != held[:-1]
        new[begins] = 1
        documents[first:after] = np.add.reduceat(new, begins)
    return Summary(documents, peaks)


def chosen(ends: Ints, rows: NDArray[np.uint32], ranks: NDArray[np.int32]) -> tuple[Ints, NDArray[np.uint32]]:
    """The postings whose rows have a rank, `ranks` being int32 (rows,), -1 for none.

    Where those of each term end, and their positions: of each term by rank, of equals ascending.
    """
    found, counts = list[NDArray[np.uint32]](), list[Ints]()
    for first, after, start, stop in pieces(ends):
        of_rows = ranks[rows[start:stop]]
        at = np.flatnonzero(of_rows >= 0)
        owners = np.searchsorted(ends[first:after], at + start, "right")
        order = np.argsort(owners.astype(np.uint64) << np.uint64(32) | of_rows[at].astype(np.uint64), kind="stable")
        found.append((at[order] + start).astype(np.uint32))
        counts.append(np.bincount(owners, minlength=after - first))
    return np.cumsum(joined(counts, np.int64)), joined(found, np.uint32)


def letters_of(terms: NDArray[np.uint8], ends: Ints) -> NDArray[np.uint32]:
    """Which letters each term has, one bit for each: uint32 (terms,)."""
    if not len(ends):
        return np.zeros(0, np.uint32)
    bits = np.left_shift(np.uint32(1), (terms & 31).astype(np.uint32))
    bits[terms > 127] = OTHER_SCRIPT
    return np.bitwise_or.reduceat(bits, np.concatenate([[0], ends[:-1]]))


def lowest_of(keys: NDArray[np.uint64], count: int) -> NDArray[np.uint32]:
    """Positions of the `count` lowest keys, ascending by key; of equal keys, the first."""
    if len(keys) <= 2 * count:
        return np.argsort(keys, kind="stable")[:count].astype(np.uint32)
    low = np.flatnonzero(keys <= np.partition(keys, count)[count])
    return low[np.argsort(keys[low], kind="stable")[:count]].astype(np.uint32)


def joined(arrays: Sequence[NDArray[Any]], dtype: type[np.generic]) -> NDArray[Any]:
    """The arrays one after the other; an empty one of `dtype` for none."""
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype)
