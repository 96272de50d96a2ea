"""Lines of a page to groups that are read as one: paragraphs, items, headings over several lines, table rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from index.reading.pdf.furniture import CONTENTS_ENTRY
from index.reading.pdf.pages import Line, Page

__all__ = ["Group", "grouped"]

_ITEM_MARK = re.compile(r"(?:[•‣▪◦●■○*–—·\uf0b7\uf0a7-]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)])\s+\S|[•▪●■\uf0b7]")
_SENTENCE_END = re.compile(r"[.!?:;][\"'”’)\]]*$")
_LEADING_SLACK = 1.3
"""Lines further apart than this many usual distances are two paragraphs."""
_INDENT_EM = 0.9
_SHORT_SHARE = 0.85
"""A line that ends before this share of its column's width, with a full stop, ends its paragraph."""
_ALIGNED_PT = 4.0
_SAME_SIZE = 0.1
_MARK_CHARS = 8


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that make one block."""

    lines: tuple[Line, ...]
    item: bool = False
    row: int = 0
    """For a table row: its number in the table, counted from 1; else 0."""

    @property
    def size(self) -> float:
        """Font size of its first line."""
        return self.lines[0].size

    @property
    def chars(self) -> int:
        """Length of its text."""
        return sum(line.end - line.start for line in self.lines)


def grouped(page: Page, lines: Sequence[Line]) -> list[Group]:
    """The page's lines as groups, in the order of the file."""
    layout = _Layout(page, lines)
    groups: list[list[Line]] = []
    rows = _table_rows(lines)
    for position, line in enumerate(lines):
        joins = position > 0 and not rows[position] and not rows[position - 1] and layout.joins(groups[-1], line)
        if joins:
            groups[-1].append(line)
        else:
            groups.append([line])
    numbers = {id(line): row for line, row in zip(lines, rows, strict=True)}
    return [Group(tuple(group), layout.is_item(group[0]), numbers[id(group[0])]) for group in groups]


class _Layout:
    """What is usual on one page: the distance between lines, how far they reach."""

    def __init__(self, page: Page, lines: Sequence[Line]) -> None:
        self._page = page
        steps = [above.base - below.base for above, below in pairwise(lines)]
        steps = [step for step, line in zip(steps, lines, strict=False) if 0.5 * line.size < step < 2.5 * line.size]
        self._leading = median(steps) if steps else 0.0
        self._size = median(line.size for line in lines) if lines else 0.0
        self._lines = lines

    def is_item(self, line: Line) -> bool:
        """Whether the line begins an item of a list."""
        return _ITEM_MARK.match(self._page.text, line.start, line.end) is not None

    def _is_contents_entry(self, line: Line) -> bool:
        """A title, leading dots and a page number."""
        return CONTENTS_ENTRY.search(self._page.text[line.start : line.end]) is not None

    def joins(self, group: list[Line], line: Line) -> bool:
        """Whether the line goes on with the paragraph."""
        if self._is_contents_entry(group[-1]):
            return False
        if group[-1].hyphen or self._is_raised(line, group[-1]):
            return True
        last = _main_line(group)
        if abs(last.size - line.size) > _SAME_SIZE * max(last.size, line.size) or self.is_item(line):
            return False
        step = last.base - line.base
        if abs(step) < 0.3 * line.size:
            return True
        if step < 0 or line.left > last.right or line.right < min(before.left for before in group):
            return self._continues_elsewhere(last, line)
        if step > max(
            _LEADING_SLACK * (self._leading or 1.2 * line.size), 1.1 * line.size, self._display_leading(line)
        ):
            return False
        return line.bold == last.bold and not self._begins_anew(group, line)

    def _is_raised(self, line: Line, beside: Line) -> bool:
        """A mark of a note, an exponent: smaller type within the height of the line beside it."""
        small = line.size < 0.85 * beside.size and line.end - line.start <= _MARK_CHARS
        return (
            small and beside.bottom - 0.3 * beside.size < (line.bottom + line.top) / 2 < beside.top + 0.3 * beside.size
        )

    def _display_leading(self, line: Line) -> float:
        """Titles in large type over several lines stand wider than the page's usual leading."""
        return 1.5 * line.size if line.size > 1.15 * self._size else 0.0

    def _begins_anew(self, group: list[Line], line: Line) -> bool:
        """An indented first line, or a line after one that ends early with a full stop."""
        last = _main_line(group)
        em = _INDENT_EM * line.size
        if len(group) > 1 and line.left - last.left > em and not self.is_item(group[0]):
            return True
        if len(group) == 1 and line.left - last.left > em and self._ends_sentence(last):
            return True
        reach = max(other.right for other in self._lines if abs(other.left - last.left) < 3 * line.size)
        short = last.right - last.left < _SHORT_SHARE * (reach - last.left)
        return short and self._ends_sentence(last)

    def _continues_elsewhere(self, last: Line, line: Line) -> bool:
        """At the top of the next column, a small letter goes on with a sentence that was not ended."""
        return self._page.text[line.start].islower() and not self._ends_sentence(last)

    def _ends_sentence(self, line: Line) -> bool:
        return _SENTENCE_END.search(self._page.text[line.start : line.end]) is not None


def _main_line(group: Sequence[Line]) -> Line:
    """The last line in the paragraph's own type, not a raised mark at its end."""
    largest = max(line.size for line in group)
    return next(line for line in reversed(group) if line.size >= 0.85 * largest)


def _table_rows(lines: Sequence[Line]) -> list[int]:
    """For each line its row number if it is one of two or more lines below each other with a cell edge in common."""
    rows = [0] * len(lines)
    for position in range(1, len(lines)):
        above, line = lines[position - 1], lines[position]
        if above.cells and line.cells and above.base > line.base and _share_an_edge(above, line):
            rows[position - 1] = rows[position - 1] or 1
            rows[position] = rows[position - 1] + 1
    return rows


def _share_an_edge(above: Line, below: Line) -> bool:
    """Left edges in common, or right edges of figures: justified text shares its right margin only."""
    return any(
        abs(upper.left - lower.left) < _ALIGNED_PT
        or (upper.figure and lower.figure and abs(upper.right - lower.right) < _ALIGNED_PT)
        for upper in above.cells
        for lower in below.cells
    )
