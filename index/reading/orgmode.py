"""Org mode: headings by stars, #+TITLE, lists, tables, source blocks; drawers and comments are in no block."""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.documents import BlockKind, Document, Place, Span
from index.reading.assembly import Part
from index.reading.decoding import decoded
from index.reading.filetext import LIST_MARK, Line, lines_of, of_parts
from index.reading.source import Source

__all__ = ["read"]

_HEADING = re.compile(
    r"(\*+)[ \t]++(?:(?:TODO|DONE|NEXT|WAITING)[ \t]++)?(?:\[#\w\][ \t]++)?(.*?)(?:(?<![ \t])[ \t]++:[\w@:]+:)?"
    r"(?:(?<![ \t])[ \t]++)?"
)
_TITLE = re.compile(r"^#\+TITLE:[ \t]*(.+)$", re.M | re.I)
_BEGIN = re.compile(r"\s*#\+BEGIN_(SRC|EXAMPLE|QUOTE|VERSE|COMMENT|EXPORT|CENTER)\b", re.I)
_CODE_BLOCKS = frozenset({"SRC", "EXAMPLE", "COMMENT", "EXPORT"})
_END = re.compile(r"\s*#\+END_", re.I)
_DRAWER = re.compile(r"\s*:[\w-]+:\s*")
_SILENT = re.compile(r"\s*#(?:\+|\s|$)|\s*(?:CLOSED|SCHEDULED|DEADLINE):")
_TABLE_RULE = re.compile(r"\s*\|[-+]+\|?\s*")


def read(source: Source) -> Document:
    """The document of an Org file."""
    text = decoded(source.data)
    title = _TITLE.search(text)
    return of_parts(source, text, _Blocks().parts(lines_of(text)), title.group(1) if title else None)


class _Blocks:
    """Takes lines in turn; `_open` is the paragraph, item or code that lines still join."""

    def __init__(self) -> None:
        self._open: tuple[BlockKind, int, int] | None = None
        self._in_drawer = self._in_code = False
        self._header: Span | None = None
        self._row = 0

    def parts(self, lines: list[Line]) -> Iterator[Part]:
        """All blocks in order."""
        for line in lines:
            if self._in_code and not _END.match(line.text):
                self._join(BlockKind.CODE, line)
            elif self._is_silent(line):
                self._in_code = False
                yield from self._closed()
            else:
                yield from self._step(line)
        yield from self._closed()

    def _is_silent(self, line: Line) -> bool:
        """Blank lines, drawers, comments and settings; where a block of code begins, that is noted."""
        is_mark = _DRAWER.fullmatch(line.text) is not None
        ends = line.text.strip().upper() == ":END:"
        self._in_drawer = (self._in_drawer or is_mark) and not ends
        if (begin := _BEGIN.match(line.text)) and begin.group(1).upper() in _CODE_BLOCKS:
            self._in_code = True
            return False
        return line.blank or self._in_drawer or is_mark or _SILENT.match(line.text) is not None

    def _step(self, line: Line) -> Iterator[Part]:
        if self._in_code:
            yield from self._closed()
        elif heading := _HEADING.fullmatch(line.text):
            yield from self._closed()
            start, end = line.start + heading.start(2), line.start + heading.end(2)
            yield Part(BlockKind.HEADING, start, end, len(heading.group(1)))
        elif line.text.lstrip().startswith("|"):
            yield from self._table_line(line)
        elif mark := LIST_MARK.match(line.text):
            yield from self._closed()
            self._open = (BlockKind.LIST_ITEM, line.start + mark.end(), line.end)
        else:
            self._join(BlockKind.PARAGRAPH, line)

    def _table_line(self, line: Line) -> Iterator[Part]:
        if self._open:
            yield from self._closed()
        if not _TABLE_RULE.fullmatch(line.text):
            self._row += 1
            span = _row_span(line)
            if span.start < span.end:
                yield Part(BlockKind.ROW, *span, place=Place(row=self._row), header=self._header)
                self._header = self._header or span

    def _join(self, kind: BlockKind, line: Line) -> None:
        self._header, self._row = None, 0
        self._open = (*self._open[:2], line.end) if self._open else (kind, line.start, line.end)

    def _closed(self) -> Iterator[Part]:
        self._header, self._row = None, 0
        if self._open:
            yield Part(*self._open)
        self._open = None


def _row_span(line: Line) -> Span:
    cells = line.text.strip().removeprefix("|").removesuffix("|").strip()
    start = line.start + (line.text.index(cells) if cells else 0)
    return Span(start, start + len(cells))
