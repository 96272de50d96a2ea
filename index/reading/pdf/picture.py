"""A page as it looks, through PDFium, with boxes over characters of its text layer.

Boxes are shares of the page's width and height, so that they lie right whatever size it is shown at. Rotation and crop
of the page are PDFium's own: it is asked where a point of the page lands in the picture.
"""

from __future__ import annotations

import ctypes
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from index.documents import Box, PagePicture
from index.errors import ReadError
from index.reading.pdf.pages import characters_of, loaded

__all__ = ["drawn"]

_WIDTH, _HEIGHT = 1400, 2000
"""Most pixels: a letter page is read at 165 dots per inch, which fills a panel of 700 points on a sharp screen."""
_MOST_ENLARGED = 2
"""A letter page at 330 dots per inch is as sharp as print; the next step costs 100 MB and tells nothing more."""
_GRID = 100_000
"""Steps per side in which PDFium is asked where a point lands; it answers in whole numbers."""
_GAP = 0.6
"""A gap of this share of a line's height belongs to the stretch: the space between two words is about half of it."""
_MOST_BOXES = 400


class _Cell(NamedTuple):
    """A rectangle in points of the page, y upwards."""

    left: float
    bottom: float
    right: float
    top: float


def drawn(
    data: bytes,
    number: int,
    spans: Sequence[tuple[int, str]],
    *,
    others: Sequence[Sequence[tuple[int, str]]] = (),
    scale: int = 1,
) -> PagePicture:
    """Page `number` (from 1) of a PDF. `spans`: (first character, text); what does not stand there gets no box.

    `others`: the same, each with boxes of its own. `scale`: 2 for twice as many pixels a side.
    """
    document = loaded(data)
    try:
        if not 1 <= number <= len(document):
            raise ReadError(f"there is no page {number:,}: the file has {len(document):,}")
        page = document[number - 1]
        textpage = page.get_textpage()
        text = characters_of(textpage)
        boxes, *more = (tuple(_boxes(page, textpage, text, each)) for each in (spans, *others))
        return _png_of(page, min(max(scale, 1), _MOST_ENLARGED), boxes, tuple(more))
    except pdfium.PdfiumError as error:
        raise ReadError(f"page {number:,} cannot be drawn ({error})") from error
    finally:
        document.close()


def _png_of(
    page: pdfium.PdfPage, enlarged: int, boxes: tuple[Box, ...], others: tuple[tuple[Box, ...], ...]
) -> PagePicture:
    width, height = page.get_size()
    if not (width > 0 and height > 0):
        raise ReadError("the page has no size")
    scale = enlarged * min(_WIDTH / width, _HEIGHT / height)
    bitmap = page.render(scale=scale, rev_byteorder=True)
    return PagePicture(_png(bitmap), bitmap.width, bitmap.height, boxes, others)


def _png(bitmap: pdfium.PdfBitmap) -> bytes:
    """A bitmap of red, green, blue as PNG: the format is simple enough to need no library for pictures."""
    pixels, row = bytes(bitmap.buffer), 3 * bitmap.width
    if bitmap.n_channels != 3:
        raise ReadError("the page is drawn in colours of an unknown kind")
    lines = b"".join(b"\0" + pixels[at : at + row] for at in range(0, bitmap.stride * bitmap.height, bitmap.stride))
    header = struct.pack(">IIBBBBB", bitmap.width, bitmap.height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def _boxes(
    page: pdfium.PdfPage, textpage: pdfium.PdfTextPage, text: str, spans: Sequence[tuple[int, str]]
) -> Iterator[Box]:
    """One box for each stretch of a line."""
    chars = (char for first, said in spans if _stands(text, first, said) for char in range(first, first + len(said)))
    cells = (cell for char in chars if not text[char].isspace() and (cell := _cell(textpage, char)))
    for stretch in islice(_stretches(cells), _MOST_BOXES):
        if box := _landed(page, stretch):
            yield box


def _stands(text: str, first: int, said: str) -> bool:
    return first >= 0 and bool(said) and text[first : first + len(said)] == said


def _cell(textpage: pdfium.PdfTextPage, char: int) -> _Cell | None:
    """The cell of a character, as high for an 'a' as for a 'B'; None where it has no extent."""
    rect = raw.FS_RECTF()
    if not raw.FPDFText_GetLooseCharBox(textpage, char, rect):
        return None
    return _Cell(rect.left, rect.bottom, rect.right, rect.top)


def _stretches(cells: Iterable[_Cell]) -> Iterator[_Cell]:
    """Cells that follow each other on one line as one."""
    current: _Cell | None = None
    for cell in cells:
        if current and _follows(current, cell):
            lowest, highest = min(current.bottom, cell.bottom), max(current.top, cell.top)
            current = _Cell(min(current.left, cell.left), lowest, max(current.right, cell.right), highest)
            continue
        if current:
            yield current
        current = cell
    if current:
        yield current


def _follows(stretch: _Cell, cell: _Cell) -> bool:
    """Whether both stand on one line, a space apart at most."""
    heights = stretch.top - stretch.bottom, cell.top - cell.bottom
    overlap = min(stretch.top, cell.top) - max(stretch.bottom, cell.bottom)
    reach = _GAP * max(heights)
    return overlap >= 0.5 * min(heights) and -reach <= cell.left - stretch.right <= reach


def _landed(page: pdfium.PdfPage, cell: _Cell) -> Box | None:
    """Where a rectangle of the page lies in its picture; None when that is outside."""
    corners = _point(page, cell.left, cell.top), _point(page, cell.right, cell.bottom)
    (left, right), (top, bottom) = (sorted(sides) for sides in zip(*corners, strict=True))
    return Box(left, top, right - left, bottom - top) if left < right and top < bottom else None


def _point(page: pdfium.PdfPage, x: float, y: float) -> tuple[float, float]:
    """Where a point of the page lies in its picture, as shares of width and height, at its edge at most."""
    across, down = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page, 0, 0, _GRID, _GRID, 0, x, y, across, down)
    return min(max(across.value / _GRID, 0.0), 1.0), min(max(down.value / _GRID, 0.0), 1.0)
