"""The passages, or documents, of a corpus with the lowest keys, as an index: followed from one state to the next.

Some more than are wanted are known, so that others are at hand when some of them go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.lexical import LexicalIndex
from index.merging import merged
from index.milvus.encoding import batches, in_list
from index.milvus.standing import Moved
from index.segments import Segment
from index.stores import Ids

__all__ = ["Candidate", "Fetch", "Sample"]

MORE = 1.25
"""Times as many as are wanted are known."""

MOST_SEGMENTS = 8
"""Of an index: more are made one."""

WHOLE = 1 << 63
"""One more than the highest place."""


class Candidate(NamedTuple):
    """A passage, or a document, of low key."""

    id: int
    document: int
    place: int
    """Where its key lies between 0 and 2^63."""
    key: int
    terms: Sequence[str]


Fetch = Callable[[str], list[Candidate]]
"""Gives all that a filter lets through."""


@dataclass(frozen=True)
class Sample:
    """The `most` of the lowest keys; all there are, where there are no more."""

    most: int
    bound: int
    """All places below it are known."""
    known: Ids
    """int64 (n,): those whose places are below it, by place."""
    places: NDArray[np.int64]
    """int64 (n,): theirs."""
    documents: Ids
    """int64 (n,): the documents they stand in."""
    index: LexicalIndex
    """Of the sample."""

    @property
    def lowest(self) -> Ids:
        """The sample, by key: int64 (n,)."""
        return self.known[: self.most]

    @classmethod
    def of(cls, fetch: Fetch, most: int, living: int) -> Sample:
        """Fetch it; `living`: how many there are in all."""
        bound = WHOLE if living <= most else min(WHOLE, int(MORE * most / living * WHOLE))
        while len(found := fetch(_below(bound))) < most and bound < WHOLE:
            bound = min(WHOLE, 2 * bound)
        return cls._of(most, bound, found, [Segment.build(_rows(found))] if found else [])

    def followed(self, fetch: Fetch, moved: Moved, field: str) -> Sample | None:
        """The sample after some documents came and went, of which only those that came are fetched.

        `field`: what holds the numbers of the documents. None when so many went that it has to be fetched anew.
        """
        new = [
            candidate
            for some in batches(sorted(moved.came))
            for candidate in fetch(f"{in_list(field, some)} and {_below(self.bound)}")
        ]
        stay = ~np.isin(self.documents, np.array(sorted(moved.gone | moved.came), np.int64))
        kept = [*zip(self.known[stay].tolist(), self.documents[stay].tolist(), self.places[stay].tolist(), strict=True)]
        found = [*(Candidate(*each, 0, ()) for each in kept), *new]
        if len(found) < self.most and self.bound < WHOLE:
            return None
        segments = [*self.index.segments, *([Segment.build(_rows(new))] if new else [])]
        return self._of(self.most, self.bound, found, segments)

    @classmethod
    def _of(cls, most: int, bound: int, found: Iterable[Candidate], segments: list[Segment]) -> Sample:
        known = sorted(found, key=lambda each: (each.place, each.id))
        if len(known) > 2 * most:
            bound = known[int(MORE * most)].place + 1
            known = [each for each in known if each.place < bound]
        ids = np.array([each.id for each in known], np.int64)
        if len(segments) > MOST_SEGMENTS:
            segments = [merged(segments, [np.isin(segment.ids, ids) for segment in segments])]
        held = np.concatenate([np.zeros(0, np.int64), *(segment.ids for segment in segments)])
        index = LexicalIndex.of(segments, np.setdiff1d(held, ids[:most]))
        places = np.array([each.place for each in known], np.int64)
        return cls(most, bound, ids, places, np.array([each.document for each in known], np.int64), index)


def _below(bound: int) -> str:
    return "place >= 0" if bound >= WHOLE else f"place < {bound}"


def _rows(found: Sequence[Candidate]) -> list[tuple[int, int, int, Sequence[str]]]:
    """As a segment is built of them."""
    return [(each.id, each.document, each.key, each.terms) for each in sorted(found)]
