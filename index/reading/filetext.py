"""What the readers of text files share: the lines of a text, and the document made of it.

For these formats the stored text is the file's text, character by character, so that a citation can be found in any
editor. Markup stays where it is; blocks leave it out where they can (the dashes of a list, the rule of a table).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from index.documents import BlockKind, Document
from index.reading.assembly import Part, blocks_of
from index.reading.source import Source

__all__ = ["LIST_MARK", "NUMBERED", "Line", "lines_of", "of_parts", "paragraphs"]

LIST_MARK = re.compile(r"[ \t]*(?:[-*+•‣–]|#\.|\(?(?:\d{1,3}|[a-z])[.)])[ \t]+(?=\S)")
"""What begins an item of a list: a dash, a bullet, '3.', '(b)'."""

NUMBERED = re.compile(r"[ \t]*\d{1,2}(?:[.)]|(?:\.\d{1,2})+[.):]?)\s")
"""What begins a numbered heading; "12 March" and "2 eggs" have no point."""


class Line(NamedTuple):
    """One line of a text, newline excluded: `text[start:end]`."""

    start: int
    end: int
    text: str

    @property
    def blank(self) -> bool:
        """Nothing but white space."""
        return not self.text.strip()

    @property
    def indent(self) -> int:
        """Columns of white space at its start, a tab counted as four."""
        expanded = self.text.expandtabs(4)
        return len(expanded) - len(expanded.lstrip())


def lines_of(text: str) -> list[Line]:
    """All lines; their spans and the newlines between them make up the text."""
    lines, at = [], 0
    for line in text.split("\n"):
        lines.append(Line(at, at + len(line), line))
        at += len(line) + 1
    return lines


def paragraphs(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Runs of lines between blank ones."""
    group: list[Line] = []
    for line in lines:
        if not line.blank:
            group.append(line)
        elif group:
            yield group
            group = []
    if group:
        yield group


def of_parts(source: Source, text: str, parts: Iterable[Part], *titles: str | None, numbered: bool = True) -> Document:
    """The document of a text file; its title is the first of `titles` that is one, else its first heading.

    `numbered`: whether "1. Introduction" may be one.
    """
    blocks = blocks_of(text, parts, numbered_lines=True)
    heading = next((text[block.start : block.end] for block in blocks if block.kind is BlockKind.HEADING), None)
    found = [title for title in (*titles, heading) if title and (numbered or not NUMBERED.match(title))]
    return Document(source.title(*found), source.kind.value, text, blocks)
