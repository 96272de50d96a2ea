"""Inner products of a question with some rows, on the thread that asks.

Not `@`: BLAS shares out even so little among its threads and waits for them, which costs a question two to three times
the processor's time (up to 11 ms instead of .1 for a few hundred rows on 2 busy cores). Its number of threads can be
set, but only before numpy is imported, and whoever uses this package may have done that first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["inner_products"]


def inner_products(rows: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """float32 (n, d) with float32 (d,): float32 (n,)."""
    found: NDArray[np.float32] = np.einsum("ij,j->i", rows, vector)
    return found
