"""The writer's side of the store. One process holds it at a time (`index/sync.py` takes the lock)."""

from __future__ import annotations

import hashlib
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import moves
from index.database import UNREADABLE, connect, damage_named, has_sums, is_damage, refuse_version
from index.documents import Document
from index.layout import document_layout, passage_layout
from index.names import title_of_name
from index.room import not_writable
from index.row_sums import COLUMNS, add_sums, row_sum, seal
from index.scanning import FileFacts
from index.schema import FORMAT_VERSION, SCHEMA, WITHOUT_SUMS, State
from index.sentence_vectors import Sentenced, packed, sentence_texts
from index.splitting import Passage
from index.store import KnownFile, Store

__all__ = ["WritableStore", "fold_log", "passage_key"]

REMOVALS_KEPT = 10_000
"""Removed passages remembered at least, so that open readers catch up instead of loading anew."""

KEY_BYTES = 16
"""Of SHA-256 over the text, its context and its sentences: two different texts of one corpus never share them."""


def passage_key(passage: Sentenced) -> bytes:
    """What vectors are found by: the same texts to embed, of passage and sentences, always have the same key."""
    texts = "\0".join([passage.context, passage.text, *sentence_texts(passage)])
    return hashlib.sha256(texts.encode()).digest()[:KEY_BYTES]


class WritableStore(Store):
    """The store with everything that changes it. Each `committing` block is one durable commit."""

    whole_documents = False

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._retired_keys: list[bytes] = []

    @classmethod
    def create(cls, path: Path) -> WritableStore:
        """Open the index at `path`, making an empty one first where there is none."""
        try:
            with damage_named(path), ExitStack() as unless_it_is_sound:
                store = cls(connect(path, "rwc"))
                unless_it_is_sound.callback(store.close)
                store._prepare()
                store.check_format()
                unless_it_is_sound.pop_all()
        except sqlite3.OperationalError as error:
            raise not_writable(path.parent, error) from error
        if store.meta("moved_from") is None:
            with store.committing(visible=False):
                moves.begin(store._connection, store.change())
        return store

    @contextmanager
    def committing(self, *, visible: bool = True) -> Iterator[None]:
        """One transaction: all of it is kept, or nothing.

        The change number rises when anything changed, unless it is nothing that readers see (`visible=False`).
        """
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            before = self._connection.total_changes
            yield
            if visible and self._connection.total_changes != before:
                self.set_meta("change", str(self.change() + 1))
            self._connection.execute("COMMIT")
        except BaseException as error:
            if self._connection.in_transaction:
                self._connection.rollback()
            if isinstance(error, sqlite3.OperationalError) and not is_damage(error):
                refuse_version(Path(self._folder()) / "index.db", error)
                raise not_writable(self._folder(), error) from error
            raise

    def set_meta(self, name: str, value: str) -> None:
        """Store a fact with the index."""
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?1, ?2, row_sum(?1, ?2))", (name, value))

    def put_document(
        self,
        facts: FileFacts,
        digest: bytes,
        recipe: str,
        document: Document,
        passages: Sequence[tuple[bytes, Passage]],
    ) -> None:
        """Store a document with its (key, passage) pairs, in place of what the file held before."""
        title = document.title or title_of_name(facts.path)
        identity = self._put_row(
            facts, State.INDEXED, document.note, recipe, digest, title, document.format, document.pages, len(passages)
        )
        text = zlib.compress(document.text.encode(), 6)
        self._insert("texts", [(identity, text, document_layout(document))])
        numbered = enumerate(passages, self._next_id("passages"))
        self._insert(
            "passages",
            ((id_, identity, key, p.start, p.end, p.context, p.text, passage_layout(p)) for id_, (key, p) in numbered),
        )

    def put_failed(self, facts: FileFacts, digest: bytes, recipe: str, reason: str) -> None:
        """Record that a file could not be read; what it held before is no longer found."""
        title, kind = title_of_name(facts.path), Path(facts.path).suffix.lstrip(".").lower()
        self._put_row(facts, State.FAILED, reason, recipe, digest, title, kind, None, 0)

    def renamed(self, known: KnownFile, facts: FileFacts) -> None:
        """The same bytes stand under another name; a title taken from the name follows it."""
        moves.note(self._connection, known.id, self.change() + 1)
        self._connection.execute(
            "UPDATE documents SET name = ?, path = ?, size = ?, mtime_ns = ?, ctime_ns = ?, "
            "title = CASE WHEN title = ? THEN ? ELSE title END WHERE id = ?",
            (*_row_of(facts), title_of_name(known.facts.path), title_of_name(facts.path), known.id),
        )
        seal(self._connection, "documents", "id = ?", (known.id,))

    def touched(self, known: KnownFile, facts: FileFacts) -> None:
        """The same bytes under the same name, with new times. Nothing that can be found changes."""
        update = "UPDATE documents SET size = ?, mtime_ns = ?, ctime_ns = ? WHERE id = ?"
        self._connection.execute(update, (facts.size, facts.mtime_ns, facts.ctime_ns, known.id))
        seal(self._connection, "documents", "id = ?", (known.id,))

    def remove(self, document: int) -> None:
        """Forget a document, its passages, and the vectors that no other passage uses."""
        execute = self._connection.execute
        change = self.change() + 1
        moves.note(self._connection, document, change)
        query = "INSERT INTO removed SELECT id, ?1, row_sum(id, ?1) FROM passages WHERE document = ?2"
        execute(query, (change, document))
        keys = execute("SELECT DISTINCT key FROM passages WHERE document = ?", (document,)).fetchall()
        execute("DELETE FROM passages WHERE document = ?", (document,))
        execute("DELETE FROM texts WHERE document = ?", (document,))
        execute("DELETE FROM documents WHERE id = ?", (document,))
        self._retired_keys.extend(row[0] for row in keys)

    def missing_vectors(self, keys: Sequence[bytes]) -> list[bytes]:
        """Those of `keys` that have no vector yet, each once, in order."""
        known = self._connection.execute
        return [k for k in dict.fromkeys(keys) if not known("SELECT 1 FROM vectors WHERE key = ?", (k,)).fetchone()]

    def due(self, table: str, after: int, most: int) -> list[tuple[int, bytes]]:
        """Id and key of the first `most` passages above `after` of which `table` (vectors, sentences) has nothing."""
        query = (
            f"SELECT id, key FROM passages p WHERE id > ? AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.key = p.key) "
            "ORDER BY id LIMIT ?"
        )
        return self._connection.execute(query, (after, most)).fetchall()

    def count_due(self, table: str, after: int) -> int:
        """How many passages above `after` it has nothing of."""
        query = (
            f"SELECT count(*) FROM passages p WHERE id > ? AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.key = p.key)"
        )
        return int(self._connection.execute(query, (after,)).fetchone()[0])

    def put_vectors(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Store vectors (float32 (len(keys), dimension)) in half precision."""
        rows = ((key, vector.tobytes()) for key, vector in zip(keys, vectors.astype(np.float16), strict=True))
        self._insert("vectors", rows, "INSERT OR REPLACE")

    def put_sentences(self, vectors: Iterable[tuple[bytes, NDArray[np.float32]]]) -> None:
        """Store the vectors (float32 (sentences, dimension)) of the sentences of passages, by passage key."""
        self._insert("sentences", ((key, packed(found)) for key, found in vectors), "INSERT OR REPLACE")

    def drop_unused_vectors(self, *, all_of_them: bool = False) -> None:
        """Delete vectors that no passage uses: those of removed documents, or after a crash all of them."""
        for table in ("vectors", "sentences"):
            unused = f"NOT EXISTS (SELECT 1 FROM passages p WHERE p.key = {table}.key)"
            if all_of_them:
                self._connection.execute(f"DELETE FROM {table} WHERE {unused}")
            delete = f"DELETE FROM {table} WHERE key = ? AND {unused}"
            self._connection.executemany(delete, [(key,) for key in self._retired_keys])
        self._retired_keys.clear()

    def forget_removed(self, up_to_change: int) -> None:
        """Drop the record of removals that no derived index on disk needs, once there are more than passages."""
        moves.forget(self._connection, self.change())
        count = self._connection.execute("SELECT count(*) FROM removed").fetchone()[0]
        if count > REMOVALS_KEPT and count > self.counts()[1]:
            self._connection.execute("DELETE FROM removed WHERE change <= ?", (up_to_change,))
            self.set_meta("removed_from", str(up_to_change))

    def clear(self) -> None:
        """Forget every document, passage and vector: the way of making them has changed."""
        for (document,) in self._connection.execute("SELECT id FROM documents").fetchall():
            self.remove(document)
        self._connection.execute("DELETE FROM vectors")
        self._connection.execute("DELETE FROM sentences")
        self._retired_keys.clear()

    def take_rows(self, table: str, rows: Sequence[tuple[Any, ...]]) -> int:
        """Put in rows of another store as they are, with their sums, except those that are there already. How many."""
        before = self._connection.total_changes
        marks = ",".join("?" * (len(COLUMNS[table]) + 1))
        self._connection.executemany(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", rows)
        return self._connection.total_changes - before

    def delete_rows(self, table: str, numbers: Sequence[int]) -> None:
        """Delete rows by SQLite's number of them."""
        self._connection.executemany(f"DELETE FROM {table} WHERE rowid = ?", [(number,) for number in numbers])

    def remove_halves(self) -> None:
        """Forget documents that lack their text or some of their passages."""
        query = (
            "SELECT d.id FROM documents d LEFT JOIN texts t ON t.document = d.id "
            "WHERE d.state = ? AND t.document IS NULL "
            "OR d.passages != (SELECT count(*) FROM passages p WHERE p.document = d.id)"
        )
        for (document,) in self._connection.execute(query, (State.INDEXED,)).fetchall():
            self.remove(document)

    def _prepare(self) -> None:
        """Make the tables where there are none, and add what those of the format before lack."""
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        if not self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            self._make_tables()
        elif self.meta("format") == WITHOUT_SUMS and not has_sums(self._connection):
            with self.committing():
                add_sums(self._connection)
                self.set_meta("format", str(FORMAT_VERSION))

    def _make_tables(self) -> None:
        with self.committing():
            for statement in SCHEMA.split(";"):
                self._connection.execute(statement)
            self.set_meta("format", str(FORMAT_VERSION))

    def _put_row(self, facts: FileFacts, state: State, reason: str, recipe: str, digest: bytes, *rest: object) -> int:
        old = self._connection.execute("SELECT id FROM documents WHERE name = ?", (facts.name,)).fetchone()
        if old:
            self.remove(old[0])
        identity, file = self._next_id("documents"), (facts.size, facts.mtime_ns, facts.ctime_ns)
        row = (identity, facts.name, facts.path, state.value, reason, recipe, *file, digest, *rest, time.time())
        self._insert("documents", [row])
        return identity

    def _insert(self, table: str, rows: Iterable[tuple[Any, ...]], verb: str = "INSERT") -> None:
        """Put whole rows into a table, with their sums."""
        marks = ",".join("?" * (len(COLUMNS[table]) + 1))
        self._connection.executemany(f"{verb} INTO {table} VALUES ({marks})", [(*row, row_sum(*row)) for row in rows])

    def _next_id(self, table: str) -> int:
        """An id that no row of the table has ever had; known before the row is, whose sum is over it."""
        query = (
            f"SELECT 1 + max((SELECT coalesce(max(id), 0) FROM {table}), "
            "coalesce((SELECT seq FROM sqlite_sequence WHERE name = ?), 0))"
        )
        return int(self._connection.execute(query, (table,)).fetchone()[0])

    def _folder(self) -> str:
        return str(Path(self._connection.execute("PRAGMA database_list").fetchone()[2]).parent)


def fold_log(path: Path) -> None:
    """Take over into the database at `path` what only its log (-wal) holds, as far as that can be done."""
    with suppress(*UNREADABLE, OSError), closing(connect(path, "rw")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _row_of(facts: FileFacts) -> tuple[bytes, str, int, int, int]:
    return facts.name, facts.path, facts.size, facts.mtime_ns, facts.ctime_ns
