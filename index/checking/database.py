"""The SQLite file seen whole: what only a check asks of it."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.checking.rows import Row, damaged_rows, other_columns
from index.database import UNREADABLE, connect, damage_named, said, version_problem
from index.documents import Document
from index.errors import StoreError
from index.layout import read_document
from index.schema import DocumentRecord, PassageRecord, State
from index.store import Store

__all__ = ["CheckedStore", "StoredVectors", "Tally", "as_text"]

PROBLEMS_LISTED = 10
VECTORS_AT_ONCE = 4_096


class Tally(NamedTuple):
    """How much there is of everything."""

    documents: int
    """Indexed ones."""
    failed: int
    texts: int
    passages: int
    keys: int
    """Different texts among the passages."""
    vectors: int
    unused_vectors: int
    """Of no passage."""
    unused_sentences: int
    """Passages' worth of sentence vectors that belong to no passage."""


class StoredVectors(NamedTuple):
    """Vectors of some passages, by ascending id."""

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]
    """float32 (n, dimension)"""
    unreadable: list[int]
    """Passages whose vector is of another size."""
    missing: list[int]
    """Passages that have none, as while a sync is under way."""


class CheckedStore(Store):
    """The store with questions about all of it at once. It never writes."""

    @classmethod
    def at(cls, path: Path) -> CheckedStore:
        """Open the file at `path`. Raises `StoreError` when it is no index that this version reads."""
        with damage_named(path):
            store = cls(connect(path, "ro"))
            try:
                store._connection.text_factory = as_text
                store.check_format()
            except BaseException:
                store.close()
                raise
        return store

    def problems(self) -> list[str]:
        """What SQLite itself finds wrong with its file: pages, indexes, unique values, references."""
        try:
            rows = self._connection.execute(f"PRAGMA integrity_check({PROBLEMS_LISTED})").fetchall()
            found = [str(row[0]) for row in rows if row[0] != "ok"]
            found += other_columns(self._connection)
            found += [problem] if (problem := version_problem(self._file())) else []
            for table, row, parent, _ in self._connection.execute("PRAGMA foreign_key_check"):
                found.append(f"row {row} of {table} refers to a row of {parent} that is not there")
        except UNREADABLE as error:
            return [said(error)]
        return [" ".join(line.split()) for line in found]

    def _file(self) -> Path:
        return Path(self._connection.execute("PRAGMA database_list").fetchone()[2])

    def damaged_rows(self) -> Mapping[str, list[Row]]:
        """The rows whose checksum is not that of their values, by table."""
        return damaged_rows(self._connection)

    def paths_of(self, documents: Iterable[int]) -> dict[int, str]:
        """Paths of documents by id, as far as they can be read."""
        known = self._connection.execute("SELECT id, path FROM documents")
        wanted = set(documents)
        return {
            id_: path.encode("utf-8", "replace").decode()
            for id_, path in known
            if id_ in wanted and isinstance(path, str)
        }

    def tally(self) -> Tally:
        """Count everything there is."""
        states = dict(self._connection.execute("SELECT state, count(*) FROM documents GROUP BY state").fetchall())
        unused = "SELECT count(*) FROM {0} WHERE NOT EXISTS (SELECT 1 FROM passages p WHERE p.key = {0}.key)"
        return Tally(
            documents=int(states.get(State.INDEXED, 0)),
            failed=int(states.get(State.FAILED, 0)),
            texts=self._count("SELECT count(*) FROM texts"),
            passages=self._count("SELECT count(*) FROM passages"),
            keys=self._count("SELECT count(DISTINCT key) FROM passages"),
            vectors=self._count("SELECT count(*) FROM vectors"),
            unused_vectors=self._count(unused.format("vectors")),
            unused_sentences=self._count(unused.format("sentences")),
        )

    def miscounted(self) -> list[tuple[str, int, int]]:
        """(path, passages it should have, passages it has) of the documents where the two differ."""
        query = (
            "SELECT d.path, d.passages, count(p.id) AS found FROM documents d "
            "LEFT JOIN passages p ON p.document = d.id GROUP BY d.id HAVING found != d.passages ORDER BY d.path"
        )
        return [(path, int(listed), int(found)) for path, listed, found in self._connection.execute(query)]

    def textless(self) -> list[str]:
        """Paths of indexed documents whose text is not there."""
        query = (
            "SELECT path FROM documents d WHERE state = ? AND NOT EXISTS "
            "(SELECT 1 FROM texts t WHERE t.document = d.id) ORDER BY path"
        )
        return [str(row[0]) for row in self._connection.execute(query, (State.INDEXED,))]

    def stored_text(self, document: int) -> Document:
        """The text and layout of a document by its id. Raises `StoreError` when they cannot be read."""
        query = "SELECT text, layout FROM texts WHERE document = ?"
        row = self._connection.execute(query, (document,)).fetchone()
        if row is None:
            raise StoreError("its text is missing")
        try:
            return read_document(*row)
        except (zlib.error, ValueError, KeyError, TypeError, IndexError) as error:
            raise StoreError(f"its stored text cannot be read ({error})") from error

    def passages_of(self, document: DocumentRecord) -> list[tuple[PassageRecord, bytes]]:
        """The passages of a document with their keys, in order. Raises `StoreError` when they cannot be read."""
        query = "SELECT id, key FROM passages WHERE document = ? ORDER BY start"
        keys = dict(self._connection.execute(query, (document.id,)).fetchall())
        try:
            return list(zip(self.passages(list(keys)), keys.values(), strict=True))
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise StoreError(f"the layout of one of its passages cannot be read ({error})") from error

    def all_vectors(self, dimension: int) -> Iterator[StoredVectors]:
        """The vectors of all passages, a few thousand at a time."""
        query = "SELECT p.id, v.vector FROM passages p LEFT JOIN vectors v ON v.key = p.key ORDER BY p.id"
        rows = self._connection.execute(query)
        while some := rows.fetchmany(VECTORS_AT_ONCE):
            whole = [(passage, raw) for passage, raw in some if _is_whole(raw, dimension)]
            joined = np.frombuffer(b"".join(raw for _, raw in whole), dtype=np.float16)
            ids = np.array([passage for passage, _ in whole], dtype=np.int64)
            missing = [int(passage) for passage, raw in some if raw is None]
            unreadable = [int(passage) for passage, raw in some if raw is not None and not _is_whole(raw, dimension)]
            yield StoredVectors(ids, joined.reshape(-1, dimension).astype(np.float32), unreadable, missing)

    def all_passage_ids(self) -> NDArray[np.int64]:
        """Ids of all passages, ascending: int64 (n,)."""
        rows = self._connection.execute("SELECT id FROM passages ORDER BY id").fetchall()
        return np.array([row[0] for row in rows], dtype=np.int64)

    def embedded_ids(self) -> NDArray[np.int64]:
        """Ids of the passages before the first that has no vector yet, ascending: int64 (n,)."""
        rows = self._connection.execute(
            "SELECT id FROM passages WHERE id < (SELECT coalesce(min(p.id), 1 << 62) FROM passages p "
            "WHERE NOT EXISTS (SELECT 1 FROM vectors v WHERE v.key = p.key)) ORDER BY id"
        ).fetchall()
        return np.array([row[0] for row in rows], dtype=np.int64)

    def _check_that_it_waits(self, passage: int) -> None:
        """What is missing is a finding, not an end."""

    def _count(self, query: str) -> int:
        return int(self._connection.execute(query).fetchone()[0])


def as_text(raw: bytes) -> str:
    """Text as it was kept; bytes that are none do not stop a check, whose sums find them."""
    return raw.decode("utf-8", "surrogateescape")


def _is_whole(raw: object, dimension: int) -> bool:
    return isinstance(raw, bytes) and len(raw) == dimension * np.dtype(np.float16).itemsize
