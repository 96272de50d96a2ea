"""Files into the store: read, split, and committed with their passages, which are found by their words from then on.

Vectors follow (`index/following.py`), unless there is so little to do that all of it fits one commit: then a changed
document changes at one stroke.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from index.cadence import Cadence
from index.embedding import Vectors
from index.errors import ReadError
from index.following import Following
from index.hands import Hands, Prepared
from index.recipes import Recipe
from index.scanning import FileFacts
from index.sentence_vectors import sentence_texts
from index.splitting import Passage, embedding_text
from index.stores import Writer
from index.telling import Telling

__all__ = ["Intake"]

FEW_PASSAGES = 256
"""A sync of no more is one commit, vectors and all: 2 to 4 seconds of work on two cores."""

MOST_PASSAGES = 4096
"""In memory before they are committed, however little time has gone by: about 20 MB."""


@dataclass(slots=True)
class Intake:
    """Read, split and commit the files of one sync."""

    store: Writer
    hands: Hands
    recipe: Recipe
    files: Sequence[FileFacts]
    told: Telling
    failed: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    noted: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    """Path and note of documents of which a reader should know something: a part could not be read."""
    embedded: int = 0
    """Passages that were embedded here, because they were few."""
    _following: Following | None = None
    _pending: list[Prepared] = field(default_factory=list)
    _passages: int = 0
    _waiting: int = 0
    """Passages that are pending."""
    _done: int = 0
    _bytes: int = 0

    def run(self, following: Following | None) -> None:
        """Work through the files; `following` embeds passages meanwhile."""
        if not self.files:
            return
        self._following = following
        cadence, bytes_total = Cadence(), max(1, sum(facts.size for facts in self.files))
        self.told.stage("reading")
        for item in self.hands.prepare(self.files, self.recipe.languages):
            if item:
                self._take(item)
            if self._done == len(self.files) == len(self._pending) and self._passages <= FEW_PASSAGES:
                self._commit(with_vectors=True)
            elif self._pending and (
                self._done == len(self.files) or cadence.is_due() or self._waiting >= MOST_PASSAGES
            ):
                self._commit(with_vectors=False)
                cadence.done()
            if self._following and self._following.is_waiting:
                self._following.gather()
                self._following.fill()
            self._tell(bytes_total, always=not self._pending)

    def _take(self, item: Prepared) -> None:
        self._pending.append(item)
        self._passages += len(item.passages)
        self._waiting += len(item.passages)
        self._bytes += item.read.facts.size
        self._done += 1

    def _commit(self, *, with_vectors: bool) -> None:
        with_sentences = self.store.whole_documents
        with_vectors = with_vectors or with_sentences
        passages = {key: passage for item in self._pending for key, passage in item.passages} if with_vectors else {}
        keys = self.store.missing_vectors(list(passages))
        embed = self.hands.embedder.embed_passages
        vectors = embed([embedding_text(passages[key]) for key in keys]) if keys else None
        sentences = self._embedded_sentences([passages[key] for key in keys]) if with_sentences and keys else None
        with self.store.committing():
            if vectors is not None:
                self.store.put_vectors(keys, vectors)
            if sentences is not None:
                self.store.put_sentences(zip(keys, sentences, strict=True))
            if self._following:
                self._following.gather()
                self._following.save()
            for item in self._pending:
                self._put(item)
        self.embedded += len(keys)
        self._pending, self._waiting = [], 0
        if self._following:
            self._following.fill()

    def _embedded_sentences(self, passages: Sequence[Passage]) -> list[Vectors]:
        """Vectors of the sentences of each passage: float32 (sentences, dimension)."""
        texts = [sentence_texts(passage) for passage in passages]
        each = list(dict.fromkeys(chain.from_iterable(texts)))
        rows = {text: at for at, text in enumerate(each)}
        vectors = self.hands.embedder.embed_passages(each)
        return [vectors[[rows[text] for text in of_one]] for of_one in texts]

    def _put(self, item: Prepared) -> None:
        facts, digest, outcome, was_hindered = item.read
        recipe = self.recipe.of(facts.path, was_hindered=was_hindered)
        if isinstance(outcome, ReadError):
            self.store.put_failed(facts, digest, recipe, str(outcome))
            self.failed[facts.name] = (facts.path, str(outcome))
        else:
            self.store.put_document(facts, digest, recipe, outcome, item.passages)
            if outcome.note:
                self.noted[facts.name] = (facts.path, outcome.note)

    def _tell(self, bytes_total: int, *, always: bool) -> None:
        progress = replace(
            self.told.at,
            documents=self._done,
            documents_total=len(self.files),
            stored=self._passages,
            embedded=self.embedded + (self._following.embedded if self._following else 0),
            bytes=self._bytes,
            bytes_total=bytes_total,
        )
        self.told.tell(progress, self._passages, always=always)
