"""The writer's side of an index on a Milvus server: documents become rows, and a commit (`index.milvus.commits`)."""

from __future__ import annotations

import json
import time
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.derived import passage_terms
from index.documents import Document
from index.errors import StoreError
from index.known_files import KnownFile
from index.layout import document_layout, passage_layout
from index.milvus.collections import MOST_NAMED, SCHEMA_VERSION, without_vector
from index.milvus.commits import Commits, Pending
from index.milvus.encoding import (
    ELSEWHERE,
    MOST_BYTES,
    PASSAGES_OF_DOCUMENT,
    batches,
    chunks,
    in_list,
    kept_id,
    packed_json,
    place_of,
    plain,
    sentences_kind,
    text_of,
    token,
    tokens,
)
from index.milvus.numbering import DOCUMENTS_OF_CORPUS, new_number
from index.milvus.reading import MilvusReader
from index.milvus.rows import Fetched, document_facts, document_record
from index.names import name_terms_of, title_of_name
from index.scanning import FileFacts
from index.schema import PassageRecord, State
from index.sentence_vectors import packed
from index.splitting import Passage

__all__ = ["MilvusWriter", "begin"]

MOST_OF_SENTENCES = MOST_BYTES
"""Of the vectors of a passage's sentences (some 130 of them) in its row; more are kept in rows beside it."""


class MilvusWriter:
    """What `index.stores.Writer` says; whoever makes one holds the writer's place."""

    whole_documents = True

    def __init__(self, fetched: Fetched, still_held: Callable[[], None]) -> None:
        """Opens the corpus, and ends what a writer before this one left undone.

        `still_held` raises when the writer's place was lost; it is asked before each commit.
        """
        self._commits = Commits(fetched, still_held)
        self._last = self._commits.standing.last
        self._pending: Pending | None = None
        self._vectors: dict[bytes, NDArray[np.float16]] = {}
        self._sentences: dict[bytes, bytes] = {}

    @property
    def fetched(self) -> Fetched:
        """What is there."""
        return self._commits.fetched

    def begin_at(self, number: int) -> None:
        """Number the documents from there on."""
        self._last = max(self._last, number)

    @property
    def _reader(self) -> MilvusReader:
        return MilvusReader(self.fetched.written_until(self._commits.standing.written), self._commits.facts)

    def meta(self, name: str) -> str | None:
        """A fact stored with the index."""
        return self._commits.facts.get(name)

    def set_meta(self, name: str, value: str) -> None:
        """Store a fact with the index."""
        self._now().facts[name] = value

    def known_files(self, scope: Sequence[bytes] | None = None) -> dict[bytes, KnownFile]:
        """Every file the index knows, by name; with a `scope` only these files and what lies below these folders."""
        return self._reader.known_files(scope)

    def counts(self) -> tuple[int, int]:
        """Documents indexed, passages."""
        return self._reader.counts()

    def passages(self, ids: Sequence[int]) -> list[PassageRecord]:
        """The passages of `ids`, in that order."""
        return self._reader.passages(ids)

    def last_passage(self) -> int:
        """Nothing waits for its vectors: 0."""
        return 0

    def due(self, table: str, after: int, most: int) -> list[tuple[int, bytes]]:
        """None: documents come with all their vectors."""
        return []

    def count_due(self, table: str, after: int) -> int:
        """0: documents come with all their vectors."""
        return 0

    def drop_unused_vectors(self, *, all_of_them: bool = False) -> None:
        """Nothing to do: vectors go with their passages."""

    @contextmanager
    def committing(self, *, visible: bool = True) -> Iterator[None]:
        """One durable commit; what is raised inside leaves the store as it was."""
        self._pending = pending = Pending()
        try:
            yield
            self._commits.commit(pending, self._last)
        finally:
            self._pending = None
            self._vectors.clear()
            self._sentences.clear()

    def put_document(
        self,
        facts: FileFacts,
        digest: bytes,
        recipe: str,
        document: Document,
        passages: Sequence[tuple[bytes, Passage]],
    ) -> None:
        """Store a document with its (key, passage) pairs, in place of what the file held before."""
        if len(passages) > PASSAGES_OF_DOCUMENT:
            self.put_failed(facts, digest, recipe, f"more than {PASSAGES_OF_DOCUMENT:,} passages: split the file")
            return
        pending, id_ = self._now(), self._new_id()
        counts: dict[str, int] = {}
        for number, (key, passage) in enumerate(passages):
            words = tokens(passage_terms(passage.context, passage.text))
            for word in words.split():
                counts[word] = counts.get(word, 0) + 1
            row = self._passage_row(id_, number, key, passage, words)
            if row is None:
                pending.forget(id_)
                self.put_failed(facts, digest, recipe, f"a passage at {passage.start:,} is too long for the store")
                return
            if row["sentences"] == ELSEWHERE:
                self._keep(id_, sentences_kind(row["id"]), self._sentences[key])
            pending.passages.append(row)
        profile = zlib.compress(json.dumps(sorted(counts.items()), separators=(",", ":")).encode(), 6)
        kinds = {
            "text": zlib.compress(document.text.encode(), 6), "layout": document_layout(document), "terms": profile
        }  # fmt: skip
        for kind, data in kinds.items():
            self._keep(id_, kind, data)
        title = document.title or title_of_name(facts.path)
        said = document_facts(
            reason=document.note, recipe=recipe, facts=facts, digest=digest, title=title, kind=document.format,
            pages=document.pages, indexed_at=time.time(),
        )  # fmt: skip
        first = place_of(passages[0][0]) if passages else 0
        sizes = {"passages": len(passages), "length": sum(counts.values()), "place": first}
        pending.documents[facts.name] = _document_row(id_, facts, State.INDEXED, said, **sizes)

    def put_failed(self, facts: FileFacts, digest: bytes, recipe: str, reason: str) -> None:
        """Record that a file could not be read; what it held before is no longer found."""
        title, kind = title_of_name(facts.path), Path(facts.path).suffix.lstrip(".").lower()
        said = document_facts(
            reason=reason, recipe=recipe, facts=facts, digest=digest, title=title, kind=kind, pages=None,
            indexed_at=time.time(),
        )  # fmt: skip
        self._now().documents[facts.name] = _document_row(self._new_id(), facts, State.FAILED, said, 0, 0, 0)

    def renamed(self, known: KnownFile, facts: FileFacts) -> None:
        """The same bytes stand under another name; a title taken from the name follows it."""
        self._put_again(known, facts)

    def touched(self, known: KnownFile, facts: FileFacts) -> None:
        """The same bytes under the same name, with new times."""
        self._put_again(known, facts)

    def remove(self, document: int) -> None:
        """Forget a document and its passages."""
        self._now().gone.append(document)

    def clear(self) -> None:
        """Forget every document, passage and vector."""
        fetched = self._reader.fetched
        self._now().gone.extend(row["id"] for row in fetched.query(fetched.names.documents, "id >= 0", []))

    def missing_vectors(self, keys: Sequence[bytes]) -> list[bytes]:
        """Those of `keys` that have no vector yet, each once, in order; the vectors of the others are fetched."""
        wanted = [key for key in dict.fromkeys(keys) if key not in self._vectors]
        for some in batches(wanted):
            named, fields = in_list("key", [key.hex() for key in some]), ["document", "key", "vector", "sentences"]
            rows = self.fetched.query(self.fetched.names.passages, named, fields)
            for row in rows:
                key = bytes.fromhex(row["key"])
                self._vectors[key] = np.asarray(row["vector"], np.float32).astype(np.float16)
                self._sentences[key] = (
                    self.fetched.kept(row["document"], sentences_kind(row["id"]))
                    if row["sentences"] == ELSEWHERE
                    else plain(row["sentences"])
                )
        return [key for key in dict.fromkeys(keys) if key not in self._vectors]

    def put_vectors(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Vectors (float32 (len(keys), dimension)) of passages that are about to be put in, in half precision."""
        self._vectors.update(zip(keys, vectors.astype(np.float16), strict=True))

    def put_sentences(self, vectors: Iterable[tuple[bytes, NDArray[np.float32]]]) -> None:
        """The same of their sentences: float32 (sentences, dimension) each."""
        self._sentences.update((key, packed(found)) for key, found in vectors)

    def _passage_row(
        self, document: int, number: int, key: bytes, passage: Passage, words: str
    ) -> dict[str, Any] | None:
        sentences = text_of(self._sentences.get(key, b""))
        row = {
            "id": document * PASSAGES_OF_DOCUMENT + number,
            "document": document,
            "key": key.hex(),
            "place": place_of(key),
            "start": passage.start,
            "stop": passage.end,
            "terms": words,
            "body": packed_json([passage.context, passage.text, passage_layout(passage)]),
            "sentences": sentences if len(sentences) <= MOST_OF_SENTENCES else ELSEWHERE,
            "vector": self._vectors[key].astype(np.float32).tolist(),
        }
        return row if len(row["body"]) <= MOST_BYTES and len(words) <= MOST_BYTES else None

    def _keep(self, document: int, kind: str, data: bytes) -> None:
        """In as many rows as it takes."""
        parts = list(chunks(data))
        for at, text in enumerate(parts):
            row = {
                "id": kept_id(kind, document, at),
                "document": document,
                "value": f"{int(at + 1 < len(parts))}:{text}",
            }
            self._now().kept.append(without_vector(row))

    def _put_again(self, known: KnownFile, facts: FileFacts) -> None:
        row = self.fetched.documents([known.id]).get(known.id)
        if row is None:
            raise StoreError(f"the document {known.facts.path} is gone from the store: sync again")
        before = document_record(row)
        was_named = before.title == title_of_name(known.facts.path)
        said = document_facts(
            reason=known.reason, recipe=known.recipe, facts=facts, digest=known.digest,
            title=title_of_name(facts.path) if was_named else before.title, kind=before.format, pages=before.pages,
            indexed_at=before.indexed_at,
        )  # fmt: skip
        sizes = {name: row[name] for name in ("passages", "length", "place")}
        self._now().changed.append(_document_row(known.id, facts, known.state, said, **sizes))

    def _now(self) -> Pending:
        if self._pending is None:
            raise RuntimeError("changes are made in a `committing` block")
        return self._pending

    def _new_id(self) -> int:
        self._last += 1
        return self._last


def begin(writer: MilvusWriter) -> None:
    """Give a corpus its name; one that is new also the numbers of its documents, which no other has."""
    with writer.committing(visible=False):
        if not writer.meta("store"):
            writer.begin_at(new_number(writer.fetched) * DOCUMENTS_OF_CORPUS)
        writer.set_meta("schema", SCHEMA_VERSION)
        writer.set_meta("store", uuid.uuid4().hex)


def _document_row(
    id_: int, facts: FileFacts, state: State, said: str, passages: int, length: int, place: int
) -> dict[str, Any]:
    return without_vector(
        {
            "id": id_,
            "name": facts.name.hex(),
            "path": facts.path,
            "state": state.value,
            "named": [token(term) for term in name_terms_of(facts.path)][:MOST_NAMED],
            "passages": passages,
            "length": length,
            "place": place,
            "facts": said,
        }
    )
