"""The one SQLite file that is the truth: documents, passages, vectors, and the number of the last change.

Every commit that changes what can be found raises the change number. Readers compare it with the number their derived
indexes were built at and fetch what lies between: `passages_after` and `removed_after`. This module reads;
`index/writing.py` writes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index import moves, vector_rows
from index.choosing import chosen
from index.database import connect, missing_index, readable, recorded
from index.documents import Document
from index.known_files import STATES, KnownFile, known_files
from index.layout import read_document, read_passage_layout
from index.moves import Moved
from index.names import DocumentNames
from index.row_sums import COLUMNS, damage, listed, whole, whole_rows
from index.scanning import can_be_named
from index.schema import FORMAT_VERSION, DocumentRecord, PassageRecord, State, format_mismatch
from index.sentence_vectors import unpacked
from index.stores import OfState
from index.vector_rows import batches, marks

__all__ = ["KnownFile", "NewPassages", "Store"]

_DOCUMENT, _PASSAGE = listed("documents", "d."), listed("passages", "p.")
_OF_DOCUMENT = len(COLUMNS["documents"]) + 1
"""Columns of a document's row, its sum included."""


class NewPassages(NamedTuple):
    """Passages added since some point, by ascending id."""

    ids: NDArray[np.int64]
    keys: NDArray[np.uint64]
    """First 8 bytes of each passage's key."""
    vectors: NDArray[np.float16]
    """float16 (n, dimension), unit rows."""


class Store:
    """A connection for reading, to be used by one thread at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> Store:
        """Open an index that exists; raises `IndexMissing`, `IndexMismatch`, `IndexDamaged` or `StoreError`."""
        if recorded(path).format is None:
            raise missing_index(path.parent)
        with readable(path):
            store = cls(connect(path, "ro"))
            try:
                store.check_format()
            except BaseException:
                store.close()
                raise
        return store

    def check_format(self) -> None:
        """Raise `IndexMismatch` unless the tables are of this version, `IndexDamaged` unless what they say is whole."""
        found = self.meta("format")
        if found is None:
            raise damage(self._connection, "it does not say what format it is of")
        if found != str(FORMAT_VERSION):
            raise format_mismatch(found)
        for _ in whole_rows(self._connection, "meta", self._connection.execute(f"SELECT {listed('meta')} FROM meta")):
            pass
        if self._connection.execute("PRAGMA auto_vacuum").fetchone()[0]:
            raise damage(self._connection, "its header says that pages are moved")

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
        return [_document_record(row) for row in whole_rows(self._connection, "documents", rows)]

    def record(self, path: str) -> DocumentRecord | None:
        """The document of that path, whatever its state; None when there is none."""
        row = self._row(path)
        return _document_record(row) if row else None

    def _row(self, path: str) -> Sequence[Any] | None:
        """The row of the document of that path."""
        if not can_be_named(path):
            return None
        query = f"SELECT {_DOCUMENT} FROM documents d WHERE d.{{}} = ?"
        # By its name, which is the path unless that stands for bytes that are no text: names have an index. The path is
        # compared here, after the checksum: one that is damaged is not "no such document".
        rows = self._connection.execute(query.format("name"), (path.encode("utf-8", "replace"),))
        for row in whole_rows(self._connection, "documents", rows):
            if row[2] == path:
                return row
        row = self._connection.execute(query.format("path"), (path,)).fetchone()
        return whole(self._connection, "documents", row) if row else None

    def known_files(self, scope: Sequence[bytes] | None = None) -> dict[bytes, KnownFile]:
        """Every file the index knows, by name; with a `scope` only these files and what lies below these folders."""
        return known_files(self._connection, scope)

    def document(self, path: str) -> Document:
        """The stored text and layout of one document. Raises `KeyError` when there is none of that path."""
        record = self.record(path)
        query = f"SELECT {listed('texts')} FROM texts WHERE document = ?"
        row = self._connection.execute(query, (record.id,)).fetchone() if record else None
        if row is None:
            if record and record.state is State.INDEXED:
                raise damage(self._connection, f"the text of {path} is missing")
            raise KeyError(path)
        return read_document(*whole(self._connection, "texts", row)[1:3])

    def file_of(self, path: str) -> tuple[bytes, bytes]:
        """Name below the corpus and SHA-256 of a document's file. Raises `KeyError` when there is none of that path."""
        row = self._row(path)
        if row is None:
            raise KeyError(path)
        return row[1], row[9]

    def passages(self, ids: Sequence[int]) -> list[PassageRecord]:
        """The passages of `ids`, in that order. Raises `StoreError` when one is not there: nothing is skipped."""
        found: dict[int, PassageRecord] = {}
        for some in batches(ids):
            rows = self._connection.execute(
                f"SELECT {_DOCUMENT}, {_PASSAGE} FROM passages p JOIN documents d ON d.id = p.document "
                f"WHERE p.id IN ({marks(some)})",
                some,
            )
            found |= self._records(rows)
        missing = [passage for passage in ids if passage not in found]
        if missing:
            raise damage(self._connection, f"it lacks passage {missing[0]}")
        return [found[passage] for passage in ids]

    def _records(self, rows: Iterable[Sequence[Any]]) -> dict[int, PassageRecord]:
        """Documents' rows joined with passages' rows, by the passages' ids."""
        documents: dict[int, DocumentRecord] = {}
        found = {}
        for row in rows:
            passage = whole(self._connection, "passages", row[_OF_DOCUMENT:])
            if row[0] not in documents:
                documents[row[0]] = _document_record(whole(self._connection, "documents", row[:_OF_DOCUMENT]))
            found[passage[0]] = _passage_record(passage, documents[row[0]])
        return found

    def neighbours(self, document: int, start: int, end: int) -> list[int]:
        """Ids of the passages of a document that touch the characters `start` to `end`, in order."""
        query = "SELECT id FROM passages WHERE document = ? AND start < ? AND stop > ? ORDER BY start"
        return [int(row[0]) for row in self._connection.execute(query, (document, end, start))]

    def passage_ids(self, documents: Iterable[int]) -> NDArray[np.int64]:
        """Ids of all passages of some documents, ascending: int64 (n,)."""
        ids: list[int] = []
        for some in batches(list(documents)):
            query = f"SELECT id FROM passages WHERE document IN ({marks(some)})"
            ids.extend(row[0] for row in self._connection.execute(query, some))
        return np.sort(np.array(ids, dtype=np.int64))

    def passages_after(self, passage: int, dimension: int, most: int = -1) -> NewPassages:
        """Id, key and vector of every passage whose id is above `passage`, or of the first `most` of them.

        It ends before the first that has no vector yet, so that the highest id tells what is known.
        """
        query = (
            "SELECT p.id, p.key, v.vector, v.crc FROM passages p LEFT JOIN vectors v ON v.key = p.key WHERE p.id > ? "
            "ORDER BY p.id LIMIT ?"
        )
        rows = []
        for row in self._connection.execute(query, (passage, most)):
            if row[2] is None:
                self._check_that_it_waits(row[0])
                break
            whole(self._connection, "vectors", row[1:])
            rows.append(row)
        ids = np.array([row[0] for row in rows], dtype=np.int64)
        keys = np.frombuffer(b"".join(row[1][:8] for row in rows), dtype=np.uint64)
        vectors = np.frombuffer(b"".join(row[2] for row in rows), dtype=np.float16)
        return NewPassages(ids, keys, vectors.reshape(-1, dimension))

    def _check_that_it_waits(self, passage: int) -> None:
        """A passage lacks vectors only while a sync is under way, or since one was interrupted."""
        if not self.meta("under_way"):
            raise damage(self._connection, f"vectors of passage {passage} are missing")

    def sentence_vectors(self, ids: Sequence[int], dimension: int) -> dict[int, NDArray[np.float32]]:
        """Vectors of sentences by passage id: float32 (sentences, dimension); none where they are not embedded yet."""
        return {passage: unpacked(data, dimension) for passage, data in self.packed_sentences(ids).items()}

    def vectors_of(self, ids: Sequence[int]) -> dict[int, NDArray[np.float16]]:
        """Vectors of passages: float16 (dimension,) each."""
        return vector_rows.vectors_of(self._connection, ids)

    def packed_sentences(self, ids: Sequence[int]) -> dict[int, bytes]:
        """The same as they are kept (see `sentence_vectors`)."""
        found = vector_rows.packed_sentences(self._connection, ids)
        if len(found) < len(ids):
            self._check_that_it_waits(next(passage for passage in ids if passage not in found))
        return found

    def paths(self) -> list[tuple[int, str]]:
        """Id and path of every indexed document."""
        query = "SELECT id, path FROM documents WHERE state = ?"
        return moves.named(self._connection, self._connection.execute(query, (State.INDEXED,)))

    def moved_since(self, document: int, change: int) -> Moved | None:
        """Documents added above the id `document`, or renamed or removed by changes above `change`; None: not known."""
        return moves.since(self._connection, document, change)

    def names(self, of_state: OfState) -> DocumentNames:
        """The names of all documents, remembered for this state."""
        names: DocumentNames = of_state("names", lambda: DocumentNames.of(self.paths()), self._names_since)
        return names

    def _names_since(self, before: DocumentNames, change: int) -> DocumentNames | None:
        moved = self.moved_since(before.last, change)
        return before.moved(moved.documents, moved.named) if moved else None

    def all_paths(self) -> list[tuple[int, str, bool]]:
        """Id and path of every document, and whether it is indexed, by path."""
        return [(record.id, record.path, record.state is State.INDEXED) for record in self.documents()]

    def passages_within(self, patterns: Sequence[str], of_state: OfState) -> NDArray[np.int64]:
        """Ids of the passages of all documents that one of the patterns means (`index.choosing`), ascending."""
        return self.passage_ids(chosen(of_state("paths", self.all_paths), patterns))

    def last_passage(self) -> int:
        """The highest passage id; 0 when there is none."""
        return int(self._connection.execute("SELECT coalesce(max(id), 0) FROM passages").fetchone()[0])

    def texts_after(self, passage: int) -> Iterator[tuple[int, int, int, str, str]]:
        """(id, document, key, context, text) of every passage whose id is above `passage`, ascending."""
        rows = self._connection.execute(f"SELECT {_PASSAGE} FROM passages p WHERE id > ? ORDER BY id", (passage,))
        for identity, document, key, _, _, context, text, *_ in whole_rows(self._connection, "passages", rows):
            yield identity, document, int.from_bytes(key[:8], "little"), context, text

    def removed_after(self, change: int) -> NDArray[np.int64]:
        """Ids of the passages removed by changes above `change`: int64 (n,)."""
        rows = self._connection.execute(f"SELECT {listed('removed')} FROM removed WHERE change > ?", (change,))
        return np.array([row[0] for row in whole_rows(self._connection, "removed", rows)], dtype=np.int64)


def _document_record(row: Sequence[Any]) -> DocumentRecord:
    id_, _, path, state, reason, _, size, mtime_ns, _, _, title, kind, pages, passages, indexed_at, _ = row
    modified_at = mtime_ns / 1e9 if mtime_ns else indexed_at  # 0: changed a moment before it was read
    return DocumentRecord(id_, path, STATES[state], reason, title, kind, pages, passages, size, indexed_at, modified_at)


def _passage_record(row: Sequence[Any], document: DocumentRecord) -> PassageRecord:
    identity, _, _, start, end, context, text, layout, _ = row
    place, sentences, blocks = read_passage_layout(layout, start)
    return PassageRecord(identity, document, start, end, text, context, place, sentences, blocks)
