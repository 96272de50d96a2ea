"""Markdown: headings of both styles, lists, tables, fenced code, front matter.

# Aid            -> heading "Aid"
- 1.3 million    -> item "1.3 million"
| a | b |        -> row "a | b", its header the row above the rule
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.documents import BlockKind, Document, Place, Span
from index.reading.assembly import Part
from index.reading.decoding import decoded
from index.reading.filetext import Line, lines_of, of_parts
from index.reading.source import Source

__all__ = ["read"]

_ATX = re.compile(r" {0,3}(#{1,6})(?:[ \t]++(.*?))??(?:(?<![ \t])[ \t]++#++)?(?:(?<![ \t])[ \t]++)?")
_SETEXT = re.compile(r" {0,3}(=+|-+)[ \t]*")
_RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_ITEM = re.compile(r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_LINK_TARGET = re.compile(r" {0,3}\[[^\]]+\]:[ \t]*\S+")
_FRONT_TITLE = re.compile(r"""^title[ \t]*[:=][ \t]*(["']?)(.+?)\1[ \t]*$""", re.M)


def read(source: Source) -> Document:
    """The document of a Markdown file."""
    text = decoded(source.data)
    lines = lines_of(text)
    body = _front_matter_lines(lines)
    front = text[: lines[body - 1].end] if body else ""
    found = _FRONT_TITLE.search(front)
    parts = _Blocks(lines, body).parts()
    if body > 2:
        parts = iter((Part(BlockKind.CODE, lines[1].start, lines[body - 2].end), *parts))
    return of_parts(source, text, parts, found.group(2) if found else None)


def _front_matter_lines(lines: list[Line]) -> int:
    """How many lines the front matter takes with both its fences; 0 if there is none."""
    fence = lines[0].text.rstrip()
    if fence not in ("---", "+++"):
        return 0
    for position, line in enumerate(lines[1:200], start=1):
        if line.text.rstrip() in (fence, "..."):
            return position + 1 if position > 1 and re.match(r"[\w-]+\s*[:=]", lines[1].text) else 0
    return 0


class _Blocks:
    """Walks the lines from one on; `_open` is the paragraph or item that lines still join."""

    def __init__(self, lines: list[Line], first: int) -> None:
        self._lines = lines
        self._at = first
        self._open: tuple[BlockKind, int, int] | None = None

    def parts(self) -> Iterator[Part]:
        """All blocks in order."""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            yield from self._step(line)
        yield from self._closed()

    def _step(self, line: Line) -> Iterator[Part]:
        if line.blank:
            yield from self._closed()
            self._at += 1
        elif fence := _FENCE.match(line.text):
            yield from self._closed()
            yield self._fenced(fence.group(1))
        elif self._open is None and line.indent >= 4 and not _ITEM.match(line.text):
            yield self._indented()
        elif line.text.lstrip().startswith("<!--"):
            yield from self._closed()
            self._skip_comment()
        elif atx := _ATX.fullmatch(line.text):
            yield from self._closed()
            yield Part(BlockKind.HEADING, line.start + atx.start(2), line.start + atx.end(2), len(atx.group(1)))
            self._at += 1
        elif self._is_table():
            yield from self._closed()
            yield from self._table()
        else:
            yield from self._joined(line)

    def _joined(self, line: Line) -> Iterator[Part]:
        """Lines whose meaning depends on the paragraph above them: underlines, rules, items, continuations."""
        if (setext := _SETEXT.fullmatch(line.text)) and self._open and self._open[0] is BlockKind.PARAGRAPH:
            _, start, end = self._open
            self._open = None
            yield Part(BlockKind.HEADING, start, end, 1 if setext.group(1)[0] == "=" else 2)
        elif _RULE.fullmatch(line.text) or (self._open is None and _LINK_TARGET.match(line.text)):
            yield from self._closed()
        elif item := _ITEM.match(line.text):
            yield from self._closed()
            self._open = (BlockKind.LIST_ITEM, line.start + item.end(), line.end)
        elif self._open:
            self._open = (*self._open[:2], line.end)
        else:
            mark = _QUOTE.match(line.text)
            self._open = (BlockKind.PARAGRAPH, line.start + (mark.end() if mark else 0), line.end)
        self._at += 1

    def _closed(self) -> Iterator[Part]:
        if self._open:
            yield Part(*self._open)
        self._open = None

    def _fenced(self, fence: str) -> Part:
        self._at += 1
        start = end = self._lines[min(self._at, len(self._lines) - 1)].start
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if line.text.strip().startswith(fence) and not line.text.strip().strip(fence[0]):
                break
            end = line.end
        return Part(BlockKind.CODE, start, end)

    def _indented(self) -> Part:
        """A block of code by its indent; after a list it is a further paragraph of the item, which reads the same."""
        start = end = self._lines[self._at].start
        while self._at < len(self._lines) and self._lines[self._at].indent >= 4 and not self._lines[self._at].blank:
            end = self._lines[self._at].end
            self._at += 1
        return Part(BlockKind.CODE, start, end)

    def _skip_comment(self) -> None:
        while self._at < len(self._lines) and "-->" not in self._lines[self._at].text:
            self._at += 1
        self._at += 1

    def _is_table(self) -> bool:
        if "|" not in self._lines[self._at].text or self._at + 1 >= len(self._lines):
            return False
        rule = self._lines[self._at + 1].text
        return "-" in rule and "|" in rule and _TABLE_RULE.fullmatch(rule) is not None

    def _table(self) -> Iterator[Part]:
        header: Span | None = None
        row = 1
        while self._at < len(self._lines) and "|" in self._lines[self._at].text:
            line = self._lines[self._at]
            cells = line.text.strip().removeprefix("|").removesuffix("|")
            start = line.start + line.text.index(cells) if cells else line.start
            span = Span(start + len(cells) - len(cells.lstrip()), start + len(cells.rstrip()))
            is_shown = bool(cells.strip(" \t|"))
            if is_shown:
                yield Part(BlockKind.ROW, *span, place=Place(row=row), header=header)
            self._at += 2 if row == 1 else 1
            header = span if row == 1 and is_shown else header  # tables whose columns have no names have none
            row += 1
