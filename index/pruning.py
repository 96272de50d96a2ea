"""The best passages for a question, without scoring them all.

MaxScore (Turtle and Flood 1995, "Query evaluation: strategies and optimizations"), term at a time: the most that each
term can add to a score is known from its postings' peak. Lists are read from the term that can add most. As soon as
the terms that are left could not lift a passage that has none of the others among the best, only passages found so far
are candidates, and what the remaining terms add to them is looked up in the sorted lists. The score to beat comes
early from scoring the most promising candidates in full.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Floats, weights
from index.scoring import Asked

__all__ = ["Candidates", "candidates"]

SLACK = np.float32(1e-4)
"""Scores that are this share lower than the score to beat are kept: for sums in another order, and for ties."""

PROMISING = 2
"""Times as many candidates as are wanted are scored in full to learn the score to beat."""

TIGHTENED = 4
"""The score to beat is looked for again when there are so many times more candidates."""

SPARE = 2
"""Arrays of sums kept for the next question."""

Rows = NDArray[np.uint32]


class Candidates(NamedTuple):
    """Living rows of one part that may be among the best, with all that must be beaten to be."""

    part: int
    rows: Rows


_spare: list[Floats] = []


def candidates(asked: Asked, k: int) -> list[Candidates]:
    """Rows among which are the `k` best passages, and all whose score is the same as the last's (to `SLACK`)."""
    found, floor, scores = list[Candidates](), np.float32(0), np.zeros(0, np.float32)
    for at in sorted(range(len(asked.parts)), key=lambda at: -len(asked.parts[at].segment)):
        rows, partial = _of_part(asked, at, k, floor)
        found.append(Candidates(at, rows))
        scores = np.concatenate([scores, partial])
        floor = max(floor, _kth(scores, k))
    return found


@dataclass
class _Sums:
    """Partial scores of one part's passages, the lists they came from, and the terms that are still to come."""

    asked: Asked
    part: int
    k: int
    order: list[int]
    left: Floats
    """The most that the terms from each place in `order` on can add together."""
    floor: np.float32
    """A score that `k` passages of the index have at least."""
    sums: Floats
    lists: list[NDArray[np.int64]] = field(default_factory=list)
    done: int = 0
    tightened_at: int = 0

    def add(self) -> None:
        """Add the next term's whole list."""
        term, part = self.order[self.done], self.asked.parts[self.part]
        rows, tfs = part.segment.posting(self.asked.numbers[self.part][term])
        places = rows.astype(np.int64)
        self.sums[places] += weights(tfs, part.segment.lengths[places], self.asked.norm, self.asked.weights[term])
        self.lists.append(places)
        self.done += 1

    def tighten(self) -> None:
        """Learn a higher score to beat from the candidates that are most promising so far."""
        read = sum(map(len, self.lists))
        if self.done == len(self.order) or read < max(self.k, TIGHTENED * self.tightened_at):
            return
        self.tightened_at = read
        rows = np.concatenate(self.lists)
        partial = self.sums[rows]
        most = PROMISING * self.k * len(self.lists)  # a row may stand in each list
        if len(rows) > most:
            rows = rows[np.argpartition(partial, -most)[-most:]]
        rows = _living(self.asked, self.part, np.unique(rows))
        full = self.sums[rows] + self.asked.of_rows(self.part, rows.astype(np.uint32), self.order[self.done :])
        self.floor = max(self.floor, _kth(full, self.k))

    def above(self) -> tuple[Rows, Floats]:
        """Candidates that may still be among the best, ascending, with their sums."""
        least = self.floor * (1 - SLACK) - self.left[self.done]
        chosen = [rows[self.sums[rows] >= least] for rows in self.lists]
        rows = np.unique(np.concatenate(chosen)) if chosen else np.zeros(0, np.int64)
        rows = _living(self.asked, self.part, rows)
        return rows.astype(np.uint32), self.sums[rows]


def _of_part(asked: Asked, at: int, k: int, floor: np.float32) -> tuple[Rows, Floats]:
    part, numbers = asked.parts[at], asked.numbers[at]
    # A peak was taken at the segment's own mean length; a longer mean raises every weight by no more than its ratio.
    longer = max(1.0, float(part.segment.mean_norm_slope / asked.norm.slope)) * (1 + float(SLACK))
    peaks = {
        term: longer * asked.weights[term] * float(part.segment.term_peaks[numbers[term]])
        for term in asked.terms
        if numbers[term] >= 0 and asked.weights[term] > 0
    }
    order = sorted(peaks, key=lambda term: -peaks[term])
    left = np.append(np.cumsum([peaks[term] for term in order][::-1])[::-1], 0).astype(np.float32)
    sums = _Sums(asked, at, k, order, left, floor, _borrowed(len(part.segment)))
    while sums.done < len(order) and left[sums.done] >= sums.floor:
        sums.add()
        sums.tighten()
    rows, scores = sums.above()
    for place in range(sums.done, len(order)):
        scores = scores + asked.of_rows(at, rows, [order[place]])
        least = max(sums.floor, _kth(scores, k)) * (1 - SLACK) - left[place + 1]
        rows, scores = rows[scores >= least], scores[scores >= least]
    _give_back(sums)
    least = max(sums.floor, _kth(scores, k)) * (1 - SLACK)
    return rows[scores >= least], scores[scores >= least]


def _living(asked: Asked, part: int, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    return rows[asked.parts[part].alive[rows]] if len(asked.parts[part].dead) else rows


def _kth(scores: Floats, k: int) -> np.float32:
    """The `k`-th highest score, 0 where there are fewer."""
    return np.float32(np.partition(scores, -k)[-k]) if len(scores) >= k else np.float32(0)


def _borrowed(size: int) -> Floats:
    """Zeros; an array of an earlier question is used again, because fresh pages cost more than the sums."""
    try:
        array = _spare.pop()
    except IndexError:
        return np.zeros(size, np.float32)
    return array if len(array) >= size else np.zeros(size, np.float32)


def _give_back(used: _Sums) -> None:
    for rows in used.lists:
        used.sums[rows] = 0
    if len(_spare) < SPARE:
        _spare.append(used.sums)
