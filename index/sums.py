"""Arrays of sums, one for each passage or document of an index, that are used again by the next question.

Fresh pages of memory cost more than what is added up in them, and most of a large array stays 0: whoever borrows one
puts back to 0 the places that it added to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Floats

__all__ = ["Sums", "borrowed", "distinct"]

SPARE = 2
"""Arrays kept for the next question."""

_spare: list[Floats] = []


class Sums:
    """Scores that are added up term by term, and the places that have one above 0, each in one of the lists."""

    def __init__(self, scores: Floats) -> None:
        self.scores = scores
        self.lists: list[NDArray[Any]] = []

    def add(self, places: NDArray[Any], added: Floats) -> None:
        """Add to the scores of these places, all different; with 0 a place is listed, and may be so again."""
        scores = self.scores[places]
        self.lists.append(places[scores == 0])
        scores += added
        self.scores[places] = scores


@contextmanager
def borrowed(size: int) -> Iterator[Sums]:
    """Sums of `size` places at least, all 0."""
    try:
        scores = _spare.pop()
    except IndexError:
        scores = np.zeros(size, np.float32)
    sums = Sums(scores if len(scores) >= size else np.zeros(size, np.float32))
    yield sums  # after an error the array is not used again
    for places in sums.lists:
        sums.scores[places] = 0
    if len(_spare) < SPARE:
        _spare.append(sums.scores)


def distinct(numbers: NDArray[Any]) -> NDArray[Any]:
    """Each number once, ascending. Sorting is several times faster than what `np.unique` does."""
    ordered = np.sort(numbers)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered
