"""The best passages for a question, without scoring them all.

MaxScore (Turtle and Flood 1995, "Query evaluation: strategies and optimizations"), term at a time: the most that each
term can add to a score is known from its postings' peak. Lists are read from the term that can add most. As soon as
the terms that are left could not lift a passage that has none of the others among the best, only passages found so far
are candidates, and what the remaining terms add to them is looked up in the sorted lists. The score to beat comes
early from scoring the most promising candidates in full.

Of an index in several parts the score to beat is guessed: a part has little more than its share of the best passages.
What comes out proves the guess, for everything that reaches it is found: where that is fewer than are wanted, the
search is done again without a guess.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Floats, weights
from index.scoring import TIE, Asked
from index.sums import Sums, borrowed

__all__ = ["Candidates", "candidates"]

SLACK = np.float32(1e-4)
"""Scores that are this share lower than the score to beat are kept, and those that are as good as equal (`TIE`): for
sums in another order, and for ties."""

PROMISING = 2
"""Times as many candidates as are wanted are scored in full to learn the score to beat."""

TIGHTENED = 16
"""The score to beat is looked for again when there are so many times more candidates."""

SPARED, SPARED_MORE = 1.5, 16
"""A part that holds a share of the passages is taken to hold so many times that share of the best, and so many more."""

LOOKUP_COST = 8
"""Postings added up in the time one passage is looked up among them (best of 3, 5, 10 and 20 at a million passages)."""

Rows = NDArray[np.uint32]
Places = NDArray[np.int64]


class Candidates(NamedTuple):
    """Living rows of one part that may be among the best, with all that must be beaten to be."""

    part: int
    rows: Rows


def candidates(asked: Asked, k: int) -> list[Candidates]:
    """Rows among which are the `k` best passages, and all whose score is the same as the last's (to `SLACK`)."""
    guessed = _found(asked, k, np.float32(0), guessing=True)
    return (guessed if guessed.proof >= k else _found(asked, k, guessed.sure, guessing=False)).candidates


class _Found(NamedTuple):
    """What came of a search."""

    candidates: list[Candidates]
    """All rows whose score reaches the score to beat, with `SLACK`."""
    proof: int
    """How many reach it with half of that: as many as are wanted prove it."""
    sure: np.float32
    """A score that as many as are wanted have at least."""


def _found(asked: Asked, k: int, floor: np.float32, *, guessing: bool) -> _Found:
    living = [part.living for part in asked.parts]
    found, scores, seen = list[Candidates](), [np.zeros(0, np.float32)], 0
    for at in sorted(range(len(living)), key=lambda at: -living[at]):
        share, seen = living[at] / max(sum(living), 1), seen + living[at]
        rows, partial, floor = _of_part(asked, at, _wanted(k, share) if guessing else k, floor)
        found.append(Candidates(at, rows))
        scores.append(partial)
        wanted = _wanted(k, seen / max(sum(living), 1)) if guessing else k
        floor = max(floor, _kth(np.concatenate(scores), wanted))
    enough = [each >= _least(floor) for each in scores[1:]]
    return _Found(
        [Candidates(at, rows[kept]) for (at, rows), kept in zip(found, enough, strict=True)],
        int(np.count_nonzero(np.concatenate(scores) >= _least(floor, 0.5))),
        _kth(np.concatenate(scores), k),
    )


def _least(floor: np.float32, share: float = 1.0) -> np.float32:
    """What still reaches the score to beat, with so much of the slack."""
    return np.float32(floor - share * max(float(floor * SLACK), 2 * TIE))


def _wanted(k: int, share: float) -> int:
    """How many of the `k` best may stand in such a share of the passages, with some to spare."""
    return max(1, min(k, math.ceil(k * share * SPARED) + SPARED_MORE))


@dataclass
class _Search:
    """The search through one part: what its passages score so far, and the terms that are still to come."""

    asked: Asked
    part: int
    k: int
    order: list[int]
    left: Floats
    """The most that the terms from each place in `order` on can add together."""
    floor: np.float32
    """The score to beat: `k` passages of the part have it at least, or it was known before, or guessed."""
    sums: Sums
    known: bool = False
    """Whether the score to beat is from a larger part, or from a search before: this part would hardly raise it."""
    done: int = 0
    tightened_at: int = 0

    def add(self) -> None:
        """Add the next term's whole list."""
        term, part = self.order[self.done], self.asked.parts[self.part]
        rows, tfs = part.segment.posting(self.asked.numbers[self.part][term])
        places = rows.astype(np.int64)
        self.sums.add(places, weights(tfs, part.segment.lengths[places], self.asked.norm, self.asked.weights[term]))
        self.done += 1

    def look_up(self, rows: Places) -> None:
        """Add to these candidates what the next term does."""
        found = rows.astype(np.uint32)
        self.sums.scores[rows] += self.asked.of_rows(self.part, found, [self.order[self.done]])
        self.done += 1

    def df(self) -> int:
        """Postings of the next term."""
        return self.asked.parts[self.part].segment.df(self.asked.numbers[self.part][self.order[self.done]])

    def tighten(self) -> None:
        """Learn a higher score to beat from the candidates that are most promising so far."""
        read = sum(map(len, self.sums.lists))
        if self.known or self.done == len(self.order) or read < max(self.k, TIGHTENED * self.tightened_at):
            return
        self.tightened_at = read
        rows = self._living(self._most(np.concatenate(self.sums.lists)))
        rest = self.asked.of_rows(self.part, rows.astype(np.uint32), self.order[self.done :])
        self.floor = max(self.floor, _kth(self.sums.scores[rows] + rest, self.k))

    def candidates(self) -> Places:
        """Rows that may still be among the best."""
        rows = [self.above(rows) for rows in self.sums.lists]
        return self._living(np.concatenate(rows)) if rows else np.zeros(0, np.int64)

    def above(self, rows: Places) -> Places:
        """Those of the rows that may still be among the best."""
        return np.asarray(rows[self.sums.scores[rows] >= _least(self.floor) - self.left[self.done]], np.int64)

    def _most(self, rows: Places) -> Places:
        """The most promising rows."""
        count = PROMISING * self.k
        if len(rows) <= count:
            return rows
        scores = self.sums.scores[rows]
        return np.asarray(rows[scores >= np.partition(scores, -count)[-count]][: 2 * count], np.int64)

    def _living(self, rows: Places) -> Places:
        part = self.asked.parts[self.part]
        return rows[part.alive[rows]] if len(part.dead) else rows


def _of_part(asked: Asked, at: int, k: int, floor: np.float32) -> tuple[Rows, Floats, np.float32]:
    """Rows of one part, their scores, and the score to beat, of which `floor` was known."""
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
    with borrowed(len(part.segment)) as sums:
        search = _Search(asked, at, k, order, left, floor, sums, known=bool(floor > 0))
        while search.done < len(order) and left[search.done] >= _least(search.floor):
            search.add()
            search.tighten()
        rows = search.candidates()
        while search.done < len(order):
            if LOOKUP_COST * len(rows) < search.df():
                search.look_up(rows)
            else:
                search.add()
                search.tighten()
            rows = search.above(rows)
        search.floor = max(search.floor, _kth(sums.scores[rows], k))
        rows = search.above(rows)
        return rows.astype(np.uint32), sums.scores[rows], search.floor


def _kth(scores: Floats, k: int) -> np.float32:
    """The `k`-th highest score, 0 where there are fewer."""
    return np.float32(np.partition(scores, -k)[-k]) if len(scores) >= k else np.float32(0)
