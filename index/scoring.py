"""BM25 of passages and documents for the terms of one question, at the places asked for or at all of them.

Scores are added up in the order of the question's terms, wherever they are computed: sums in another order would
differ in their last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Floats, Norm, weights
from index.living import Ints, Part
from index.postings import joined

__all__ = ["TIE", "Asked", "TermPostings", "counted", "document_lengths"]


TIE = 1e-5
"""Scores that differ less are equal: which passages come first must not hang on their ids."""


class TermPostings(NamedTuple):
    """Units that hold a term, ascending, and what it adds to their scores."""

    units: Ints
    weights: Floats


@dataclass(frozen=True)
class Asked:
    """The terms of a question, found in each part of an index. Lists of terms are parallel, in the question's order."""

    parts: tuple[Part, ...]
    numbers: tuple[tuple[int, ...], ...]
    """Of each part: the number of each term in its vocabulary, or -1."""
    dfs: tuple[int, ...]
    document_dfs: tuple[int, ...]
    weights: tuple[float, ...]
    """idf over passages, or the share of it that the term keeps."""
    document_weights: tuple[float, ...]
    norm: Norm
    document_norm: Norm

    @property
    def terms(self) -> range:
        """Numbers of the terms."""
        return range(len(self.weights))

    def of_rows(self, part: int, rows: NDArray[np.uint32], terms: range | list[int] | None = None) -> Floats:
        """BM25 of living rows of a part: float32 (len(rows),); for some of the terms, or all."""
        scores, lengths = np.zeros(len(rows), np.float32), self.parts[part].segment.lengths[rows]
        for term in self.terms if terms is None else terms:
            at = self.numbers[part][term]
            if at >= 0 and len(rows):
                self.parts[part].add(scores, at, rows, lengths, self.norm, self.weights[term])
        return scores

    def of_documents(self, documents: Ints, terms: range | list[int] | None = None) -> Floats:
        """BM25 of documents: float32 (len(documents),); for some of the terms, or all."""
        scores, lengths = np.zeros(len(documents), np.float32), document_lengths(self.parts, documents)
        within = list(_by_part(self.parts, documents))
        for term in self.terms if terms is None else terms:
            tfs = np.zeros(len(documents), np.int64)
            for part, chosen, local in within:
                if self.numbers[part][term] >= 0:
                    tfs[chosen] += self.parts[part].tfs_within(self.numbers[part][term], local)
            scores += weights(tfs, lengths, self.document_norm, self.document_weights[term])
        return scores

    def passages_with(self, term: int) -> TermPostings:
        """All living rows that hold the term."""
        units, added = list[Ints](), list[Floats]()
        for at, part in enumerate(self.parts):
            rows, tfs = part.held(self.numbers[at][term])
            units.append(rows.astype(np.int64) + part.first_row)
            added.append(weights(tfs, part.segment.lengths[rows], self.norm, self.weights[term]))
        return TermPostings(joined(units, np.int64), joined(added, np.float32))

    def documents_with(self, term: int) -> TermPostings:
        """All documents that hold the term in a living passage."""
        holders, times = list[Ints](), list[NDArray[np.uint8]]()
        for at, part in enumerate(self.parts):
            rows, tfs = part.held(self.numbers[at][term])
            holders.append(part.document_of(rows) + part.first_document)
            times.append(tfs)
        units, tfs_of_units = counted(joined(holders, np.int64), joined(times, np.uint8))
        lengths = document_lengths(self.parts, units)
        return TermPostings(units, weights(tfs_of_units, lengths, self.document_norm, self.document_weights[term]))

    @property
    def rows(self) -> int:
        """Rows of the index, those that are gone included."""
        return self.parts[-1].first_row + len(self.parts[-1].segment) if self.parts else 0

    @property
    def documents(self) -> int:
        """Documents of the index, those that are gone included."""
        return self.parts[-1].first_document + len(self.parts[-1].segment.document_ids) if self.parts else 0

    @cached_property
    def all_passages(self) -> Floats:
        """BM25 of every row of the index; 0 for those that are gone."""
        scores = np.zeros(self.rows, np.float32)
        for term in self.terms:
            found = self.passages_with(term)
            scores[found.units] += found.weights
        return scores

    @cached_property
    def all_documents(self) -> Floats:
        """BM25 of every document; 0 for those that are gone."""
        scores = np.zeros(self.documents, np.float32)
        for term in self.terms:
            found = self.documents_with(term)
            scores[found.units] += found.weights
        return scores


def counted(units: Ints, tfs: NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Each of the units (ascending, repeated for each of its passages) once, with the sum of its counts."""
    starts = np.flatnonzero(np.diff(units, prepend=-1))
    return units[starts], np.add.reduceat(tfs, starts, dtype=np.int64) if len(starts) else starts


def document_lengths(parts: Sequence[Part], documents: Ints) -> Ints:
    """Terms in the living passages of each document of an index."""
    lengths = np.zeros(len(documents), np.int64)
    for at, chosen, local in _by_part(parts, documents):
        lengths[chosen] += parts[at].document_lengths[local]
    return lengths


def _by_part(parts: Sequence[Part], documents: Ints) -> Iterator[tuple[int, Ints, Ints]]:
    """(part, positions in `documents` of those it has passages of, their number there)."""
    for at, part in enumerate(parts):
        local = documents - part.first_document
        chosen = np.flatnonzero((local >= 0) & (local < len(part.segment.document_ids)))
        if len(chosen):
            yield at, chosen, local[chosen]
