"""The cells of a table row, each with the name of its column.

columns("Country | May 2019", "Peru | 768,000")  -> [("Country", Span(0, 4)), ("May 2019", Span(7, 14))]
columns("country;may_2019", '"Peru";768000')     -> [("country", Span(1, 5)), ("may 2019", Span(7, 13))]
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.documents import Span

__all__ = ["cells", "columns", "readable", "separator_of"]

_SEPARATORS = "|\t;,"
"""Of the cells of a row, likeliest first: readers of tables write the first, files of separated values have any."""


def columns(header: str, row: str) -> list[tuple[str, Span]]:
    """The name of each cell that is not empty, and its characters in `row`; none when the two do not fit."""
    if "\n" in header or "\n" in row:
        return []
    for separator in _SEPARATORS:
        names, found = cells(header, separator), cells(row, separator)
        if len(names) == len(found) > 1:
            named = zip((readable(header[span.start : span.end]) for span in names), found, strict=True)
            return [(name, cell) for name, cell in named if cell.start < cell.end]
    return []


def separator_of(rows: Sequence[str]) -> str:
    """What stands between the cells of a table: what cuts most of its rows into as many as the first one.

    What cuts through quotation marks does so less well. "" when there is nothing that cuts two rows alike.
    """
    best, most = "", 0
    for separator in _SEPARATORS:
        cut = [[row[start:end] for start, end in cells(row, separator)] for row in rows]
        alike = [found for found in cut if 1 < len(found) == len(cut[0])]
        whole = sum(all(cell.count('"') % 2 == 0 for cell in found) for found in alike)
        if len(alike) > 1 and len(alike) + whole > most:
            best, most = separator, len(alike) + whole
    return best


def cells(row: str, separator: str) -> list[Span]:
    """The cells without the space and quotation marks around them; a separator inside quotation marks is text."""
    begin, end = 0, len(row)
    if separator == "|" and row.startswith("|") and row.endswith("|"):
        begin, end = 1, len(row) - 1
    mark = re.escape(separator)
    field = re.compile(rf'\s*"(?:[^"]|"")*"[^{mark}\S]*(?={mark}|$)|[^{mark}]*')
    found: list[Span] = []
    while begin <= end and (cell := field.match(row, begin, end)):
        found.append(_inner(row, *cell.span()))
        begin = cell.end() + 1
    return found


def _inner(row: str, start: int, end: int) -> Span:
    text = row[start:end]
    start, text = start + len(text) - len(text.lstrip()), text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        start, text = start + 1, text[1:-1]
    return Span(start, start + len(text))


def readable(name: str) -> str:
    """stay_permit -> "stay permit"."""
    return name.replace("_", " ")
