"""Documents and passages of an index on a Milvus server, as one state of it has them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.choosing import Reach, chosen, reach
from index.documents import Document
from index.errors import ChangedMeanwhile, StoreError
from index.known_files import KnownFile
from index.layout import read_document
from index.milvus.encoding import PASSAGES_OF_DOCUMENT, token
from index.milvus.listed import Listed
from index.milvus.rows import DOCUMENT_FIELDS, Fetched, document_record, known_file, passage_record
from index.names import asked_terms, name_terms_of
from index.scanning import can_be_named
from index.schema import DocumentRecord, PassageRecord, State
from index.stores import Ids, OfState

__all__ = ["MilvusNames", "MilvusReader"]

Facts = dict[str, str]
Row = dict[str, Any]


@dataclass(slots=True)
class MilvusReader:
    """What `index.stores.Reader` says."""

    fetched: Fetched
    facts: Facts
    """Facts about the corpus, by name."""
    listed: Callable[[], Listed] | None = None
    """Gives all documents, where they are followed from state to state."""

    def meta(self, name: str) -> str | None:
        """A fact stored with the index."""
        return self.facts.get(name)

    def identity(self) -> str:
        """Name of this store, which no other has; another one after a rebuild."""
        return self.facts.get("store", "")

    def counts(self) -> tuple[int, int]:
        """Documents indexed, passages."""
        names, counted = self.fetched.names, self.fetched.but_hidden
        documents = self.fetched.count(names.documents, counted(f'state == "{State.INDEXED}"'))
        return documents, self.fetched.count(names.passages, counted("id >= 0", "document"))

    def names(self, of_state: OfState) -> MilvusNames:
        """The names of its documents, of which only those asked about are fetched."""
        return MilvusNames(self.fetched, of_state("names", dict))

    def vectors_of(self, ids: Sequence[int]) -> dict[int, NDArray[np.float16]]:
        """Vectors of passages: float16 (dimension,) each. Raises `ChangedMeanwhile` when one is gone meanwhile."""
        return self.fetched.values("vector", ids)

    def packed_sentences(self, ids: Sequence[int]) -> dict[int, bytes]:
        """The vectors of the sentences of passages, packed; none where they are not kept."""
        return {id_: data for id_, data in self.fetched.values("sentences", ids).items() if data}

    def passages(self, ids: Sequence[int]) -> list[PassageRecord]:
        """The passages of `ids`, in that order. Raises `StoreError` when one is gone meanwhile."""
        rows = self.fetched.documents(id_ // PASSAGES_OF_DOCUMENT for id_ in ids)
        records = {id_: document_record(row) for id_, row in rows.items()}
        bodies = self.fetched.values("body", ids)
        for id_ in ids:
            if id_ not in bodies or id_ // PASSAGES_OF_DOCUMENT not in records:
                raise ChangedMeanwhile("a document was changed while it was read: ask again")
        return [passage_record(id_, records[id_ // PASSAGES_OF_DOCUMENT], bodies[id_]) for id_ in ids]

    def neighbours(self, document: int, start: int, end: int) -> list[int]:
        """Ids of the passages of a document that touch the characters `start` to `end`, in order."""
        filter_ = f"document == {document} and start < {end} and stop > {start}"
        found = [row["id"] for row in self.fetched.query(self.fetched.names.passages, filter_, ["id"])]
        if not found:
            self.fetched.check_current()
        return found

    def documents(self) -> list[DocumentRecord]:
        """All documents, the failed ones included, by path."""
        if self.listed:
            return list(self.listed().documents)
        rows = self.fetched.query(self.fetched.names.documents, self.fetched.but_hidden("id >= 0"), DOCUMENT_FIELDS)
        return sorted(map(document_record, rows), key=lambda record: record.path)

    def record(self, path: str) -> DocumentRecord | None:
        """The document of that path, whatever its state; None when there is none."""
        row = self._row(path)
        return document_record(row) if row else None

    def document(self, path: str) -> Document:
        """The stored text and layout of one document. Raises `KeyError` when there is none of that path."""
        row = self._row(path)
        if row is None or row["state"] != State.INDEXED:
            raise KeyError(path)
        text, layout = (self.fetched.kept(row["id"], kind) for kind in ("text", "layout"))
        if not text or not layout:
            self.fetched.check_current()
            raise StoreError(f"the text of {path} is not in the store: run `footnote sync --rebuild`")
        return read_document(text, layout)

    def file_of(self, path: str) -> tuple[bytes, bytes]:
        """Name below the corpus and SHA-256 of a document's file. Raises `KeyError` when there is none of that path."""
        row = self._row(path)
        if row is None:
            raise KeyError(path)
        known = known_file(row)
        return known.facts.name, known.digest

    def passages_within(self, patterns: Sequence[str], of_state: OfState) -> Ids:
        """Ids of the passages of all documents that one of the patterns means (`index.choosing`), ascending.

        Only documents are fetched that a pattern may mean.
        """
        filters = [self.fetched.but_hidden(reaching(reach(pattern), self._finds_ends)) for pattern in patterns]
        fields, names = ["id", "path", "state", "passages"], self.fetched.names
        rows = {row["id"]: row for each in filters for row in self.fetched.query(names.documents, each, fields)}
        paths = [(id_, row["path"], row["state"] == State.INDEXED) for id_, row in rows.items()]
        found = passages_of((id_, rows[id_]["passages"]) for id_ in chosen(paths, patterns))
        self.fetched.check_current()
        return found

    @property
    def _finds_ends(self) -> bool:
        """Whether the server finds names by how they end: 2.3 does not, 2.5 does."""
        return self.fetched.connection.has_words

    def passage_ids(self, documents: Iterable[int]) -> Ids:
        """Ids of all passages of some documents, ascending."""
        rows = self.fetched.documents(documents)
        return passages_of((id_, row["passages"]) for id_, row in rows.items())

    def known_files(self, scope: Sequence[bytes] | None = None) -> dict[bytes, KnownFile]:
        """Every file the index knows, by name; with a `scope` only these files and what lies below these folders."""
        filters = ["id >= 0"]
        if scope is not None:
            filters = [f'name == "{name.hex()}" or name like "{(name + b"/").hex()}%"' for name in scope]
        rows = [
            row for each in filters for row in self.fetched.query(self.fetched.names.documents, each, DOCUMENT_FIELDS)
        ]
        return {known.facts.name: known for known in map(known_file, self._counting(rows))}

    def _row(self, path: str) -> Row | None:
        if not can_be_named(path):
            return None
        name = path.encode("utf-8", "replace").hex()
        found = self.fetched.query(self.fetched.names.documents, f'name == "{name}"', DOCUMENT_FIELDS)
        found = [row for row in self._counting(found) if row["path"] == path]
        if not found:  # its name is no text: its path is one that stands for it
            quoted = path.replace("\\", "\\\\").replace('"', '\\"')
            found = self.fetched.query(self.fetched.names.documents, f'path == "{quoted}"', DOCUMENT_FIELDS)
            found = self._counting(found)
        if not found:
            self.fetched.check_current()
        return found[0] if found else None

    def _counting(self, rows: Iterable[Row]) -> list[Row]:
        found = {row["id"]: row for row in rows}
        return [found[id_] for id_ in self.fetched.counting(found)]


def reaching(what: Reach, finds_ends: bool) -> str:
    """A filter for the rows of documents in the reach of a pattern; `finds_ends`: whether a server can tell by those.

    By their names in hexadecimal digits, in which no character means anything else.
    """
    name = what.path.encode("utf-8", "replace").hex()
    found = f'name == "{name}" or name like "{name}2f%"'
    if what.start is None:
        return found
    start, end = (part.encode("utf-8", "replace").hex() for part in (what.start, what.end if finds_ends else ""))
    return f'{found} or name like "{start}%{end}"' if start or end else "id >= 0"


def passages_of(documents: Iterable[tuple[int, int]]) -> Ids:
    """The passages of documents (id, how many passages it has): ids, ascending."""
    ids = [np.arange(count, dtype=np.int64) + id_ * PASSAGES_OF_DOCUMENT for id_, count in documents]
    return np.sort(np.concatenate([np.zeros(0, np.int64), *ids]))


@dataclass(slots=True)
class MilvusNames:
    """What the names of documents say, as `index.names.DocumentNames`: counted by the server."""

    fetched: Fetched
    counts: dict[str, int]
    """Documents whose names hold each term, as far as that was asked."""

    def evidence(self, question: str, documents: Ids) -> NDArray[np.float64]:
        """The summed idf of the words of the question that are in the name of each document: float64 (n,)."""
        found = np.zeros(len(documents))
        asked = [term for term in dict.fromkeys(asked_terms(question)) if len(term) > 1]
        rows = self.fetched.documents(documents.tolist())
        held = {id_: set(name_terms_of(str(row["path"]))) for id_, row in rows.items()}
        for term in asked:
            holds = np.array([term in held.get(document, ()) for document in documents.tolist()], dtype=np.bool_)
            if holds.any():
                count, living = self._count(term), self._count("")
                found[holds] += max(math.log((living + 1) / (count + 0.5)), 0.0)
        return found

    def _count(self, term: str) -> int:
        if term not in self.counts:
            indexed = f'state == "{State.INDEXED}"'
            if term:
                indexed += f' and ARRAY_CONTAINS(named, "{token(term)}")'
            documents = self.fetched.names.documents
            self.counts[term] = self.fetched.count(documents, self.fetched.but_hidden(indexed))
        return self.counts[term]
