"""The one SQLite file that is the truth: documents, passages, vectors, and the number of the last change.

Every commit that changes what can be found raises the change number. Readers compare it with the number their derived
indexes were built at and fetch what lies between: `passages_after` and `removed_after`. This module reads;
`index/writing.py` writes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import takewhile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index import moves
from index.documents import Document
from index.errors import IndexMissing, StoreError
from index.known_files import STATES, KnownFile, known_files
from index.layout import read_document, read_passage_layout
from index.moves import Moved
from index.room import unreadable
from index.scanning import can_be_named
from index.schema import FORMAT_VERSION, DocumentRecord, PassageRecord, State, format_mismatch
from index.sentence_vectors import unpacked

__all__ = ["KnownFile", "NewPassages", "Recorded", "Store", "connect", "missing_index", "recorded"]

BUSY_SECONDS = 30
"""How long a statement waits for another process's commit."""

_VARIABLES = 500
"""Values bound in one statement (SQLite's limit was 999 for long)."""

_DOCUMENT = (
    "d.id, d.path, d.state, d.reason, d.title, d.format, d.pages, d.passages, d.size, d.indexed_at, "
    "CASE d.mtime_ns WHEN 0 THEN d.indexed_at ELSE d.mtime_ns / 1e9 END"  # 0: changed a moment before it was read
)


class NewPassages(NamedTuple):
    """Passages added since some point, by ascending id."""

    ids: NDArray[np.int64]
    keys: NDArray[np.uint64]
    """First 8 bytes of each passage's key."""
    vectors: NDArray[np.float16]
    """float16 (n, dimension), unit rows."""


class Recorded(NamedTuple):
    """What an index of any format says of itself; None where it says nothing, as before the first sync."""

    format: str | None
    model: str | None
    ocr: str | None
    """Languages of text recognition."""


class Store:
    """A connection for reading, to be used by one thread at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open an index that exists; raises `IndexMissing`, `IndexMismatch` or `StoreError`."""
        if recorded(path).format is None:
            raise missing_index(path.parent)
        store = cls(connect(path, "ro"))
        try:
            store.check_format()
        except StoreError:
            store.close()
            raise
        return store

    def check_format(self) -> None:
        """Raise `IndexMismatch` unless the tables are of this version, `StoreError` unless they can be read."""
        try:
            found = self.meta("format")
        except sqlite3.DatabaseError as error:
            raise unreadable(error) from error
        if found != str(FORMAT_VERSION):
            raise format_mismatch(found)

    def close(self) -> None:
        """Close the connection; the store cannot be used afterwards."""
        self._connection.close()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """One consistent view: everything read inside is of the same change."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.rollback()

    def meta(self, name: str) -> str | None:
        """A fact stored with the index."""
        row = self._connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def change(self) -> int:
        """Number of the last committed change."""
        return int(self.meta("change") or 0)

    def identity(self) -> str:
        """Name of this store, which no other has; another one after a rebuild."""
        return self.meta("store") or ""

    def counts(self) -> tuple[int, int]:
        """Documents indexed, passages."""
        count = "SELECT count(*), coalesce(sum(passages), 0) FROM documents WHERE state = ?"
        documents, passages = self._connection.execute(count, (State.INDEXED,)).fetchone()
        return int(documents), int(passages)

    def documents(self) -> list[DocumentRecord]:
        """All documents, the failed ones included, by path."""
        rows = self._connection.execute(f"SELECT {_DOCUMENT} FROM documents d ORDER BY d.path")
        return [_document_record(row) for row in rows]

    def record(self, path: str) -> DocumentRecord | None:
        """The document of that path, whatever its state; None when there is none."""
        if not can_be_named(path):
            return None
        query = f"SELECT {_DOCUMENT} FROM documents d WHERE d.{{}} = ? AND d.path = ?"
        # By its name, which is the path unless that stands for bytes that are no text: names have an index.
        row = self._connection.execute(query.format("name"), (path.encode("utf-8", "replace"), path)).fetchone()
        row = row or self._connection.execute(query.format("path"), (path, path)).fetchone()
        return _document_record(row) if row else None

    def known_files(self, scope: Sequence[bytes] | None = None) -> dict[bytes, KnownFile]:
        """Every file the index knows, by name; with a `scope` only these files and what lies below these folders."""
        return known_files(self._connection, scope)

    def document(self, path: str) -> Document:
        """The stored text and layout of one document. Raises `KeyError` when there is none of that path."""
        record = self.record(path)
        query = "SELECT text, layout FROM texts WHERE document = ?"
        row = self._connection.execute(query, (record.id,)).fetchone() if record else None
        if row is None:
            raise KeyError(path)
        return read_document(*row)

    def file_of(self, path: str) -> tuple[bytes, bytes]:
        """Name below the corpus and SHA-256 of a document's file. Raises `KeyError` when there is none of that path."""
        query = "SELECT name, digest FROM documents WHERE path = ?"
        row = self._connection.execute(query, (path,)).fetchone() if can_be_named(path) else None
        if row is None:
            raise KeyError(path)
        return row[0], row[1]

    def passages(self, ids: Sequence[int]) -> list[PassageRecord]:
        """The passages of `ids`, in that order. Raises `StoreError` when one is not there: nothing is skipped."""
        found: dict[int, PassageRecord] = {}
        for some in _batches(ids):
            rows = self._connection.execute(
                f"SELECT p.id, p.start, p.stop, p.text, p.context, p.layout, {_DOCUMENT} FROM passages p "
                f"JOIN documents d ON d.id = p.document WHERE p.id IN ({_marks(some)})",
                some,
            )
            found.update((row[0], _passage_record(row)) for row in rows)
        missing = [passage for passage in ids if passage not in found]
        if missing:
            raise StoreError(f"the index lacks passage {missing[0]}: run `footnote sync --rebuild` to build it anew")
        return [found[passage] for passage in ids]

    def neighbours(self, document: int, start: int, end: int) -> list[int]:
        """Ids of the passages of a document that touch the characters `start` to `end`, in order."""
        query = "SELECT id FROM passages WHERE document = ? AND start < ? AND stop > ? ORDER BY start"
        return [int(row[0]) for row in self._connection.execute(query, (document, end, start))]

    def passage_ids(self, documents: Iterable[int]) -> NDArray[np.int64]:
        """Ids of all passages of some documents, ascending: int64 (n,)."""
        ids: list[int] = []
        for some in _batches(list(documents)):
            query = f"SELECT id FROM passages WHERE document IN ({_marks(some)})"
            ids.extend(row[0] for row in self._connection.execute(query, some))
        return np.sort(np.array(ids, dtype=np.int64))

    def passages_after(self, passage: int, dimension: int, most: int = -1) -> NewPassages:
        """Id, key and vector of every passage whose id is above `passage`, or of the first `most` of them.

        It ends before the first that has no vector yet, so that the highest id tells what is known.
        """
        query = (
            "SELECT p.id, p.key, v.vector FROM passages p LEFT JOIN vectors v ON v.key = p.key WHERE p.id > ? "
            "ORDER BY p.id LIMIT ?"
        )
        rows = list(takewhile(lambda row: row[2] is not None, self._connection.execute(query, (passage, most))))
        ids = np.array([row[0] for row in rows], dtype=np.int64)
        keys = np.frombuffer(b"".join(row[1][:8] for row in rows), dtype=np.uint64)
        vectors = np.frombuffer(b"".join(row[2] for row in rows), dtype=np.float16)
        return NewPassages(ids, keys, vectors.reshape(-1, dimension))

    def sentence_vectors(self, ids: Sequence[int], dimension: int) -> dict[int, NDArray[np.float32]]:
        """Vectors of sentences by passage id: float32 (sentences, dimension); none where they are not embedded yet."""
        return {passage: unpacked(data, dimension) for passage, data in self.packed_sentences(ids).items()}

    def packed_sentences(self, ids: Sequence[int]) -> dict[int, bytes]:
        """The same as they are kept (see `sentence_vectors`)."""
        found: dict[int, bytes] = {}
        for some in _batches(ids):
            rows = self._connection.execute(
                "SELECT p.id, s.vectors FROM passages p JOIN sentences s ON s.key = p.key "
                f"WHERE p.id IN ({_marks(some)})",
                some,
            )
            found.update(rows.fetchall())
        return found

    def paths(self) -> list[tuple[int, str]]:
        """Id and path of every indexed document."""
        return self._connection.execute("SELECT id, path FROM documents WHERE state = ?", (State.INDEXED,)).fetchall()

    def moved_since(self, document: int, change: int) -> Moved | None:
        """Documents added above the id `document`, or renamed or removed by changes above `change`; None: not known."""
        return moves.since(self._connection, document, change)

    def all_paths(self) -> list[tuple[int, str, bool]]:
        """Id and path of every document, and whether it is indexed, by path."""
        query = "SELECT id, path, state = ? FROM documents ORDER BY path"
        return self._connection.execute(query, (State.INDEXED,)).fetchall()

    def last_passage(self) -> int:
        """The highest passage id; 0 when there is none."""
        return int(self._connection.execute("SELECT coalesce(max(id), 0) FROM passages").fetchone()[0])

    def texts_after(self, passage: int) -> Iterator[tuple[int, int, int, str, str]]:
        """(id, document, key, context, text) of every passage whose id is above `passage`, ascending."""
        query = "SELECT id, document, key, context, text FROM passages WHERE id > ? ORDER BY id"
        for identity, document, key, context, text in self._connection.execute(query, (passage,)):
            yield identity, document, int.from_bytes(key[:8], "little"), context, text

    def removed_after(self, change: int) -> NDArray[np.int64]:
        """Ids of the passages removed by changes above `change`: int64 (n,)."""
        rows = self._connection.execute("SELECT passage FROM removed WHERE change > ?", (change,)).fetchall()
        return np.array([row[0] for row in rows], dtype=np.int64)


def missing_index(folder: Path) -> IndexMissing:
    """The error for a folder that holds no index."""
    return IndexMissing(f"there is no index at {folder}: run `footnote sync` to build it")


def recorded(path: Path) -> Recorded:
    """What the index at `path` says of itself, whatever its format. Raises `StoreError` when it cannot be read."""
    if not path.is_file():
        return Recorded(None, None, None)
    try:
        # Killed at its start, a first sync leaves a journal, which only who writes can undo, or a file without tables.
        mode = "rw" if path.with_name(f"{path.name}-journal").exists() else "ro"
        with closing(connect(path, mode)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
                return Recorded(None, None, None)
            store = Store(connection)
            return Recorded(*(store.meta(name) for name in ("format", "model", "ocr")))
    except sqlite3.DatabaseError as error:
        raise unreadable(error) from error


def connect(path: Path, mode: str) -> sqlite3.Connection:
    """A connection to the file at `path`; `mode` is "ro", "rw" or "rwc"."""
    uri = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, check_same_thread=False, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA trusted_schema = OFF")  # an index may have come along with somebody's documents
    return connection


def _batches(values: Sequence[int]) -> Iterator[list[int]]:
    for at in range(0, len(values), _VARIABLES):
        yield [int(value) for value in values[at : at + _VARIABLES]]


def _marks(values: Sequence[int]) -> str:
    return ",".join("?" * len(values))


def _document_record(row: Sequence[Any]) -> DocumentRecord:
    identity, path, state, *rest = row
    return DocumentRecord(identity, path, STATES[state], *rest)


def _passage_record(row: Sequence[Any]) -> PassageRecord:
    identity, start, end, text, context, layout, *document = row
    place, sentences, blocks = read_passage_layout(layout, start)
    return PassageRecord(identity, _document_record(document), start, end, text, context, place, sentences, blocks)
