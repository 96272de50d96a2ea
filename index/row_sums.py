"""A checksum in every row of the store: SQLite has none, and takes a value with a bit turned over for another value.

    row_sum(7, "aid.md", b"...")    -> CRC-32 of the values with their types, in the order of the columns

The sum is over the row's own key as well: a whole value under another row's key is damage, too.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from index.errors import IndexDamaged

__all__ = ["COLUMNS", "add_sums", "damage", "is_whole", "listed", "row_sum", "seal", "whole", "whole_rows"]

COLUMNS = {
    "meta": ("name", "value"),
    "documents": (
        *("id", "name", "path", "state", "reason", "recipe", "size", "mtime_ns", "ctime_ns", "digest", "title"),
        *("format", "pages", "passages", "indexed_at"),
    ),
    "texts": ("document", "text", "layout"),
    "passages": ("id", "document", "key", "start", "stop", "context", "text", "layout"),
    "vectors": ("key", "vector"),
    "sentences": ("key", "vectors"),
    "removed": ("passage", "change"),
}
"""What the sum of a row of each table is over, its key first; the sum itself is the column `crc`."""

Value = int | float | str | bytes | None


def row_sum(*values: Value) -> int:
    """CRC-32 of some values of SQLite: of texts and numbers as they are written, then of all the bytes."""
    written = [v if type(v) is str else f"{len(v)} bytes" if type(v) is bytes else f"#{v!r}" for v in values]
    total = zlib.crc32("\0".join(written).encode("utf-8", "surrogatepass"))
    for value in values:
        if type(value) is bytes:
            total = zlib.crc32(value, total)
    return total


def listed(table: str, prefix: str = "") -> str:
    """The columns of a table and its sum, for a SELECT: "p.id, p.document, ..., p.crc"."""
    return ", ".join(f"{prefix}{column}" for column in (*COLUMNS[table], "crc"))


def is_whole(row: Sequence[Any]) -> bool:
    """Whether a row that was read with `listed` has the sum of its values."""
    return bool(row_sum(*row[:-1]) == row[-1])


def whole(connection: sqlite3.Connection, table: str, row: Sequence[Any]) -> Sequence[Any]:
    """The row, which was read with `listed`. Raises `IndexDamaged` when its sum is not that of its values."""
    if not is_whole(row):
        raise damage(connection, f"row {_key(row[0])} of {table} differs from its checksum")
    return row


def whole_rows(connection: sqlite3.Connection, table: str, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The same for many rows."""
    for row in rows:
        yield whole(connection, table, row)


def damage(connection: sqlite3.Connection, what: str) -> IndexDamaged:
    """The error for damage in the file that is connected to."""
    try:
        path = connection.execute("PRAGMA database_list").fetchone()[2]
    except sqlite3.Error:
        path = "index.db"
    return IndexDamaged(f"the index file {path} is damaged ({what}): run `footnote check --repair`")


def seal(connection: sqlite3.Connection, table: str, where: str = "1", values: Sequence[Value] = ()) -> None:
    """Give rows of a table, those of which `where` is true, the sums of their values."""
    columns = ", ".join(COLUMNS[table])
    connection.execute(f"UPDATE {table} SET crc = row_sum({columns}) WHERE {where}", values)


def add_sums(connection: sqlite3.Connection) -> None:
    """Give the tables of format 2, which had no sums, theirs."""
    for table in COLUMNS:
        connection.execute(f"ALTER TABLE {table} ADD COLUMN crc INTEGER NOT NULL DEFAULT 0")
        seal(connection, table)


def _key(value: Value) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
