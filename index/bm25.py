"""The formula of BM25, for passages and for documents alike ("units").

    idf(t)      = ln(1 + (N - df + 0.5) / (df + 0.5))
    weight(t,u) = idf(t) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean length))

Okapi BM25 (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework") with the idf of Lucene, which is never
negative. Everything is done in single precision and one operation at a time, so that a unit's score is the same to
the bit whichever way it is come by.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["K1", "B", "Floats", "Norm", "idf", "weights"]

K1 = 1.2
"""Saturation of repeated terms (the value of DESIGN's measurements; Robertson's default)."""

B = 0.75
"""Strength of the normalisation by length."""

Floats = NDArray[np.float32]


class Norm(NamedTuple):
    """k1 * (1 - b + b * length / mean length), as a straight line over the length."""

    base: np.float32
    slope: np.float32

    @classmethod
    def of(cls, mean_length: float) -> Norm:
        """The line for units that have `mean_length` terms on average."""
        return cls(np.float32(K1 * (1 - B)), np.float32(K1 * B / max(mean_length, 1e-9)))


def idf(df: int, living: int) -> float:
    """Weight of a term that `df` of the `living` units hold."""
    return math.log(1 + (living - df + 0.5) / (df + 0.5))


def weights(tfs: NDArray[Any], lengths: NDArray[Any], norm: Norm, weight: float) -> Floats:
    """What a term that stands `tfs` times in units of these lengths adds to their scores: float32 (n,)."""
    tf = tfs.astype(np.float32)
    below = lengths.astype(np.float32)
    below *= norm.slope
    below += norm.base
    below += tf
    tf *= np.float32(weight * (K1 + 1))
    tf /= below
    return tf
