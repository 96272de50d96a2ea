"""Rows of a document as a table: columns with their names, the number of each row, and the cited one marked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.documents import Block, BlockKind, Document, Span
from qa.columns import cells, readable, separator_of
from qa.escaping import escaped
from qa.web.marking import Marks, go_html, marked_html

__all__ = ["runs_of_rows", "table_html"]

MOST_COLUMNS = 100
"""A wider table is shown as lines: nobody reads across it."""

LONG_CHARACTERS = 600
"""A longer cell scrolls in itself, or its row would fill the window."""

SHORT_CHARACTERS = 16
"""A single word that is no longer, such as a date, stays on one line."""

WORDY_CHARACTERS = 24
"""A longer cell is given some width, where a table is wider than the window anyway."""

_NUMBER = re.compile(r"[-+(]?[$€£¥]?\s?\d[\d.,\s]*\s?%?\)?")


def runs_of_rows(blocks: Iterable[Block]) -> Iterator[list[Block]]:
    """The blocks in order, rows of one table together, any other block alone."""
    run: list[Block] = []
    for block in blocks:
        if run and not _continues(run, block):
            yield run
            run = []
        run.append(block)
    if run:
        yield run


@dataclass(frozen=True, slots=True)
class _Table:
    text: str
    marks: Marks
    shown: Span
    width: int
    """Columns."""
    numbers: Mapping[Span, int]
    """Of the rows that have one."""
    header: Span | None
    figures: frozenset[int] = frozenset()
    """Columns that hold numbers only, whose names stand above them."""


def table_html(document: Document, rows: Sequence[Block], shown: Span, marks: Marks) -> str:
    """The rows of one table; "" for what is no table of a sensible width. `shown`: the characters that are shown."""
    text = document.text
    header = rows[-1].header
    spans = [Span(row.start, row.end) for row in rows]
    if header and header not in spans:  # it stands before the window
        spans.insert(0, header)
    separator = separator_of([text[start:end] for start, end in spans])
    if not separator:
        return ""
    cut = [[Span(at + start, at + end) for start, end in cells(text[at:last], separator)] for at, last in spans]
    width = max(map(len, cut))
    if not 1 < width <= MOST_COLUMNS:
        return ""
    numbers = {Span(row.start, row.end): row.place.row for row in rows if row.place.row}
    body = [row for span, row in zip(spans, cut, strict=True) if span != header]
    figures = (at for at in range(width) if _are_figures(text, [row[at] for row in body if at < len(row)]))
    table = _Table(text, marks, shown, width, numbers, header, frozenset(figures))
    lines = [_row(table, span, row) for span, row in zip(spans, cut, strict=True)]
    headed = spans.index(header) + 1 if header else 0
    head = f"<thead>{''.join(lines[:headed])}</thead>" if headed else ""
    return f'<table class="fn-table">{head}<tbody>{"".join(lines[headed:])}</tbody></table>'


def _continues(run: Sequence[Block], block: Block) -> bool:
    """Whether the block is a further row of the same table."""
    last = run[-1]
    if not last.kind is block.kind is BlockKind.ROW or last.place.sheet != block.place.sheet:
        return False
    if (last.place.row or 0) >= (block.place.row or 1 << 60):
        return False
    if last.header == block.header:
        return True
    return last.header is None and any(block.header == (row.start, row.end) for row in run)


def _row(table: _Table, span: Span, row: Sequence[Span]) -> str:
    cited, other = table.marks.quoted(span), table.marks.other(span)
    kind = ' class="fn-cited"' if cited else ' class="fn-faintly"' if other else ""
    first, go = "", go_html(other) if other and not cited else ""
    if table.numbers:
        number = table.numbers.get(span)
        aside = '<span class="fn-aside">Cited: </span>' if cited else ""
        first = f'<td class="fn-row-number">{aside}{"" if number is None else f"{number:,}"}{go}</td>'
    is_header = span == table.header
    across = table.width if len(row) == 1 else 1
    said = [_cell(table, cell, at, is_header=is_header, columns=across) for at, cell in enumerate(row)]
    said += ["<td></td>"] * (0 if len(row) == 1 else table.width - len(row))
    if go and not first:
        said[-1] = said[-1][:-5] + go + said[-1][-5:]  # within the cell
    return f"<tr{kind}>{first}{''.join(said)}</tr>"


def _are_figures(text: str, column: Sequence[Span]) -> bool:
    held = [cell for cell in column if cell.start < cell.end]
    return bool(held) and all(_is_figure(text, cell) for cell in held)


def _is_figure(text: str, cell: Span) -> bool:
    if cell.end - cell.start > SHORT_CHARACTERS or "\n" in text[cell.start : cell.end]:
        return False
    return bool(_NUMBER.fullmatch(text, cell.start, cell.end))


def _cell(table: _Table, cell: Span, at: int, *, is_header: bool, columns: int) -> str:
    across = f' colspan="{columns}"' if columns > 1 else ""
    shown = table.shown if not is_header else cell
    part = Span(max(cell.start, shown.start), min(cell.end, shown.end))
    if part.start >= part.end:
        return f"<td{across}></td>"
    words = _as_name if is_header else escaped
    said = marked_html(table.text, part, table.marks, numbered=False, words=words)
    if is_header:
        above = ' class="fn-above"' if at in table.figures else ""
        return f'<th scope="col" dir="auto"{above}{across}>{said}</th>'
    if part.end - part.start > LONG_CHARACTERS:
        said = f'<div class="fn-long" role="group" aria-label="Long cell" tabindex="0">{said}</div>'
    kind = ' class="fn-wordy"' if part.end - part.start > WORDY_CHARACTERS else ""
    if _is_figure(table.text, cell):
        kind = ' class="fn-figure"'
    elif part.end - part.start <= SHORT_CHARACTERS and not re.search(r"\s", table.text[part.start : part.end]):
        kind = ' class="fn-short"'
    return f'<td dir="auto"{kind}{across}>{said}</td>'


def _as_name(text: str) -> str:
    return escaped(readable(text))
