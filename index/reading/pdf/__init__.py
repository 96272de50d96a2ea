"""PDF, through PDFium: paragraphs and headings from the geometry of lines, runs from each character to its page.

pages.py        what PDFium gives: characters, lines, labels, outline
furniture.py    running headers and page numbers, left out
paragraphs.py   lines to paragraphs, items and table rows
headings.py     which of them are headings
composing.py    the text, with divided words made whole, and the runs
rescue.py       what is left of a file that PDFium cannot open
recognised.py   pages that are pictures, and the text that was recognised in them
"""

from __future__ import annotations

from collections.abc import Iterator

from index.documents import BlockKind, Document, Place, Span
from index.errors import ReadError
from index.reading.archive import DamagedFile
from index.reading.assembly import Part, blocks_of
from index.reading.pdf.composing import Composer, Spelling
from index.reading.pdf.furniture import without_furniture
from index.reading.pdf.headings import heading_levels
from index.reading.pdf.pages import Page, Pdf, open_pdf
from index.reading.pdf.paragraphs import Group, grouped
from index.reading.pdf.recognised import with_recognised
from index.reading.pdf.rescue import rescued
from index.reading.scans import ScannedFile
from index.reading.source import Source

__all__ = ["read"]

_SCANNED = "no text in this file (scanned image); sync with --ocr, or run text recognition (OCR) on it first"
_NO_WORDS = "no text in this file (scanned image): text recognition (OCR) found no words in it"
_EMPTY = "no text in this file: its pages are empty, or damaged; look at it in a PDF viewer, and leave it out"


def read(source: Source) -> Document:
    """The document of a PDF file."""
    try:
        pdf = open_pdf(source.data, source.limits.pages)
    except DamagedFile:
        if document := rescued(source):
            return document
        raise
    pdf, recognised = with_recognised(pdf, source.recognised)
    empty = sum(not page.lines for page in pdf.pages) + pdf.unreadable
    count = len(pdf.pages) + pdf.unreadable
    if empty == count and pdf.scans:
        raise ScannedFile(_NO_WORDS if source.recognised else _SCANNED, pdf.scans)
    if empty == count:
        raise ReadError(_EMPTY)
    composer = Composer(Spelling(pdf.pages))
    parts = _parts(pdf, composer)
    text = composer.text
    blocks = blocks_of(text, parts)
    title = source.title(pdf.title, _largest_heading(text, parts))
    note = "; ".join(_notes(pdf, recognised, empty, count))
    return Document(title, source.kind.value, text, blocks, count, tuple(composer.runs), note, pdf.scans)


def _notes(pdf: Pdf, recognised: int, empty: int, count: int) -> Iterator[str]:
    if recognised:
        yield f"{recognised} of {count} pages by text recognition (OCR): check words and figures against the pages"
    if empty:
        yield f"{empty} of {count} pages have no text" + (" (scanned image)" if pdf.scans else "")


def _parts(pdf: Pdf, composer: Composer) -> list[Part]:
    kept = without_furniture(pdf.pages)
    groups = {page.number: grouped(page, kept[page.number]) for page in pdf.pages}
    levels = heading_levels(pdf, groups)
    parts: list[Part] = []
    for page in pdf.pages:
        header: Span | None = None
        for group in groups[page.number]:
            start, end = composer.add(page, group, "\n" if group.row > 1 else "\n\n")
            header = None if group.row <= 1 else header
            parts.append(_part(page, group, levels.get(group, 0), Span(start, end), header))
            if group.row == 1 and _names_columns(page, group):
                header = Span(start, end)
    return parts


def _part(page: Page, group: Group, level: int, span: Span, header: Span | None) -> Part:
    place = Place(page=page.number, page_label=page.label, row=group.row or None)
    if level:
        return Part(BlockKind.HEADING, *span, level, Place(page=page.number, page_label=page.label))
    kind = BlockKind.ROW if group.row else BlockKind.LIST_ITEM if group.item else BlockKind.PARAGRAPH
    return Part(kind, *span, place=place, header=header)


def _names_columns(page: Page, group: Group) -> bool:
    """Whether a table's first row has no figures but years."""
    line = group.lines[0]
    words = page.text[line.start : line.end].split()
    return not any(any(c.isdigit() for c in word) and not (len(word) == 4 and word.isdecimal()) for word in words)


def _largest_heading(text: str, parts: list[Part]) -> str | None:
    """The first heading of the highest level on the first two pages."""
    headings = [part for part in parts if part.kind is BlockKind.HEADING and (part.place.page or 0) <= 2]
    if not headings:
        return None
    first = min(headings, key=lambda part: part.level)
    return text[first.start : first.end]
