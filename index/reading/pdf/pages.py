"""The pages of a PDF as PDFium gives them: characters in the order of the file, lines with their geometry, the outline.

A character index is PDFium's own (`FPDFText_*`), spaces and line ends that PDFium adds included, so that it can be
turned back into a box on the page. Lengths are points (1/72 inch), y grows upwards.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import pypdfium2 as pdfium
from pypdfium2 import raw

from index.errors import ReadError
from index.reading.archive import DamagedFile
from index.reading.limits import raising

__all__ = ["Cell", "Entry", "Line", "Page", "Pdf", "characters_of", "loaded", "open_pdf"]

_LINE_END = re.compile("\r\n|[\r\n\ufffe\x02]")
HYPHENS = "\ufffe\x02"
"""What PDFium puts for a hyphen at the end of a line, instead of the hyphen and the line end."""
_BOLD_WEIGHT = 600
_BOLD_NAME = re.compile(rb"(?i)bold|black|heavy|cmbx|cmssbx")


class Cell(NamedTuple):
    """One cell of a table row: the index of its first character, its edges, and whether it holds a figure."""

    start: int
    left: float
    right: float
    figure: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page: characters `start` to `end`, without white space around."""

    start: int
    end: int
    left: float
    right: float
    bottom: float
    top: float
    base: float
    """Height of the baseline."""
    size: float
    """Font size in points, of a letter in its middle."""
    bold: bool
    """Its middle and its end are bold; a paragraph that only begins in bold is not."""
    hyphen: bool
    """It ends in a hyphen that PDFium took for one of a divided word."""
    cells: tuple[Cell, ...] = ()
    """The cells after the first, when wide gaps part the line into cells."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `text[i]` is character i."""

    number: int
    label: str | None
    height: float
    width: float
    text: str
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the outline (bookmarks)."""

    title: str
    level: int
    page: int


@dataclass(frozen=True, slots=True)
class Pdf:
    """All that is taken from the file."""

    title: str
    pages: list[Page]
    outline: list[Entry] = field(default_factory=list)
    unreadable: int = 0
    """Pages that PDFium could not load."""
    scans: tuple[int, ...] = ()
    """Numbers of the pages without text that show a picture."""


def open_pdf(data: bytes, most_pages: int) -> Pdf:
    """Everything of the file, all handles closed again."""
    document = loaded(data)
    try:
        count = len(document)
        if count > most_pages:
            raise ReadError(f"{count:,} pages, {most_pages:,} at most; split the file or {raising('pages')}")
        pages = [page for index in range(count) if (page := _page(document, index))]
        title = document.get_metadata_value("Title")
        without = (page.number for page in pages if not page.lines)
        scans = tuple(number for number in without if _shows_picture(document, number - 1))
        return Pdf(title, pages, list(_outline(document)), count - len(pages), scans)
    finally:
        document.close()


def loaded(data: bytes) -> pdfium.PdfDocument:
    """PDFium's document, to be closed; ReadError when it cannot be opened."""
    try:
        return pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise _reason(str(error)) from error


def _reason(message: str) -> ReadError:
    if "password" in message.lower():
        return ReadError("encrypted PDF: it asks for a password; save a copy without one")
    if "security" in message.lower():
        return ReadError("encrypted PDF: its protection is of an unknown kind; save an unprotected copy")
    return DamagedFile("damaged PDF: it cannot be opened; open it in a PDF viewer and print it to a new file")


def _outline(document: pdfium.PdfDocument) -> Iterator[Entry]:
    try:
        for bookmark in document.get_toc(max_depth=6):
            target = bookmark.get_dest()
            page = target.get_index() if target else None
            if page is not None:
                yield Entry(bookmark.get_title(), bookmark.level + 1, page + 1)
    except (pdfium.PdfiumError, ValueError, UnicodeDecodeError):
        return  # an outline that is damaged from here on


def _page(document: pdfium.PdfDocument, index: int) -> Page | None:
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return None
    try:
        textpage = page.get_textpage()
    except pdfium.PdfiumError:
        page.close()
        return None
    try:
        width, height = page.get_size()
        text = characters_of(textpage)
        lines = _Geometry(textpage.raw, text).lines()
        return Page(index + 1, _label(document, index), height, width, text, lines)
    finally:
        textpage.close()
        page.close()


def _shows_picture(document: pdfium.PdfDocument, index: int) -> bool:
    page = document[index]
    try:
        return any(page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3))
    except pdfium.PdfiumError:
        return False
    finally:
        page.close()


def _label(document: pdfium.PdfDocument, index: int) -> str | None:
    label = document.get_page_label(index)
    return label.strip() or None


def characters_of(textpage: pdfium.PdfTextPage) -> str:
    """One Python character for each PDFium character."""
    count = max(0, raw.FPDFText_CountChars(textpage))
    buffer = (ctypes.c_ushort * (count + 1))()
    written = raw.FPDFText_GetText(textpage, 0, count, buffer) if count else 0
    text = bytes(buffer)[: 2 * count].decode("utf-16-le", "surrogatepass")
    if written == count + 1 and len(text) == count and not re.search("[\ud800-\udfff]", text):
        return text
    points = (raw.FPDFText_GetUnicode(textpage, index) for index in range(count))
    return "".join(chr(point) if point < 0x110000 and not 0xD800 <= point < 0xE000 else "\ufffd" for point in points)


class _Geometry:
    """Lines of a text page. Boxes are asked for a few characters a line only, because each costs a call."""

    _WORD_GAPS = re.compile(r"(?<=[^\s$€£¥])[^\S\r\n]+(?=\S)")
    _CELL_GAP_EM = 1.3
    """A gap this wide parts cells: words of justified text stand up to one em apart."""

    def __init__(self, textpage: object, text: str) -> None:
        self._page = textpage
        self._text = text
        self._box = [ctypes.c_double() for _ in range(4)]
        self._rect = raw.FS_RECTF()
        self._matrix = raw.FS_MATRIX()
        self._name = ctypes.create_string_buffer(128)

    def lines(self) -> list[Line]:
        """All lines that have a visible character."""
        lines, start = [], 0
        for end_mark in [*_LINE_END.finditer(self._text), None]:
            end = end_mark.start() if end_mark else len(self._text)
            line = self._line(
                start, end, hyphen=bool(end_mark) and end_mark is not None and end_mark.group() in HYPHENS
            )
            if line:
                lines.append(line)
            start = end_mark.end() if end_mark else end
        return lines

    def _line(self, start: int, end: int, *, hyphen: bool) -> Line | None:
        content = self._text[start:end]
        start, end = start + len(content) - len(content.lstrip()), start + len(content.rstrip())
        if start >= end:
            return None
        left, bottom, _, top = self._loose(start)
        middle = self._letter((start + end) // 2, end) or start
        size = self._size(middle)
        right = self._loose(end - 1)[2] if end - 1 > start else self._loose(start)[2]
        bold = self._is_bold(middle) and self._is_bold(end - 1)
        cells = tuple(self._cells(start, end, size, right))
        return Line(start, end, left, right, bottom, top, self._base(middle), size, bold, hyphen, cells)

    def _cells(self, start: int, end: int, size: float, line_right: float) -> Iterator[Cell]:
        gaps = []
        for gap in self._WORD_GAPS.finditer(self._text, start, end):
            right, left = self._tight(gap.start() - 1)[1], self._tight(gap.end())[0]
            if left - right > self._CELL_GAP_EM * size:
                gaps.append((gap.end(), right, left))
        for (first, _, left), (after, right, _) in zip(gaps, [*gaps[1:], (end, line_right, 0.0)], strict=False):
            yield Cell(first, left, right, any(character.isdigit() for character in self._text[first:after]))

    def _letter(self, start: int, end: int) -> int | None:
        """The first letter or figure from `start` on: bullets and brackets are often of another font."""
        return next((char for char in range(start, end) if self._text[char].isalnum()), None)

    def _tight(self, char: int) -> tuple[float, float]:
        """Left and right edge of the character's ink."""
        left, right, bottom, top = self._box
        raw.FPDFText_GetCharBox(self._page, char, left, right, bottom, top)
        return left.value, right.value

    def _loose(self, char: int) -> tuple[float, float, float, float]:
        """Left, bottom, right, top of the character's cell, which is as high for an 'a' as for a 'B'."""
        raw.FPDFText_GetLooseCharBox(self._page, char, self._rect)
        return self._rect.left, self._rect.bottom, self._rect.right, self._rect.top

    def _is_bold(self, char: int) -> bool:
        """By the weight the font states, or by its name: the standard fonts state none."""
        if raw.FPDFText_GetFontWeight(self._page, char) >= _BOLD_WEIGHT:
            return True
        raw.FPDFText_GetFontInfo(self._page, char, self._name, len(self._name), None)
        return _BOLD_NAME.search(self._name.value) is not None

    def _base(self, char: int) -> float:
        x, y = self._box[:2]
        raw.FPDFText_GetCharOrigin(self._page, char, x, y)
        return float(y.value)

    def _size(self, char: int) -> float:
        """Font size as drawn: many files set size 1 and scale it."""
        size = raw.FPDFText_GetFontSize(self._page, char)
        if raw.FPDFText_GetMatrix(self._page, char, self._matrix):
            scale = (self._matrix.c**2 + self._matrix.d**2) ** 0.5
            size *= scale or 1.0
        return round(float(size), 1)
