"""A fixed sample of the passages and of the documents: those of the lowest keys.

Keys are hashes of what passages say, so the sample is as good as a random one, and it is the same however the index
came about. Each segment has its own lowest written down; those of the whole index are among them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Floats, weights
from index.living import Ints, Part
from index.places import first_rows, keys_at
from index.postings import joined, lowest_of, spans
from index.scoring import Asked, TermPostings, counted, document_lengths

__all__ = ["Documents", "Passages", "Sample", "lowest_passages", "sample_of_documents", "sample_of_passages"]

SAMPLE_PASSAGES, SAMPLE_DOCUMENTS = 1 << 15, 1 << 13
"""Half of what segments write down, so that a quarter of a segment may be gone."""


@dataclass(frozen=True)
class Sample:
    """Units of the sample, in order, and where they stand."""

    units: Ints
    """Rows or documents of the index, ascending."""
    places: tuple[NDArray[np.uint16], ...]
    """Of each part, for each living row: 1 more than the place of its unit in the sample; 0 for all others."""
    lengths: Ints
    """Terms in each."""
    whole_documents: bool
    """Whether the units are documents."""
    highest: int
    """The highest of the keys by which they were chosen."""
    written: tuple[bool, ...]
    """Of each part, whether its units are among those whose postings its segment has written down."""

    @classmethod
    def of(
        cls,
        parts: Sequence[Part],
        units: Ints,
        rows: Sequence[tuple[Ints, Ints]],
        *,
        numbers: Sequence[int],
        lengths: Ints,
        whole_documents: bool,
        keys: NDArray[np.uint64],
        written: Sequence[bool],
    ) -> Sample:
        """A sample of `units`.

        `rows`: of each part, the first row of each unit that has passages there, and the one after its last.
        `numbers`: of each part, the number of its first unit. `keys`: of each unit, by which it was chosen.
        """
        places = list[NDArray[np.uint16]]()
        firsts = np.searchsorted(units, np.array(numbers, np.int64)).tolist()
        for part, (starts, stops), first in zip(parts, rows, firsts, strict=True):
            of_rows, found = np.zeros(len(part.segment), np.uint16), spans(starts, stops)
            of_rows[found.positions] = found.owners + (first + 1)
            of_rows[part.dead] = 0
            places.append(of_rows)
        return cls(units, tuple(places), lengths, whole_documents, int(keys.max(initial=0)), tuple(written))

    def postings(self, asked: Asked, term: int) -> tuple[Ints, NDArray[np.uint8]]:
        """Living rows of the sample that hold a term, as the places of their units, and how often."""
        places, times = list[Ints](), list[NDArray[np.uint8]]()
        for at, part in enumerate(asked.parts):
            rows, tfs = self._possible(at, part, asked.numbers[at][term])
            found = self.places[at][rows]
            kept = np.flatnonzero(found != 0)
            places.append(found[kept].astype(np.int64) - 1)
            times.append(tfs[kept])
        return np.asarray(joined(places, np.int64)), np.asarray(joined(times, np.uint8))

    def _possible(self, at: int, part: Part, number: int) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
        """Rows of a part, ascending, among which are those of the sample that hold a term, and how often."""
        segment = part.segment
        written = segment.lowest_of(number, self.whole_documents) if self.written[at] else None
        if written is None:
            return segment.posting(number)
        rows, keys, head = segment.posting_rows, segment.keys, 0
        if self.whole_documents:  # those of the first document stand before the others
            after = int(segment.document_ends[0])
            head = bisect_left(written, 1, key=lambda posting: int(rows[posting] >= after))

        def is_beyond(posting: np.uint32) -> int:
            """Whether it is of no unit of the sample, nor any after it."""
            if not len(part.dead):
                return int(self.places[at][rows[posting]] == 0)
            row = rows[posting : posting + 1]
            first = part.rows_of(part.document_of(row))[0] if self.whole_documents else row
            return int(int(keys[first].item()) > self.highest)

        positions = np.sort(written[: bisect_left(written, 1, head, key=is_beyond)])
        return rows[positions], segment.posting_tfs[positions]


def lowest_passages(parts: Sequence[Part], count: int) -> Ints:
    """Rows of the index of the `count` living passages with the lowest keys, ascending."""
    found = [_lowest_rows(part, count) for part in parts]
    rows = [part.first_row + chosen.astype(np.int64) for part, chosen in zip(parts, found, strict=True)]
    keys = [part.segment.keys[chosen] for part, chosen in zip(parts, found, strict=True)]
    return _lowest(joined(rows, np.int64), joined(keys, np.uint64), count)


def sample_of_passages(parts: Sequence[Part]) -> Sample:
    """The passages of the lowest keys."""
    units = lowest_passages(parts, SAMPLE_PASSAGES)
    rows = [_within(units, part.first_row, len(part.segment)) for part in parts]
    lengths = [part.segment.lengths[each] for part, each in zip(parts, rows, strict=True)]
    return Sample.of(
        parts,
        units,
        [(each, each + 1) for each in rows],
        numbers=[part.first_row for part in parts],
        lengths=joined(lengths, np.uint32).astype(np.int64),
        whole_documents=False,
        keys=keys_at(parts, units),
        written=[_is_written(part, SAMPLE_PASSAGES) for part in parts],
    )


def sample_of_documents(parts: Sequence[Part]) -> Sample:
    """The documents whose first passages have the lowest keys. A document's passages come and go together."""
    found = [_lowest_documents(part, SAMPLE_DOCUMENTS) for part in parts]
    documents = [part.first_document + chosen.astype(np.int64) for part, chosen in zip(parts, found, strict=True)]
    keys = [part.segment.keys[part.rows_of(chosen)[0]] for part, chosen in zip(parts, found, strict=True)]
    units = _lowest(joined(documents, np.int64), joined(keys, np.uint64), SAMPLE_DOCUMENTS)
    local = [_within(units, part.first_document, len(part.segment.document_ids)) for part in parts]
    rows = [part.rows_of(each) for part, each in zip(parts, local, strict=True)]
    return Sample.of(
        parts,
        units,
        rows,
        numbers=[part.first_document for part in parts],
        lengths=document_lengths(parts, units),
        whole_documents=True,
        keys=keys_at(parts, first_rows(parts, units)),
        written=[_are_documents_written(part, SAMPLE_DOCUMENTS) for part in parts],
    )


@dataclass(frozen=True)
class Passages:
    """The passages for one question (`index.spread.Units`)."""

    asked: Asked
    sample: Sample
    living: int

    @property
    def sampled(self) -> int:
        """How many are in the sample."""
        return len(self.sample.units)

    @property
    def places(self) -> int:
        """Rows of the index."""
        return self.asked.rows

    @property
    def dfs(self) -> Sequence[int]:
        """How many hold each term."""
        return self.asked.dfs

    def holders(self, term: int) -> TermPostings:
        """All that hold a term."""
        return self.asked.passages_with(term)

    def in_sample(self, term: int) -> TermPostings:
        """Those of the sample that hold a term, by their place in it."""
        places, tfs = self.sample.postings(self.asked, term)
        added = weights(tfs, self.sample.lengths[places], self.asked.norm, self.asked.weights[term])
        return TermPostings(places, added)

    def lowest(self, units: Ints, count: int) -> Ints:
        """The `count` of these with the lowest keys, ascending."""
        return _lowest(units, keys_at(self.asked.parts, units), count)

    def scores(self, units: Ints, terms: list[int]) -> Floats:
        """Scores of passages for some of the terms."""
        scores = np.zeros(len(units), np.float32)
        for at, part in enumerate(self.asked.parts):
            start, stop = np.searchsorted(units, [part.first_row, part.first_row + len(part.segment)])
            rows = (units[start:stop] - part.first_row).astype(np.uint32)
            scores[start:stop] = self.asked.of_rows(at, rows, terms)
        return scores


@dataclass(frozen=True)
class Documents:
    """The documents for one question (`index.spread.Units`)."""

    asked: Asked
    sample: Sample
    living: int

    @property
    def sampled(self) -> int:
        """How many are in the sample."""
        return len(self.sample.units)

    @property
    def places(self) -> int:
        """Documents of the index, those that are gone included."""
        return self.asked.documents

    @property
    def dfs(self) -> Sequence[int]:
        """How many hold each term."""
        return self.asked.document_dfs

    def holders(self, term: int) -> TermPostings:
        """All that hold a term."""
        return self.asked.documents_with(term)

    def in_sample(self, term: int) -> TermPostings:
        """Those of the sample that hold a term, by their place in it."""
        units, tfs = counted(*self.sample.postings(self.asked, term))
        lengths, weight = self.sample.lengths[units], self.asked.document_weights[term]
        return TermPostings(units, weights(tfs, lengths, self.asked.document_norm, weight))

    def lowest(self, units: Ints, count: int) -> Ints:
        """The `count` of these whose first passages have the lowest keys, ascending."""
        return _lowest(units, keys_at(self.asked.parts, first_rows(self.asked.parts, units)), count)

    def scores(self, units: Ints, terms: list[int]) -> Floats:
        """Scores of documents for some of the terms."""
        return self.asked.of_documents(units, terms)


def _lowest(units: Ints, keys: NDArray[np.uint64], count: int) -> Ints:
    return np.sort(units[lowest_of(keys, count)])


def _lowest_rows(part: Part, count: int) -> NDArray[np.uint32]:
    """The lowest `count` living rows of a part, or more."""
    if _is_written(part, count):
        return _written(part)
    living = np.flatnonzero(part.alive)
    return living[lowest_of(part.segment.keys[living], count)].astype(np.uint32)


def _lowest_documents(part: Part, count: int) -> Ints:
    """The lowest `count` documents of a part that begin in it and are not gone, or more."""
    if _are_documents_written(part, count):
        return _written_documents(part)
    begun = np.setdiff1d(np.arange(len(part.segment.document_ids)), _not_begun(part))
    return begun[lowest_of(part.segment.keys[part.rows_of(begun)[0]], count)]


def _written(part: Part) -> NDArray[np.uint32]:
    lowest = part.segment.lowest
    return lowest[part.alive[lowest]] if len(part.dead) else lowest


def _is_written(part: Part, count: int) -> bool:
    """Whether the lowest `count` living rows are among those that the segment has written down."""
    return len(part.segment.lowest) == len(part.segment) or len(_written(part)) >= count


def _not_begun(part: Part) -> Ints:
    """Documents of a part that begin before it or are gone."""
    return np.append(part.gone, 0) if part.continues else part.gone


def _written_documents(part: Part) -> Ints:
    lowest = part.segment.lowest_documents.astype(np.int64)
    return lowest[~np.isin(lowest, _not_begun(part))]


def _are_documents_written(part: Part, count: int) -> bool:
    """The same of documents."""
    everything = len(part.segment.lowest_documents) == len(part.segment.document_ids)
    return everything or len(_written_documents(part)) >= count


def _within(units: Ints, first: int, count: int) -> Ints:
    start, stop = np.searchsorted(units, [first, first + count])
    return units[start:stop] - first
