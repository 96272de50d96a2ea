"""What the index remembers of each file, to tell whether it changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from index.row_sums import listed, whole_rows
from index.scanning import FileFacts
from index.schema import State

__all__ = ["STATES", "KnownFile", "known_files"]

STATES = {state.value: state for state in State}
"""Looked up for each document: `State(...)` takes five times as long."""


class KnownFile(NamedTuple):
    """One file of the index. A tuple for the reason that `FileFacts` is one."""

    id: int
    facts: FileFacts
    state: State
    reason: str
    recipe: str
    digest: bytes


def known_files(connection: sqlite3.Connection, scope: Sequence[bytes] | None) -> dict[bytes, KnownFile]:
    """Every file the index knows, by name; with a `scope` only these files and what lies below these folders."""
    query = f"SELECT {listed('documents')} FROM documents"
    if scope is None:
        return _read(connection, connection.execute(query))
    found: dict[bytes, KnownFile] = {}
    for name in scope:
        bounds = (name, name + b"/", name + b"0")  # "0" comes next after "/"
        found |= _read(connection, connection.execute(f"{query} WHERE name = ? OR (name > ? AND name < ?)", bounds))
    return found


def _read(connection: sqlite3.Connection, rows: Iterable[tuple[Any, ...]]) -> dict[bytes, KnownFile]:
    return {
        name: KnownFile(id_, FileFacts(name, path, size, mtime, ctime), STATES[state], reason, recipe, digest)
        for id_, name, path, state, reason, recipe, size, mtime, ctime, digest, *_ in whole_rows(
            connection, "documents", rows
        )
    }
