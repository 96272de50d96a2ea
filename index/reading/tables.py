"""Rows of cells to blocks: "Colombia | 1,300,000", each with the header row that names its columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from index.documents import BlockKind, Place
from index.reading.assembly import Piece, one_line

__all__ = ["CELL_GAP", "header_row", "table_pieces"]

CELL_GAP = " | "
_NUMBER = re.compile(r"[-+(]?[$€£¥]?\s?\d[\d.,\s]*\s?(?:%|[A-Za-z]{1,3})?\)?")


def table_pieces(rows: Sequence[Sequence[str]], place: Place, *, before: int, first_row: int = 1) -> list[Piece]:
    """One row piece for each row that is not empty.

    Args:
        rows: the cells' texts.
        place: where the table stands; each row adds its own number.
        before: how many pieces stand before these in the document's list (a header is named by its position).
        first_row: the number of the first row.
    """
    pieces: list[Piece] = []
    filled = [(number, row) for number, row in enumerate(rows, start=first_row) if any(cell.strip() for cell in row)]
    headed = header_row([row for _, row in filled[:20]])
    for position, (number, row) in enumerate(filled):
        header = before + headed if headed is not None and position > headed else None
        pieces.append(Piece(BlockKind.ROW, _row_text(row), place=replace(place, row=number), header=header))
    return pieces


def _row_text(row: Sequence[str]) -> str:
    """Cells one after the other; empty ones at the end are left out, those between keep the columns in step."""
    cells = [one_line(cell) for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    return CELL_GAP.join(cells).strip()


def header_row(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of these rows names the columns, counted from 0: the first, or the first below a title in a single cell."""
    for position, row in enumerate(rows):
        if sum(1 for cell in row if cell.strip()) > 1:
            return position if _has_header(rows[position:]) else None
    return None


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first of these rows names the columns: two names or more, none a number, each said once."""
    names = [cell.strip() for cell in rows[0] if cell.strip()]
    if len(names) < 2 or len(rows) < 2 or len(set(names)) < len(names):
        return False
    width = max(sum(1 for cell in row if cell.strip()) for row in rows)
    return 2 * len(names) > width and not any(_NUMBER.fullmatch(name) for name in names)
