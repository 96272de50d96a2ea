"""Pages that are pictures of text: what the worker draws of them, and where it says which they are.

The worker draws a page in shades of grey. Its owner has the text recognised (`recognition.py`: the worker may start no
program), and what was found goes back to the worker, which makes the document of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from index.errors import ReadError

__all__ = ["DOTS_PER_INCH", "MOST_DOTS", "Raster", "ScannedFile"]

DOTS_PER_INCH = 300
"""What Tesseract is made for."""

MOST_DOTS = 8_000
"""A side at most: a page of 27 inches; larger ones are drawn with fewer dots per inch."""


class ScannedFile(ReadError):
    """There is no text in any page of the file, but pictures are.

    Args:
        said: the message.
        pages: numbers of the pages that show pictures, from 1.
    """

    def __init__(self, said: str, pages: Sequence[int] = ()) -> None:
        super().__init__(said)
        self.pages = tuple(pages)


class Raster(NamedTuple):
    """A page in shades of grey."""

    width: int
    """Dots."""
    height: int
    grey: bytes
    """`width * height` bytes by rows from the top; 0 is black."""
    dots_per_inch: int
