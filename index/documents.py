"""The nouns of the write side: a document, its blocks, and the places they stand.

A `Document` is the text that was read from one file, cut into `Block`s (headings, paragraphs, list items, table
rows). Each block knows its `Place`, so that any slice of the text can be named the way a reader would find it:

    document.text[120:171]        -> 'About 2,500 more arrive each day, the minister said.'
    document.place(120)           -> Place(page=4, page_label='iv', heading=('Migration', 'Colombia'), ...)
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

__all__ = ["Block", "BlockKind", "Box", "Document", "PagePicture", "Place", "Run", "Span"]


class Span(NamedTuple):
    """Characters `start` to `end` (end excluded) of a document's text."""

    start: int
    end: int


class BlockKind(StrEnum):
    """What a stretch of text is on its page."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "item"
    ROW = "row"
    CODE = "code"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands, in the words a reader would use. What a format does not have is None or empty."""

    page: int | None = None
    """Physical page, counted from 1."""
    page_label: str | None = None
    """The page number as printed ("iv"), where the file carries one."""
    heading: tuple[str, ...] = ()
    """Headings above the block, outermost first; a heading block's own text is its last element."""
    sheet: str | None = None
    """Name of the spreadsheet's sheet."""
    row: int | None = None
    """Row in the sheet or table, counted from 1 and including the header row."""
    slide: int | None = None
    """Slide, counted from 1."""
    line: int | None = None
    """Line of the file, counted from 1; only for formats whose text is the file's own (txt, md, csv ...)."""


@dataclass(frozen=True, slots=True)
class Block:
    """One heading, paragraph, list item or table row: `text[start:end]`, standing at one `place`."""

    kind: BlockKind
    start: int
    end: int
    place: Place = Place()
    header: Span | None = None
    """For a table row: the span of the table's header row, which names its columns."""


@dataclass(frozen=True, slots=True)
class Run:
    """`length` characters of the text from `start`, which are the characters from `char` on of a PDF page.

    Hyphens joined and spaces changed make gaps between runs; inside a run the two count alike. It is what
    turns a quote into boxes on the page.
    """

    start: int
    length: int
    page: int
    char: int


class Box(NamedTuple):
    """A rectangle on a page, as shares of its width and height; the origin is the upper left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class PagePicture:
    """One page as it looks, with boxes over characters that were asked for."""

    png: bytes
    width: int
    """Pixels."""
    height: int
    boxes: tuple[Box, ...] = ()
    others: tuple[tuple[Box, ...], ...] = ()
    """Boxes over other characters that were asked for, each stretch with its own."""


@dataclass(frozen=True, slots=True)
class Document:
    """The text of one file, with the map from its characters to places.

    Blocks are in reading order, do not overlap, are not empty, and each lies within one page, sheet or slide.
    Characters between blocks are white space, and in text files markup too (a list's dashes, a table's rule).
    """

    title: str
    """The title the document gives itself; "" when it has none (its file name is not part of it)."""
    format: str
    text: str
    blocks: tuple[Block, ...]
    pages: int | None = None
    """Pages, slides or sheets in the file, where the format has them."""
    runs: tuple[Run, ...] = ()
    note: str = ""
    """What a reader should know of the reading, e.g. "12 of 20 pages have no text (scanned image)"."""
    scans: tuple[int, ...] = ()
    """Numbers of the pages that show a picture and have no text: something for text recognition. Not kept."""
    _starts: Sequence[int] = field(init=False, repr=False, compare=False, default=())
    _line_ends: Sequence[int] = field(init=False, repr=False, compare=False, default=())
    """Offset of each line end, where blocks have lines: counting them in the text anew for each place of a block of
    megabytes took half a minute."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", tuple(block.start for block in self.blocks))
        if any(block.place.line is not None for block in self.blocks):
            object.__setattr__(self, "_line_ends", tuple(_offsets("\n", self.text)))

    def characters_of_page(self, page: int, span: Span) -> list[tuple[int, str]]:
        """The characters of `span` that stand on a PDF's page, as stretches of it: [(120, "2,500 more"), ...]."""
        found = []
        for run in self.runs:
            start, end = max(run.start, span.start), min(run.start + run.length, span.end)
            if run.page == page and start < end:
                found.append((run.char + start - run.start, self.text[start:end]))
        return found

    def block_at(self, offset: int) -> Block | None:
        """The block that holds the character at `offset`, or the last one before it; None before the first."""
        at = bisect_right(self._starts, offset) - 1
        return self.blocks[at] if at >= 0 else None

    def place(self, offset: int) -> Place:
        """The place of the character at `offset`; the line is counted to the very character."""
        block = self.block_at(offset)
        if block is None:
            return Place()
        if block.place.line is None:
            return block.place
        lines = bisect_left(self._line_ends, offset) - bisect_left(self._line_ends, block.start)
        return replace(block.place, line=block.place.line + lines)


def _offsets(character: str, text: str) -> Iterator[int]:
    """Where the character stands in the text."""
    at = text.find(character)
    while at >= 0:
        yield at
        at = text.find(character, at + 1)
