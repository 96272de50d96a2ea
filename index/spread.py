"""Mean and deviation of a question's BM25 over all passages, or over all documents, zeros included.

They follow from the corpus' content alone, whatever its history. A corpus of ordinary size is scored as a whole. In a
larger one, what a term adds in itself is known well from how many hold it and from how it weighs in some of them, and
so is which terms go together:

- of a rare term, every posting is looked at;
- of a frequent one, those in a fixed sample: the passages with the lowest keys, the documents that begin with those;
- rare and frequent terms together are looked up in those holders of the rare ones that have the lowest keys.

    sum over units of S^2  =  sum of (rare part)^2 + sum of (frequent part)^2 + 2 * sum of rare part * frequent part
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from index.bm25 import Floats
from index.living import Ints
from index.scoring import TermPostings
from index.sums import borrowed, distinct

__all__ = ["Spread", "Units", "estimated", "exact"]

RELIABLE = 64
"""Units of the sample that hold a term, at which its weight among them stands for all: standard error of a mean weight
about 1/8 of its deviation, which is a third of it."""

LOOKED_UP = 256
"""Holders of rare terms in which the frequent ones are looked up."""


class Spread(NamedTuple):
    """Of a question's scores."""

    mean: float
    deviation: float


class Units(Protocol):
    """Passages or documents of a large corpus, all of them and those in the sample."""

    @property
    def living(self) -> int:
        """How many there are."""

    @property
    def sampled(self) -> int:
        """How many are in the sample."""

    @property
    def places(self) -> int:
        """One more than the highest number of one."""

    @property
    def dfs(self) -> Sequence[int]:
        """How many hold each term."""

    def holders(self, term: int) -> TermPostings:
        """All that hold a term."""

    def in_sample(self, term: int) -> TermPostings:
        """Those of the sample that hold a term, by their place in it."""

    def lowest(self, units: Ints, count: int) -> Ints:
        """Those of the `count` lowest keys among these, ascending."""

    def scores(self, units: Ints, terms: list[int]) -> Floats:
        """Scores of units for some of the terms."""


def exact(scores: Floats, living: int) -> Spread:
    """Of all scores, those of units that are gone being 0."""
    mean = float(scores.sum(dtype=np.float64)) / max(living, 1)
    square = float(np.square(scores, dtype=np.float64).sum()) / max(living, 1)
    return _spread(mean, square)


def estimated(units: Units, terms: range) -> Spread:
    """See above."""
    held = [term for term in terms if units.dfs[term]]
    part = units.sampled / max(units.living, 1)
    sampled = {term: units.in_sample(term) for term in held if units.dfs[term] * part >= RELIABLE}
    frequent = [term for term, found in sampled.items() if len(found.units)]
    total, squares, sums = 0.0, 0.0, np.zeros(units.sampled, np.float64)
    for term in frequent:
        found, added = sampled[term].units, sampled[term].weights.astype(np.float64)
        sums[found] += added
        total += units.dfs[term] * float(added.mean())
        squares += units.dfs[term] * float(np.square(added).mean()) - float(np.square(added).sum()) / part
    squares += float(np.square(sums).sum()) / part
    rare = [units.holders(term) for term in held if term not in frequent]
    if rare:
        total += sum(float(each.weights.sum(dtype=np.float64)) for each in rare)
        squares += _rare_squares(units, rare, frequent)
    return _spread(total / max(units.living, 1), squares / max(units.living, 1))


def _rare_squares(units: Units, rare: Sequence[TermPostings], frequent: list[int]) -> float:
    """Sum of (rare part)^2 + 2 * rare part * frequent part: the sum over holders of each term's weight times theirs."""
    holders = np.concatenate([each.units for each in rare])
    with borrowed(units.places) as sums:
        for each in rare:
            sums.add(each.units, each.weights)
        own = sums.scores[holders]
        squares = float(np.dot(own, np.concatenate([each.weights for each in rare])))
        looked = distinct(units.lowest(holders, LOOKED_UP)) if frequent else holders[:0]
        of_looked = sums.scores[looked].astype(np.float64)
    if not of_looked.any():
        return squares
    together = float((of_looked * units.scores(looked, frequent)).sum())
    total = sum(float(each.weights.sum(dtype=np.float64)) for each in rare)
    return squares + 2 * together * total / float(of_looked.sum())


def _spread(mean: float, square: float) -> Spread:
    return Spread(mean, math.sqrt(max(square - mean * mean, 0.0)))
