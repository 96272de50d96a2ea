"""Pages that were pictures, drawn for text recognition and put back in with the text that was found.

The text comes as a PDF of one page with invisible words where they stand in the picture, so that lines, paragraphs and
table rows are found in it as in any other page. Its characters are not in the file: no box can be drawn over them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from statistics import median

import pypdfium2 as pdfium

from index.errors import ReadError
from index.reading.pdf.pages import Page, Pdf, loaded, open_pdf
from index.reading.scans import DOTS_PER_INCH, MOST_DOTS, Raster

__all__ = ["raster_of", "with_recognised"]

_ALIKE = 1.25
"""Lines up to so much larger than the middle one are of its size: recognition takes tall letters for larger type."""


def raster_of(data: bytes, number: int) -> Raster:
    """Page `number` (from 1) of a PDF in shades of grey; ReadError when it cannot be drawn."""
    document = loaded(data)
    try:
        if not 1 <= number <= len(document):
            raise ReadError(f"there is no page {number:,}: the file has {len(document):,}")
        page = document[number - 1]
        width, height = page.get_size()
        if not (width > 0 and height > 0):
            raise ReadError("the page has no size")
        dots = min(DOTS_PER_INCH, int(72 * (MOST_DOTS - 1) / max(width, height)))
        if dots < 1:
            raise ReadError("the page is too large to be drawn")
        bitmap = page.render(scale=dots / 72, grayscale=True)
        pixels = memoryview(bytes(bitmap.buffer))
        rows = (pixels[at : at + bitmap.width] for at in range(0, bitmap.stride * bitmap.height, bitmap.stride))
        return Raster(bitmap.width, bitmap.height, b"".join(rows), dots)
    except pdfium.PdfiumError as error:
        raise ReadError(f"page {number:,} cannot be drawn ({error})") from error
    finally:
        document.close()


def with_recognised(pdf: Pdf, found: Mapping[int, bytes]) -> tuple[Pdf, int]:
    """The file with text in pages that had none, and how many these are. `found`: PDFs by the number of the page."""
    pages = [_filled(page, found[page.number]) if page.number in found else page for page in pdf.pages]
    filled = [page.number for page, before in zip(pages, pdf.pages, strict=True) if page.lines and not before.lines]
    scans = tuple(number for number in pdf.scans if number not in filled)
    return replace(pdf, pages=pages, scans=scans), len(filled)


def _filled(page: Page, data: bytes) -> Page:
    if page.lines:
        return page
    try:
        [found] = open_pdf(data, 1).pages
    except (ReadError, ValueError):
        return page
    return replace(found, number=page.number, label=page.label, lines=_even(found).lines)


def _even(page: Page) -> Page:
    if not page.lines:
        return page
    usual = median(line.size for line in page.lines)
    sizes = (usual if line.size <= _ALIKE * usual else line.size for line in page.lines)
    return replace(page, lines=[replace(line, size=size) for line, size in zip(page.lines, sizes, strict=True)])
