"""Which documents were renamed or taken out by which change, so that readers learn of these and look at no others.

note(connection, 7, 12)             the 12th change renames or removes document 7
since(connection, 9, 11)            -> Moved(documents=[7], named=[(10, "new.txt"), (7, "renamed.txt")])
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

from index.row_sums import damage
from index.schema import State

__all__ = ["MOVES_KEPT", "Moved", "begin", "forget", "named", "note", "since"]

MOVES_KEPT = 10_000
"""Moves remembered at least. A reader that has missed more reads all names anew, which takes as long."""


class Moved(NamedTuple):
    """What became of the names of documents since some change."""

    documents: list[int]
    """Ids of those that were renamed or taken out."""
    named: list[tuple[int, str]]
    """Id and path of those that were added or renamed."""


def begin(connection: sqlite3.Connection, change: int) -> None:
    """Remember moves from `change` on."""
    connection.execute(
        "CREATE TABLE IF NOT EXISTS moved (change INTEGER, document INTEGER, PRIMARY KEY (change, document)) "
        "WITHOUT ROWID"
    )
    _set_horizon(connection, change)


def note(connection: sqlite3.Connection, document: int, change: int) -> None:
    """Remember that `change` renames or removes a document."""
    connection.execute("INSERT OR IGNORE INTO moved VALUES (?, ?)", (change, document))


def forget(connection: sqlite3.Connection, change: int) -> None:
    """Drop what is remembered up to `change`, the present one, once it is much."""
    several = "SELECT count(*) FROM (SELECT 1 FROM moved LIMIT ?)"
    if connection.execute(several, (MOVES_KEPT + 1,)).fetchone()[0] > MOVES_KEPT:
        connection.execute("DELETE FROM moved")
        _set_horizon(connection, change)


def since(connection: sqlite3.Connection, document: int, change: int) -> Moved | None:
    """What was added above the id `document`, or moved above `change`; None when that is not remembered."""
    horizon = connection.execute("SELECT value FROM meta WHERE name = 'moved_from'").fetchone()
    if horizon is None or change < int(horizon[0]):
        return None
    moved = [row[0] for row in connection.execute("SELECT document FROM moved WHERE change > ?", (change,))]
    query = "SELECT id, path FROM documents WHERE state = ?"
    found = connection.execute(f"{query} AND id > ?", (State.INDEXED, document)).fetchall()
    for identity in moved:
        if identity <= document:
            found += connection.execute(f"{query} AND id = ?", (State.INDEXED, identity)).fetchall()
    return Moved(moved, named(connection, found))


def named(connection: sqlite3.Connection, rows: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    """Ids and paths as they were read, without their checksums; raises `IndexDamaged` for a path that is no text."""
    found = list(rows)
    for identity, path in found:
        if not isinstance(path, str):
            raise damage(connection, f"the path of document {identity} is no text")
    return found


def _set_horizon(connection: sqlite3.Connection, change: int) -> None:
    query = "INSERT OR REPLACE INTO meta VALUES ('moved_from', ?1, row_sum('moved_from', ?1))"
    connection.execute(query, (str(change),))
