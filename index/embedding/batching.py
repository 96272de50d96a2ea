"""Which texts a GPU reads together: those of one length, as many as it has room for.

planned([7, 30, 8, 31], step=8, most_tokens=64, most_length=256)
-> [Batch(length=32, rows=(1, 3)), Batch(length=8, rows=(0, 2))]
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["Batch", "planned"]


class Batch(NamedTuple):
    """Rows of one call of the model, and the tokens that each is padded to."""

    length: int
    rows: tuple[int, ...]


def planned(tokens: Sequence[int], *, step: int, most_tokens: int, most_length: int) -> list[Batch]:
    """Batches of all texts, the longest first, so that a GPU that has too little memory says so at once.

    `tokens`: of each text. A text is padded to the next multiple of `step`, at most `most_length`, whatever its
    neighbours are; a batch has at most `most_tokens`, padding counted, unless it is a single text.
    """
    by_length: dict[int, list[int]] = {}
    for row, count in enumerate(tokens):
        by_length.setdefault(min(max(1, -(-count // step)) * step, most_length), []).append(row)
    return [
        Batch(length, tuple(rows[start : start + size]))
        for length, rows in sorted(by_length.items(), reverse=True)
        for size in [max(1, most_tokens // length)]
        for start in range(0, len(rows), size)
    ]
