"""A store changed behind Footnote's back, with or without the checksums that its rows then should have."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from index.database import connect
from index.row_sums import COLUMNS, seal

__all__ = ["alter"]


def alter(database: Path, *statements: str | tuple[Any, ...], sealed: Iterable[str] = COLUMNS) -> None:
    """Run SQL, a statement alone or with its values; then give all rows of the tables `sealed` their checksums."""
    with closing(connect(database, "rw")) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            query, *values = (statement,) if isinstance(statement, str) else statement
            connection.execute(query, values)
        there = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
        for table in there & set(sealed):
            seal(connection, table)
