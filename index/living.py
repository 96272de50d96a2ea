"""One segment as a state of the index sees it: where its rows begin, and which of them are gone.

What a state needs to know beyond its segments follows from the few passages that are gone, so that a small change
makes a new state in a time that does not grow with the segment.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Floats, Norm, weights
from index.postings import spans
from index.segments import Mask, Segment

__all__ = ["Held", "Ints", "Part"]

Ints = NDArray[np.int64]

SEEK_COST = 8
"""Postings that are passed over in the time it takes to seek one row among them (measured: 3 ns and 25 ns)."""


class Held(NamedTuple):
    """Living rows of one segment that hold a term, ascending, and how often."""

    rows: NDArray[np.uint32]
    tfs: NDArray[np.uint8]


@dataclass(frozen=True)
class Part:
    """A segment of which the rows `dead` are gone."""

    segment: Segment
    dead: NDArray[np.uint32]
    """Rows, ascending."""
    first_row: int
    """Row of the index that is this segment's first."""
    first_document: int
    """Document of the index that is this segment's first."""
    continues: bool
    """Whether its first document began in the segment before."""

    @property
    def living(self) -> int:
        """Passages that are not gone."""
        return len(self.segment) - len(self.dead)

    @cached_property
    def living_length(self) -> int:
        """Terms in them."""
        return self.segment.total_length - int(self.segment.lengths[self.dead].sum(dtype=np.int64))

    @cached_property
    def alive(self) -> Mask:
        """Mask (rows,): False for passages that are gone."""
        mask = np.ones(len(self.segment), np.bool_)
        mask[self.dead] = False
        return mask

    @cached_property
    def changed(self) -> Ints:
        """Documents (from 0) of which passages are gone."""
        return np.unique(self.document_of(self.dead))

    @cached_property
    def gone(self) -> Ints:
        """Documents (from 0) of which no passage is left."""
        if not len(self.dead):
            return self.changed
        starts, stops = self.rows_of(self.changed)
        lost = np.searchsorted(self.dead, stops.astype(np.uint32)) - np.searchsorted(
            self.dead, starts.astype(np.uint32)
        )
        return np.asarray(self.changed[lost == stops - starts], np.int64)

    @cached_property
    def document_lengths(self) -> Ints:
        """Terms in the living passages of each document."""
        if not len(self.dead):
            return self.segment.document_lengths
        lengths = self.segment.document_lengths.copy()
        np.subtract.at(lengths, self.document_of(self.dead), self.segment.lengths[self.dead])
        return lengths

    def document_of(self, rows: NDArray[Any]) -> Ints:
        """The document (from 0) of each row."""
        expanded, ends = self.segment.row_documents, self.segment.document_ends
        if expanded is not None:
            return np.asarray(expanded[rows], np.int64)
        return np.asarray(np.searchsorted(ends, rows.astype(ends.dtype), "right"), np.int64)

    def rows_of(self, documents: Ints) -> tuple[Ints, Ints]:
        """The first row of each document and the one after its last."""
        ends = self.segment.document_ends
        return np.where(documents > 0, ends[documents - 1], 0), ends[documents]

    def held(self, at: int) -> Held:
        """The living rows that hold the term of that number."""
        rows, tfs = self.segment.posting(at)
        if not len(self.dead):
            return Held(rows, tfs)
        kept = np.flatnonzero(self.alive[rows])
        return Held(rows[kept], tfs[kept])

    def df(self, at: int) -> int:
        """How many living rows hold it."""
        count = self.segment.df(at)
        if not count or not len(self.dead):
            return count
        rows = self.segment.posting(at)[0]
        if len(self.dead) * SEEK_COST > count:
            return int(np.count_nonzero(self.alive[rows]))
        return count - int(np.count_nonzero(_among(self.dead, rows)))

    def document_df(self, at: int) -> int:
        """How many documents hold it in a living row."""
        count = int(self.segment.term_documents[at]) if at >= 0 else 0
        if not count or not len(self.dead):
            return count
        rows = self.segment.posting(at)[0]
        if len(self.changed) * 2 * SEEK_COST > len(rows):
            return _distinct(self.document_of(rows[self.alive[rows]]))
        starts, stops = self.rows_of(self.changed)
        begins, ends = (np.searchsorted(rows, bounds.astype(np.uint32)) for bounds in (starts, stops))
        found = spans(begins, ends)
        kept = found.owners[self.alive[rows[found.positions]]]
        return count - _distinct(found.owners) + _distinct(kept)

    def holds_within(self, at: int, document: int) -> bool:
        """Whether a living passage of the document (from 0) holds it."""
        start, stop = self.rows_of(np.array([document]))
        rows = self.segment.posting(at)[0]
        begin, end = np.searchsorted(rows, [np.uint32(start[0]), np.uint32(stop[0])])
        return bool(self.alive[rows[begin:end]].any()) if len(self.dead) else bool(end > begin)

    def holds(self, at: int, rows: NDArray[np.uint32]) -> Mask:
        """Which of these rows hold it: bool (len(rows),)."""
        found = self.segment.posting(at)[0]
        return _among(rows, found) if len(found) else np.zeros(len(rows), np.bool_)

    def add(
        self, scores: Floats, at: int, rows: NDArray[np.uint32], lengths: NDArray[Any], norm: Norm, weight: float
    ) -> None:
        """Add to the scores of these living rows what the term does. `lengths`: terms in each of the rows."""
        found, tfs = self.segment.posting(at)
        places = np.searchsorted(found, rows)
        places[places == len(found)] = 0
        there = np.flatnonzero(found[places] == rows)
        scores[there] += weights(tfs[places[there]], lengths[there], norm, weight)

    def tfs_within(self, at: int, documents: Ints) -> Ints:
        """How often the term stands in the living passages of each of these documents (from 0), all different."""
        rows, tfs = self.segment.posting(at)
        counts = np.zeros(len(documents), np.int64)
        if len(rows) and len(documents):
            starts, stops = self.rows_of(documents)
            begins, ends = (np.searchsorted(rows, bounds.astype(np.uint32)) for bounds in (starts, stops))
            some = np.flatnonzero(ends > begins)
            found = spans(begins[some], ends[some])
            times = tfs[found.positions].astype(np.float64)
            if len(self.dead):
                times *= self.alive[rows[found.positions]]
            counts[some] = np.bincount(found.owners, weights=times, minlength=len(some)).astype(np.int64)
        return counts


def _among(rows: NDArray[np.uint32], sorted_rows: NDArray[np.uint32]) -> Mask:
    """Which of `rows` stand in `sorted_rows` (one at least)."""
    places = np.searchsorted(sorted_rows, rows)
    places[places == len(sorted_rows)] = 0
    return np.asarray(sorted_rows[places] == rows)


def _distinct(ascending: Ints) -> int:
    return int(np.count_nonzero(np.diff(ascending))) + 1 if len(ascending) else 0
