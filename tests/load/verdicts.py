"""Whether a row of measurements is flat: by slopes that single measurements cannot turn.

A slope is the median of the slopes between all pairs (Theil and Sen): up to 29 % of the measurements may be anything.
Only the second half counts, in which what is filled once is filled: caches, threads, connections.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

MEMORY_SHARE = 0.04
"""Memory may grow by so much of itself in the second half: the steady part of what noise there is, measured."""

HANDLES_MORE = 4.0
"""Handles, threads and processes may be so many more at the end of the second half than at its beginning."""

SLOWER, SLOWER_SECONDS = 1.5, 0.05
"""Answers of the last fifth may take so many times as long as those of the second, and so much more."""

PAIRS = 400
"""Measurements whose pairs are looked at; more are thinned out."""

Row = Sequence[tuple[float, float]]
"""(seconds, what was measured then)"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one question."""

    about: str
    holds: bool
    says: str

    def __str__(self) -> str:
        return f"{self.about}: {self.says}{'' if self.holds else ' (NOT as it should be)'}"


def slope(row: Row) -> float:
    """What is added each second, as the median over pairs; 0 for fewer than two measurements."""
    thinned = row[:: -(-len(row) // PAIRS)] if row else row
    slopes = [
        (later - before) / (then - at)
        for number, (at, before) in enumerate(thinned)
        for then, later in thinned[number + 1 :]
        if then > at
    ]
    return statistics.median(slopes) if slopes else 0.0


def second_half(row: Row) -> Row:
    """The measurements after the middle of the time."""
    middle = (row[0][0] + row[-1][0]) / 2 if row else 0.0
    return [each for each in row if each[0] >= middle]


def growth(row: Row) -> float:
    """What the second half adds, by its slope."""
    half = second_half(row)
    return slope(half) * (half[-1][0] - half[0][0]) if half else 0.0


def memory_is_flat(about: str, row: Row) -> Verdict:
    """`row` in MB."""
    added, level = growth(row), statistics.median(each for _, each in second_half(row))
    hourly = 3600 * slope(second_half(row))
    says = f"{level:.0f} MB, {added:+.1f} MB in the second half ({hourly:+.1f} MB an hour)"
    return Verdict(about, added <= MEMORY_SHARE * level, says)


def count_is_flat(about: str, row: Row) -> Verdict:
    """`row` in things that can be counted."""
    added, level = growth(row), statistics.median(each for _, each in second_half(row))
    return Verdict(about, added <= HANDLES_MORE, f"{level:.0f}, {added:+.1f} in the second half")


def latency_is_stable(row: Row) -> Verdict:
    """`row`: when each answer was due, and the seconds that it took."""
    second, last = (fifth(row, number) for number in (1, 4))
    if not second or not last:
        return Verdict("latency", False, "too few answers")
    before, after = [(percentile(each, 0.5), percentile(each, 0.95)) for each in (second, last)]
    holds = all(now <= max(then * SLOWER, then + SLOWER_SECONDS) for then, now in zip(before, after, strict=True))
    told = [f"{1e3 * p50:.0f} ms (p95 {1e3 * p95:.0f})" for p50, p95 in (before, after)]
    return Verdict("latency", holds, f"{told[0]} in the second fifth, {told[1]} in the last")


def fifth(row: Row, number: int) -> list[float]:
    """What was measured in one fifth of the time, counted from 0."""
    if not row:
        return []
    began, length = row[0][0], (row[-1][0] - row[0][0]) / 5
    return [each for at, each in row if began + number * length <= at <= began + (number + 1) * length]


def percentile(values: Sequence[float], share: float) -> float:
    """percentile([1, 2, 3], 0.5) -> 2"""
    return sorted(values)[round(share * (len(values) - 1))]
