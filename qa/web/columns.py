"""The cells of a table row, each with the name of its column.

columns("Country | May 2019", "Peru | 768,000")  -> [("Country", Span(0, 4)), ("May 2019", Span(7, 14))]
columns("country;may_2019", '"Peru";768000')     -> [("country", Span(1, 5)), ("may 2019", Span(7, 13))]
"""

from __future__ import annotations

import re

from index.documents import Span

__all__ = ["columns"]

_SEPARATORS = "|\t;,"
"""Of the cells of a row, likeliest first: readers of tables write the first, files of separated values have any."""


def columns(header: str, row: str) -> list[tuple[str, Span]]:
    """The name of each cell that is not empty, and its characters in `row`; none when the two do not fit."""
    for separator in _SEPARATORS:
        names, cells = _cells(header, separator), _cells(row, separator)
        if len(names) == len(cells) > 1:
            named = zip((_readable(header[span.start : span.end]) for span in names), cells, strict=True)
            return [(name, cell) for name, cell in named if cell.start < cell.end]
    return []


def _cells(row: str, separator: str) -> list[Span]:
    """The cells without the space and quotation marks around them; a separator inside quotation marks is text."""
    if "\n" in row:
        return []
    begin, end = 0, len(row)
    if separator == "|" and row.startswith("|") and row.endswith("|"):
        begin, end = 1, len(row) - 1
    mark = re.escape(separator)
    field = re.compile(rf'\s*"(?:[^"]|"")*"[^{mark}\S]*(?={mark}|$)|[^{mark}]*')
    cells: list[Span] = []
    while begin <= end and (found := field.match(row, begin, end)):
        cells.append(_inner(row, *found.span()))
        begin = found.end() + 1
    return cells


def _inner(row: str, start: int, end: int) -> Span:
    text = row[start:end]
    start, text = start + len(text) - len(text.lstrip()), text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        start, text = start + 1, text[1:-1]
    return Span(start, start + len(text))


def _readable(name: str) -> str:
    """stay_permit -> "stay permit"."""
    return name.replace("_", " ")
