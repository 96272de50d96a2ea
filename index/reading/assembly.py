"""From what a format's reader found to the blocks of a document.

Two kinds of finding, because two kinds of format:

* A `Part` marks a stretch of text that is already there (a text file, a PDF page).
* A `Piece` brings its own text (a paragraph of a Word file); `laid_out` joins pieces, separated by blank lines, into
  one text with parts.

`blocks_of` turns parts into blocks: trims white space, drops what is empty, and works out heading paths and lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from index.documents import Block, BlockKind, Place, Span

__all__ = ["HeadingPath", "Part", "Piece", "blocks_of", "document_text", "laid_out", "one_line", "visible"]

_TITLE_CHARS = 300
"""A heading longer than this is cut in heading paths (its block stays whole)."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROLS = dict.fromkeys((*range(9), 11, *range(14, 32), 127, 0xAD, 0x200B, 0xFEFF)) | {12: "\n"}
"""What no reader sees: C0 controls but tab and newline, soft hyphen, zero-width space, byte order mark."""


@dataclass(frozen=True, slots=True)
class Part:
    """`text[start:end]` is one block; white space around it is allowed."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    """Of a heading: 1 is the outermost."""
    place: Place = Place()
    header: Span | None = None
    """For a table row: where the header row stands."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One block that brings its text."""

    kind: BlockKind
    text: str
    level: int = 0
    place: Place = Place()
    header: int | None = None
    """For a table row: the position of the header row's piece in the same list."""


class HeadingPath:
    """The headings above the current block, while a document is walked from top to bottom."""

    def __init__(self) -> None:
        self._stack: list[tuple[int, str]] = []

    def enter(self, level: int, text: str) -> None:
        """A heading of this level was met: it ends all of its level and deeper."""
        while self._stack and self._stack[-1][0] >= level:
            self._stack.pop()
        self._stack.append((level, one_line(text)[:_TITLE_CHARS]))

    @property
    def path(self) -> tuple[str, ...]:
        """Outermost first."""
        return tuple(text for _, text in self._stack)


def one_line(text: str) -> str:
    r"""White space of any kind and length becomes one space: '  a\n b ' -> 'a b'."""
    return " ".join(text.split())


def document_text(text: str) -> str:
    """`text` as it can be stored: lone surrogates, which no encoding can write, become U+FFFD."""
    return _SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)


def visible(text: str) -> str:
    """`text` without the characters that no reader sees."""
    return text.translate(_CONTROLS)


def _clean(text: str) -> str:
    """Text of an extracted format: control characters out, all line ends as newlines, stripped."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return document_text(visible(text)).strip()


def laid_out(pieces: Sequence[Piece]) -> tuple[str, list[Part]]:
    """Pieces joined into one text: rows of a table and items of a list a line apart, all else a blank line apart."""
    texts: list[str] = []
    parts: list[Part] = []
    spans: dict[int, Span] = {}
    at, last = 0, None
    for position, piece in enumerate(pieces):
        text = _clean(piece.text)
        if not text:
            continue
        gap = "" if last is None else "\n" if _belong_together(last, piece) else "\n\n"
        start = at + len(gap)
        at = start + len(text)
        spans[position] = Span(start, at)
        header = spans.get(piece.header) if piece.header is not None else None
        parts.append(Part(piece.kind, start, at, piece.level, piece.place, header))
        texts += (gap, text)
        last = piece
    return "".join(texts), parts


def _belong_together(last: Piece, piece: Piece) -> bool:
    return last.kind == piece.kind and piece.kind in (BlockKind.ROW, BlockKind.LIST_ITEM)


def blocks_of(text: str, parts: Iterable[Part], *, numbered_lines: bool = False) -> tuple[Block, ...]:
    """Blocks of `text` for parts in reading order; with `numbered_lines` each gets the line it starts on.

    A part whose place has a heading path keeps it; all others stand below the headings met before them.
    """
    blocks: list[Block] = []
    headings = HeadingPath()
    line, counted = 1, 0
    for part in parts:
        start, end = _trimmed(text, part.start, part.end)
        if start >= end:
            continue
        if part.kind is BlockKind.HEADING:
            headings.enter(part.level, text[start:end])
        place = part.place if part.place.heading else replace(part.place, heading=headings.path)
        if numbered_lines:
            line, counted = line + text.count("\n", counted, start), start
            place = replace(place, line=line)
        header = part.header if part.header and part.header.end <= start else None
        blocks.append(Block(part.kind, start, end, place, header))
    return tuple(blocks)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the white space at its two ends."""
    body = text[start:end]
    return start + len(body) - len(body.lstrip()), end - len(body) + len(body.rstrip())
