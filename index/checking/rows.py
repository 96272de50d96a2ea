"""Whether every row of the store has the checksum of its values, and the tables are those of this version."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from index.database import UNREADABLE
from index.row_sums import COLUMNS, is_whole, listed

__all__ = ["Row", "damaged_rows", "other_columns", "rows_of"]

AT_ONCE = 500
LAST = 1 << 62
"""No row has a higher number."""


class Row(NamedTuple):
    """A row as it was read, whole or not."""

    number: int
    """SQLite's rowid."""
    values: Sequence[Any]
    """With the sum."""
    is_whole: bool


def rows_of(connection: sqlite3.Connection, table: str) -> Iterator[Row]:
    """All rows that can be read, in order; pages that cannot be are passed over.

    Texts that are not UTF-8 do not stop it: use a connection whose `text_factory` takes them.
    """
    query, after = f"SELECT rowid, {listed(table)} FROM {table} WHERE rowid > ? ORDER BY rowid LIMIT ?", -1
    while True:
        try:
            found = connection.execute(query, (after, AT_ONCE)).fetchall()
        except UNREADABLE:
            found, after = _beyond(connection, query, after)
        if not found:
            return
        yield from (Row(number, values, is_whole(values)) for number, *values in found)
        after = max(after + 1, found[-1][0])  # a damaged tree may lead back


def _beyond(connection: sqlite3.Connection, query: str, after: int) -> tuple[list[Any], int]:
    """The next row that can be read after one that cannot, and the number it was looked for from; none at the end."""
    step = 1
    while after < LAST:
        try:
            return connection.execute(query, (after, 1)).fetchall(), after
        except UNREADABLE:
            after += step
            step *= 2
    return [], after


def damaged_rows(connection: sqlite3.Connection) -> Mapping[str, list[Row]]:
    """The rows whose sum is not that of their values, by table; only tables that have some."""
    found = {
        table: [row for row in rows_of(connection, table) if not row.is_whole]
        for table in COLUMNS
        if table != "meta"  # looked at whenever the store is opened
    }
    return {table: rows for table, rows in found.items() if rows}


def other_columns(connection: sqlite3.Connection) -> Iterator[str]:
    """Tables whose columns are not those they were made with."""
    for table, columns in COLUMNS.items():
        there = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
        if there != [*columns, "crc"]:
            yield f"the table {table} has the columns {', '.join(there) or 'of no table'}"
