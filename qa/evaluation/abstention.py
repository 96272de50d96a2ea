"""How well confidence tells right from wrong: AUROC, risk and coverage, calibration.

Every function takes `weights` float (b, n): in each of b resamples, how often each of n questions was drawn (once
each for the figure itself). It gives (b,), NaN where a resample has nothing to compare.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "BINS",
    "Bin",
    "area_under_risk_coverage",
    "auroc",
    "calibration_error",
    "kept_at",
    "reliability",
    "risk_coverage",
]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

BINS = 10
"""Of equal width, for reliability and calibration error."""


class Bin(NamedTuple):
    """Questions whose confidence lies in [low, high)."""

    low: float
    high: float
    n: int
    confidence: float
    """Mean."""
    right: float
    """Share."""


def auroc(weights: Floats, confidence: Floats, positive: Bools) -> Floats:
    """Probability that a positive has the higher confidence than a negative; ties count half (Fawcett 2006)."""
    order, starts = _groups(confidence)
    of_positives = _summed(weights * positive, order, starts)
    of_negatives = _summed(weights * ~positive, order, starts)
    above = np.cumsum(of_positives, axis=1) - of_positives / 2  # positives as sure or surer than this group
    pairs = of_positives.sum(1) * of_negatives.sum(1)
    return _divided((of_negatives * above).sum(1), pairs)


def kept_at(weights: Floats, confidence: Floats, positive: Bools, wrongly: float = 0.05) -> Floats:
    """Share of positives above the line that leaves at most the share `wrongly` of the negatives above it."""
    order, starts = _groups(confidence)
    positives = np.cumsum(_summed(weights * positive, order, starts), axis=1)
    negatives = np.cumsum(_summed(weights * ~positive, order, starts), axis=1)
    allowed = negatives <= wrongly * negatives[:, -1:] + 1e-9
    kept = np.where(allowed, positives, 0).max(1)
    return _divided(kept, np.where(negatives[:, -1] > 0, positives[:, -1], 0))


def risk_coverage(confidence: Floats, right: Bools) -> tuple[Floats, Floats]:
    """(coverage, risk): answering the surest share `coverage`, `risk` is wrong. One point for each confidence."""
    order, starts = _groups(confidence)
    ones = np.ones((1, len(confidence)))
    asked = np.cumsum(_summed(ones, order, starts), axis=1)[0]
    wrong = np.cumsum(_summed(ones * ~right, order, starts), axis=1)[0]
    return asked / len(confidence), wrong / asked


def area_under_risk_coverage(weights: Floats, confidence: Floats, right: Bools) -> Floats:
    """Mean risk over all coverages (AURC; Geifman, Uziel and El-Yaniv 2019); lower is better."""
    order, starts = _groups(confidence)
    asked = _summed(weights, order, starts)
    reached = np.cumsum(asked, axis=1)
    wrong = np.cumsum(_summed(weights * ~right, order, starts), axis=1)
    risk = np.divide(wrong, reached, out=np.zeros_like(wrong), where=reached > 0)
    return _divided((risk * asked).sum(1), asked.sum(1))


def calibration_error(weights: Floats, confidence: Floats, right: Bools) -> Floats:
    """Mean distance of said from true over 10 bins, by their size (ECE; Naeini et al. 2015, Guo et al. 2017)."""
    bins = _bin_of(confidence)[:, None] == np.arange(BINS)
    said = weights @ (bins * confidence[:, None])
    true = weights @ (bins * right[:, None])
    return _divided(np.abs(said - true).sum(1), weights.sum(1))


def reliability(confidence: Floats, right: Bools) -> list[Bin]:
    """The bins that hold questions, lowest first."""
    numbers = _bin_of(confidence)
    found = []
    for number in sorted(set(numbers.tolist())):
        inside = numbers == number
        said, true = float(confidence[inside].mean()), float(right[inside].mean())
        found.append(Bin(number / BINS, (number + 1) / BINS, int(inside.sum()), said, true))
    return found


def _bin_of(confidence: Floats) -> NDArray[np.int64]:
    return np.clip((confidence * BINS).astype(np.int64), 0, BINS - 1)


def _groups(confidence: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Positions from sure to unsure, and where in them each new confidence begins."""
    order = np.argsort(-confidence, kind="stable")
    ranked = confidence[order]
    return order, np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])


def _summed(values: Floats, order: NDArray[np.int64], starts: Sequence[int] | NDArray[np.int64]) -> Floats:
    """Sums over questions of equal confidence, from sure to unsure: (b, groups)."""
    sums: Floats = np.add.reduceat(values[:, order], starts, axis=1)
    return sums


def _divided(above: Floats, below: Floats) -> Floats:
    found: Floats = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
    return found
