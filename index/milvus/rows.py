"""Rows of a Milvus server as what they stand for, fetched once for each state of the index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.analysis import ANALYSER_VERSION
from index.errors import ChangedMeanwhile, StoreError
from index.known_files import STATES, KnownFile
from index.layout import read_passage_layout
from index.milvus.collections import Collections
from index.milvus.connection import Connection, Rows
from index.milvus.encoding import (
    ELSEWHERE,
    PASSAGES_OF_DOCUMENT,
    batches,
    from_chunks,
    in_list,
    kept_id,
    packed_json,
    plain,
    sentences_kind,
    unpacked_json,
)
from index.milvus.standing import Standing
from index.milvus.vector_index import VectorIndex, of_type
from index.scanning import FileFacts
from index.schema import DocumentRecord, PassageRecord

__all__ = ["Fetched", "Parts", "document_facts", "document_record", "known_file", "passage_record"]

KEPT = 200_000
"""Values of passages remembered by a process, for the questions that come."""

_ANALYSED = f", analyser {ANALYSER_VERSION}"
"""Noted with how a document was read."""

DOCUMENT_FIELDS = ("id", "name", "path", "state", "passages", "length", "place", "facts")


class Remembered:
    """Values by id, the oldest forgotten first; what a passage says never changes. Threads may share it."""

    def __init__(self, most: int = KEPT) -> None:
        self._most, self._lock = most, Lock()
        self._values: dict[tuple[str, int], Any] = {}

    def get(self, name: str, ids: Sequence[int]) -> dict[int, Any]:
        """Those that are known."""
        with self._lock:
            return {id_: self._values[name, id_] for id_ in ids if (name, id_) in self._values}

    def put(self, name: str, values: dict[int, Any]) -> None:
        """Remember some."""
        with self._lock:
            self._values.update(((name, id_), value) for id_, value in values.items())
            for old in list(self._values)[: max(0, len(self._values) - self._most)]:
                del self._values[old]


@dataclass(slots=True)
class Fetched:
    """Documents' rows of one state, fetched as they are needed."""

    connection: Connection
    names: Collections
    remembered: Remembered
    hidden: frozenset[int] = frozenset()
    """Documents that do not count, though there may be something of them."""
    last: int | None = None
    """The highest number of a document of this state; None for whoever writes, to whom all count."""
    written: int | None = None
    """What was written before this moment of the server's clock is seen; 0: before each reading; None: sooner or
    later."""
    is_current: Callable[[], bool] = lambda: True
    """Whether this still is the state of the index."""
    _documents: dict[int, dict[str, Any] | None] = field(default_factory=dict)

    def of(self, standing: Standing, is_current: Callable[[], bool]) -> Fetched:
        """The same of a state, for who reads."""
        return Fetched(
            self.connection, self.names, self.remembered, standing.hidden, standing.last, standing.written, is_current
        )

    def written_until(self, written: int | None) -> Fetched:
        """The same of what is there now, for who writes."""
        return Fetched(self.connection, self.names, self.remembered, written=written)

    @property
    def reading(self) -> dict[str, Any]:
        """Options of every call that reads: which partition, and what must be seen."""
        options: dict[str, Any] = {"partition_names": [self.names.partition]}
        if self.written is None:
            return options
        if not self.written:
            return options | {"consistency_level": "Strong"}
        return options | {"consistency_level": "Customized", "guarantee_timestamp": self.written}

    def check_current(self) -> None:
        """What is not there may have gone with a change; raises `ChangedMeanwhile` after one."""
        if not self.is_current():
            raise ChangedMeanwhile("a document was changed while it was read: ask again")

    def query(self, collection: str, filter_: str, fields: Sequence[str]) -> Rows:
        """All rows that a filter lets through, however many they are."""
        return self.connection.query(collection, filter_, fields, **self.reading)

    def count(self, collection: str, filter_: str) -> int:
        """How many rows a filter lets through."""
        return self.connection.count(collection, filter_, **self.reading)

    def but_hidden(self, filter_: str, name: str = "id") -> str:
        """A filter that lets nothing of documents through that do not count; `name`: the field of their numbers."""
        filter_ = f"({filter_}) and not ({in_list(name, sorted(self.hidden))})" if self.hidden else filter_
        return filter_ if self.last is None else f"({filter_}) and {name} <= {self.last}"

    def counting(self, documents: Iterable[int]) -> list[int]:
        """Those that count. Raises `ChangedMeanwhile` for one that came later: what it replaces may be gone already."""
        found = [document for document in documents if document not in self.hidden]
        if self.last is not None and any(document > self.last for document in found):
            raise ChangedMeanwhile("a document was changed while it was read: ask again")
        return found

    def _counts(self, document: int) -> bool:
        return document not in self.hidden and (self.last is None or document <= self.last)

    def documents(self, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Rows of the documents that are there, by id."""
        wanted = list(dict.fromkeys(ids))
        for some in batches([id_ for id_ in wanted if id_ not in self._documents]):
            found = {row["id"]: row for row in self._get(self.names.documents, some, DOCUMENT_FIELDS)}
            counting = set(self.counting(found))
            self._documents.update((id_, found[id_] if id_ in counting else None) for id_ in some)
        return {id_: row for id_ in wanted if (row := self._documents[id_]) is not None}

    def living(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Those of the passages whose documents are there, in the same order.

        Raises `ChangedMeanwhile` when one is gone that was there: what came in its place is not of this state.
        """
        documents = ids // PASSAGES_OF_DOCUMENT
        each = np.unique(documents).tolist()
        there = self.documents(each)
        if any(self._counts(document) and document not in there for document in each):
            self.check_current()
        kept = [document in there for document in documents.tolist()]
        return ids[np.array(kept, dtype=np.bool_)] if len(ids) else ids

    def values(self, name: str, ids: Sequence[int]) -> dict[int, Any]:
        """A field of passages by id: "search" (key, terms), "vector", "sentences" or "body" (with start and stop).

        Raises `ChangedMeanwhile` when one went with a change.
        """
        found = self.remembered.get(name, ids)
        fields, read = _FIELDS[name]
        new: dict[int, Any] = {}
        for some in batches([id_ for id_ in dict.fromkeys(ids) if id_ not in found]):
            new.update((row["id"], read(row)) for row in self._get(self.names.passages, some, ("id", *fields)))
        for id_ in [id_ for id_, value in new.items() if value is None]:
            new[id_] = self.kept(id_ // PASSAGES_OF_DOCUMENT, sentences_kind(id_))
        if new:
            self.remembered.put(name, new)
        if len(found) + len(new) < len(set(ids)):
            self.check_current()
        return found | new

    def vector_index(self) -> VectorIndex:
        """What the vectors are found by."""
        return of_type(self.connection.type_of_vectors(self.names.passages))

    def kept(self, document: int, kind: str) -> bytes:
        """A text that is kept with a document; b"" when there is none, or not all of it."""
        parts, more = list[str](), True
        while more:
            row = self._get(self.names.kept, [kept_id(kind, document, len(parts))], ("id", "value"))
            if not row:
                return b""
            mark, _, text = row[0]["value"].partition(":")
            parts.append(text)
            more = mark == "1"
        return from_chunks(parts)

    def profiles(self, documents: Sequence[int]) -> dict[int, tuple[int, dict[str, int]]]:
        """Of documents: how many terms they have, and how often each token. Raises as `values` does."""
        found = self.remembered.get("profile", documents)
        new: dict[int, tuple[int, dict[str, int]]] = {}
        for some in batches([id_ for id_ in dict.fromkeys(documents) if id_ not in found]):
            first = [kept_id("terms", id_, 0) for id_ in some]
            rows = {row["id"]: row["value"] for row in self._get(self.names.kept, first, ("id", "value"))}
            for id_, key in zip(some, first, strict=True):
                value = rows.get(key, "")
                data = plain(value[2:]) if value.startswith("0:") else self.kept(id_, "terms")
                if not data:
                    self.check_current()
                counts = dict(unpacked_json_bytes(data)) if data else {}
                new[id_] = (sum(counts.values()), counts)
        if new:
            self.remembered.put("profile", new)
        return found | new

    def _get(self, collection: str, ids: list[Any], fields: Sequence[str]) -> Rows:
        if not ids:
            return []
        options = {"output_fields": list(fields), **self.reading}
        return [dict(row) for row in self.connection.call("get", collection, ids, **options)]


Parts = Callable[[dict[str, Any]], Any]
_FIELDS: dict[str, tuple[tuple[str, ...], Parts]] = {
    "search": (("key", "terms"), lambda row: (bytes.fromhex(row["key"]), row["terms"].split())),
    "vector": (("vector",), lambda row: np.asarray(row["vector"], np.float32).astype(np.float16)),
    "sentences": (("sentences",), lambda row: None if row["sentences"] == ELSEWHERE else plain(row["sentences"])),
    "body": (("start", "stop", "body"), lambda row: (row["start"], row["stop"], unpacked_json(row["body"]))),
}


def unpacked_json_bytes(data: bytes) -> Any:
    """Of what `kept` gave."""
    import json
    import zlib

    return json.loads(zlib.decompress(data))


def passage_record(id_: int, document: DocumentRecord, value: tuple[int, int, list[str]]) -> PassageRecord:
    """The passage of a `body`."""
    start, stop, (context, text, layout) = value
    place, sentences, blocks = read_passage_layout(layout, start)
    return PassageRecord(id_, document, start, stop, text, context, place, sentences, blocks)


def document_facts(
    *,
    reason: str,
    recipe: str,
    facts: FileFacts,
    digest: bytes,
    title: str,
    kind: str,
    pages: int | None,
    indexed_at: float,
) -> str:
    """The field `facts` of a document's row.

    A server searches by the terms it was given, so the analyser is noted with how a document was read: those of another
    one are read anew. (A folder's terms are derived from its texts, `index.derived`.)
    """
    times = [facts.size, facts.mtime_ns, facts.ctime_ns]
    return packed_json([reason, f"{recipe}{_ANALYSED}", *times, digest.hex(), title, kind, pages, indexed_at])


def document_record(row: dict[str, Any]) -> DocumentRecord:
    """The document of a row."""
    reason, _, size, mtime_ns, _, _, title, kind, pages, indexed_at = unpacked_json(row["facts"])
    modified_at = mtime_ns / 1e9 if mtime_ns else indexed_at
    state = STATES[row["state"]]
    return DocumentRecord(
        row["id"], row["path"], state, reason, title, kind, pages, row["passages"], size, indexed_at, modified_at
    )


def known_file(row: dict[str, Any]) -> KnownFile:
    """What is remembered of the file of a row."""
    reason, recipe, size, mtime_ns, ctime_ns, digest, *_ = unpacked_json(row["facts"])
    facts = FileFacts(bytes.fromhex(row["name"]), row["path"], size, mtime_ns, ctime_ns)
    as_now = recipe.removesuffix(_ANALYSED) if recipe.endswith(_ANALYSED) else f"{recipe}, other terms"
    return KnownFile(row["id"], facts, STATES[row["state"]], reason, as_now, bytes.fromhex(digest))


def only(rows: Rows, what: str) -> dict[str, Any]:
    """The one row. Raises `StoreError`."""
    if not rows:
        raise StoreError(f"the store lacks {what}: run `footnote sync --rebuild`")
    return rows[0]
