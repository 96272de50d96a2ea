"""The SQLite file of an index: connected to, asked what it is, and its errors told apart.

What goes wrong with it is either of its place (no room, no permission, in use) or damage: bytes that are not those that
were written. The second kind becomes `IndexDamaged`, wherever it is met.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from index.errors import IndexDamaged, IndexMissing, StoreError
from index.row_sums import is_whole, listed, row_sum, whole_rows

__all__ = [
    "UNREADABLE",
    "Recorded",
    "connect",
    "damage_named",
    "file_identity",
    "has_sums",
    "is_damage",
    "legible",
    "missing_index",
    "readable",
    "recorded",
    "refuse_version",
    "said",
    "version_problem",
]

BUSY_SECONDS = 30
"""How long a statement waits for another process's commit."""

UNREADABLE = (sqlite3.DatabaseError, UnicodeDecodeError)
"""What reading damaged pages raises; the second where Python cannot read SQLite's own message."""

_OF_THE_PLACE = {
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN),
    *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_INTERRUPT),
    *(sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_ABORT, sqlite3.SQLITE_TOOBIG),
}
"""Codes of SQLite that say nothing against the bytes of the file."""


class Recorded(NamedTuple):
    """What an index of any format says of itself; None where it says nothing, as before the first sync."""

    format: str | None
    model: str | None
    ocr: str | None
    """Languages of text recognition."""


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """A connection to the file at `path`; `mode` is "ro", "rw" or "rwc".

    Where this process may not write, and nobody has the index open, it is read as it lies there (`immutable`): SQLite
    would want to make a file beside it. Raises `StoreError` where commits wait in a log that cannot be read so.
    """
    connection = _connected(path, f"mode={mode}")
    if mode != "ro" or os.access(path.parent, os.W_OK):
        return connection
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
            return connection  # whoever reads meets it, and says so
    else:
        return connection
    connection.close()
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise StoreError(
            f"the index file {path} cannot be read here: {log.name} beside it holds what was written last, and only "
            "who may write there can open it. Run `footnote sync` as its owner, or copy both to a folder of yours and "
            "name that with --index"
        )
    return _connected(path, "mode=ro&immutable=1")


def file_identity(path: Path) -> tuple[int, ...] | None:
    """Which file stands at `path`; None when there is none. A connection is good for as long as this stays the same.

    Where this process may not write, the file's time and its log tell too: an immutable connection sees no changes.
    """
    try:
        status = path.stat()
    except OSError:
        return None
    if os.access(path.parent, os.W_OK):
        return status.st_dev, status.st_ino
    return status.st_dev, status.st_ino, status.st_mtime_ns, path.with_name(f"{path.name}-wal").exists()


def _connected(path: Path, options: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{options}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
    connection.create_function("row_sum", -1, row_sum, deterministic=True)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")  # an index may have come along with somebody's documents
    return connection


def missing_index(folder: Path) -> IndexMissing:
    """The error for a folder that holds no index."""
    return IndexMissing(f"there is no index at {folder}: run `footnote sync` to build it")


def recorded(path: Path) -> Recorded:
    """What the index at `path` says of itself, whatever its format. Raises `StoreError` when it cannot be read."""
    if not path.is_file():
        return Recorded(None, None, None)
    # Killed at its start, a first sync leaves a journal, which only who writes can undo.
    mode = "rw" if path.with_name(f"{path.name}-journal").exists() else "ro"
    with readable(path), closing(connect(path, mode)) as connection:
        # Killed while it made the file, a first sync leaves one without tables.
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            if connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                raise _damaged(path, "it has tables, but none that says what they are")
            return Recorded(None, None, None)
        with_sums = has_sums(connection)  # before the rows are read: a sync may be about to add the sums
        rows = connection.execute("SELECT * FROM meta").fetchall()
        if with_sums:
            rows = list(whole_rows(connection, "meta", rows))
        facts = {row[0]: row[1] for row in rows}
        if facts and "format" not in facts:
            raise _damaged(path, "it does not say what format it is of")
        return Recorded(facts.get("format"), facts.get("model"), facts.get("ocr"))


def legible(path: Path) -> Recorded:
    """What can still be read of that where `recorded` finds damage: each row by itself, if it is whole."""
    found: list[str | None] = [None, None, None]
    with suppress(*UNREADABLE), closing(connect(path, "ro")) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        if has_sums(connection):
            for at, name in enumerate(Recorded._fields):
                row = connection.execute(f"SELECT {listed('meta')} FROM meta WHERE name = ?", (name,)).fetchone()
                found[at] = row[1] if row and is_whole(row) else None
    return Recorded(*found)


def has_sums(connection: sqlite3.Connection) -> bool:
    """Whether the rows have checksums, as they have from format 3 on."""
    return any(row[1] == "crc" for row in connection.execute("PRAGMA table_info(meta)"))


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the error says that the file is not as it was written."""
    if isinstance(error, (sqlite3.ProgrammingError, sqlite3.InterfaceError)):
        return False  # a mistake of ours
    code = getattr(error, "sqlite_errorcode", None)  # None: Python's own, of text that is not UTF-8
    return code is None or code & 0xFF not in _OF_THE_PLACE


def said(error: Exception) -> str:
    """What SQLite says, in one line and without what stands in documents."""
    if isinstance(error, UnicodeDecodeError) or getattr(error, "sqlite_errorcode", None) is None:
        return "a text in it is not UTF-8"
    return " ".join(str(error).split())


@contextmanager
def damage_named(path: Path) -> Iterator[None]:
    """Turn SQLite's errors of damage into an `IndexDamaged` that names the file and what mends it."""
    try:
        yield
    except sqlite3.Error as error:
        if is_damage(error):
            raise _damaged(path, said(error)) from error
        refuse_version(path, error)
        raise
    except UnicodeDecodeError as error:  # of a message of SQLite's that quotes a damaged name
        raise _damaged(path, said(error)) from error


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """The same where the file is only read: trouble with its place becomes a `StoreError` as well."""
    try:
        with damage_named(path):
            yield
    except sqlite3.OperationalError as error:
        raise StoreError(
            f"the index file {path} cannot be read ({said(error)}): free some disk space, or mend the disk or its "
            "permissions, then try again"
        ) from error


def refuse_version(path: Path, error: sqlite3.Error) -> None:
    """Raise `IndexDamaged` where the head of the file, and not its place, is why it cannot be written."""
    is_readonly = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_READONLY
    if is_readonly and (what := version_problem(path)):
        raise _damaged(path, what) from error


def version_problem(path: Path) -> str:
    """What is wrong with bytes 18 and 19 of a file: SQLite only reads one whose first is too high; "" for nothing."""
    with suppress(OSError), path.open("rb") as file:
        head = file.read(20)
        if len(head) == 20 and not {head[18], head[19]} <= {1, 2}:
            return "its head names a version of SQLite's files that there is not"
    return ""


def _damaged(path: Path, what: str) -> IndexDamaged:
    return IndexDamaged(f"the index file {path} is damaged ({what}): run `footnote check --repair`")
