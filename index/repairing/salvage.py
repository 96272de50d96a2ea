"""From a damaged store into a new one: every row that has its checksum, and no document by halves."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from index.checking.database import as_text
from index.checking.rows import rows_of
from index.database import UNREADABLE, connect, has_sums
from index.renewal import COPY
from index.row_sums import is_whole, listed
from index.writing import WritableStore

__all__ = ["Salvaged", "as_long_as_it_was", "salvaged"]

AT_ONCE = 1_000
"""Rows of one commit."""

HEAD = 100
"""Bytes of SQLite's header: at 16 the size of a page, at 28 how many there are."""

MOST_BYTES = 1 << 38
"""A header that names a longer file is damaged itself."""

KEPT, NEEDED = ("model", "fingerprint", "dimension", "ocr"), {"model", "fingerprint", "dimension"}
"""Without these nobody knows which model the vectors are of."""

Rows = Iterator[tuple[Any, ...]]


class Salvaged(NamedTuple):
    """How much could be kept."""

    documents: int = 0
    vectors: int = 0


def salvaged(damaged: Path, store: WritableStore) -> Salvaged:
    """Put into the new, empty `store` what can be read of the file `damaged`; its sync adds what is missing.

    Raises `IndexNotWritable` when the new one cannot be written.
    """
    try:
        source = connect(damaged, "ro")
    except UNREADABLE:
        return Salvaged()
    with closing(source):
        source.text_factory = as_text
        facts = _facts(source)
        if not facts.keys() >= NEEDED:
            return Salvaged()
        with store.committing():
            for name, value in facts.items():
                store.set_meta(name, value)
        vectors = _taken(store, "vectors", _whole(source, "vectors"))
        _taken(store, "sentences", _whole(source, "sentences"))
        _taken(store, "documents", _whole(source, "documents"))
        known = {document.id for document in store.documents()}
        _taken(store, "texts", (row for row in _whole(source, "texts") if row[0] in known))
        _taken(store, "passages", (row for row in _whole(source, "passages") if row[1] in known))
    with store.committing():
        store.remove_halves()
    return Salvaged(len(store.documents()), vectors)


@contextmanager
def as_long_as_it_was(database: Path) -> Iterator[Path]:
    """The file itself; for one that was cut a copy with empty pages at its end: SQLite opens nothing shorter.

    Raises `OSError`.
    """
    with database.open("rb") as file:
        head = file.read(HEAD)
    length = int.from_bytes(head[16:18], "big") * int.from_bytes(head[28:32], "big")
    if len(head) < HEAD or not database.stat().st_size < length < MOST_BYTES:
        yield database
        return
    copy, log = database.with_name(COPY), database.with_name(f"{database.name}-wal")
    copied = [copy, *(copy.with_name(copy.name + suffix) for suffix in ("-wal", "-shm"))]
    _delete(copied)  # what a repair that was killed left, or a link, which would be written through
    try:
        shutil.copyfile(database, copy)
        os.truncate(copy, length)
        if log.exists():
            shutil.copyfile(log, copied[1])
        yield copy
    finally:
        _delete(copied)


def _delete(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _facts(source: sqlite3.Connection) -> dict[str, str]:
    """What can be read of what the store says of the model."""
    found: dict[str, str] = {}
    try:
        if has_sums(source):
            for name in KEPT:
                row = source.execute(f"SELECT {listed('meta')} FROM meta WHERE name = ?", (name,)).fetchone()
                if row and is_whole(row):
                    found[name] = row[1]
    except UNREADABLE:
        return {}
    return found


def _whole(source: sqlite3.Connection, table: str) -> Rows:
    return (tuple(row.values) for row in rows_of(source, table) if row.is_whole)


def _taken(store: WritableStore, table: str, rows: Rows) -> int:
    """Put rows into the store, some at a time; how many."""
    count = 0
    while some := list(islice(rows, AT_ONCE)):
        with store.committing():
            count += store.take_rows(table, some)
    return count
