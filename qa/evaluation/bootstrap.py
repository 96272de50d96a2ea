"""Bootstrap intervals: the questions are drawn again, with replacement, as if others had been asked (Efron 1979)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["RESAMPLES", "SEED", "Interval", "Statistic", "intervals", "paired_intervals", "value_of"]

Floats = NDArray[np.float64]

Statistic = Callable[[Floats], Floats]
"""From weights (b, n), how often each question was drawn, to (b,)."""

Interval = tuple[float, float] | None
"""The middle 95 %; None when fewer than half of the resamples have a value."""

RESAMPLES = 1_000
SEED = 20_190_501

_NUMBERS_AT_ONCE = 2_000_000
"""Of weights in memory: 16 MB."""


def value_of(statistic: Statistic, n: int) -> float | None:
    """The statistic of the n questions as they are; None when it is not defined."""
    value = float(statistic(np.ones((1, n)))[0]) if n else float("nan")
    return None if np.isnan(value) else value


def intervals(statistics: Sequence[Statistic], n: int) -> list[Interval]:
    """The interval of each statistic over n questions; all see the same resamples."""
    return paired_intervals([(statistic, None) for statistic in statistics], n)


def paired_intervals(pairs: Sequence[tuple[Statistic, Statistic | None]], n: int) -> list[Interval]:
    """The interval of each difference, first minus second, both over the same n questions drawn again."""
    if n == 0:
        return [None] * len(pairs)
    drawn: list[list[Floats]] = [[] for _ in pairs]
    for weights in _resamples(n):
        for values, (first, second) in zip(drawn, pairs, strict=True):
            values.append(first(weights) - second(weights) if second else first(weights))
    return [_middle(np.concatenate(values)) for values in drawn]


def _resamples(n: int) -> Iterator[Floats]:
    """Weights (b, n) of b resamples at a time, `RESAMPLES` in all; the same at each call."""
    random = np.random.default_rng(SEED)
    left = RESAMPLES
    while left:
        b = max(1, min(left, _NUMBERS_AT_ONCE // n))
        drawn = random.integers(0, n, size=(b, n)) + n * np.arange(b)[:, None]
        yield np.bincount(drawn.ravel(), minlength=b * n).reshape(b, n).astype(np.float64)
        left -= b


def _middle(values: Floats) -> Interval:
    known = values[~np.isnan(values)]
    if len(known) < RESAMPLES / 2:
        return None
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)
