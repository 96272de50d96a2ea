"""The read side's view of an index: one consistent state of documents, passages and scores.

`qa` asks it for candidates, texts and vectors, and never sees a path, a row of FAISS or a database handle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
from numpy.typing import NDArray

from index.derived import Derived
from index.documents import Document
from index.embedding import Embedder, Vectors
from index.lexical import LexicalScores
from index.memory import VectorMemory
from index.schema import DocumentRecord, PassageRecord, State
from index.store import Store

__all__ = ["Ids", "Snapshot"]

Ids = NDArray[np.int64]
"""int64 (n,): passage ids."""


@dataclass(frozen=True)
class Snapshot:
    """One state of an index, valid inside the `with` block that gave it."""

    _store: Store
    _derived: Derived
    _embedder: Embedder
    _memory: VectorMemory

    @property
    def change(self) -> int:
        """Number of the change this state is of; equal numbers, equal answers."""
        return self._derived.change

    def __len__(self) -> int:
        """Passages that can be found."""
        return len(self._derived.vectors)

    def embed_question(self, question: str) -> Vectors:
        """float32 (1, d), unit row."""
        return self._embedder.embed_question(question)

    def embed_sentences(self, sentences: Sequence[str]) -> Vectors:
        """float32 (len(sentences), d), unit rows; those embedded before come from memory."""
        return self._memory.vectors(sentences, self._embedder)

    def nearest(self, question: Vectors, k: int, among: Ids | None = None) -> Ids:
        """Ids of the `k` passages nearest to the question vector, best first."""
        return self._derived.vectors.search(question, k, among).ids

    def cosines(self, question: Vectors, ids: Ids) -> NDArray[np.float32]:
        """Cosine of the question with each passage: float32 (len(ids),)."""
        return self._derived.vectors.cosines(question, ids)

    def cosine_spread(self, question: Vectors) -> tuple[float, float]:
        """Mean and standard deviation of the question's cosine over a fixed sample of passages."""
        return self._derived.vectors.spread(question)

    def lexical_scores(self, terms: Sequence[str]) -> LexicalScores:
        """BM25 of all passages and documents for the terms of a question."""
        return self._derived.lexical.score(terms)

    def lexical_best(self, scores: LexicalScores, k: int, among: Ids | None = None) -> Ids:
        """Ids of the `k` passages with the highest BM25 above 0, best first."""
        return self._derived.lexical.best(scores, k, among)

    def lexical_of(self, scores: LexicalScores, ids: Ids) -> NDArray[np.float32]:
        """BM25 of each passage: float32 (len(ids),)."""
        return self._derived.lexical.of_passages(scores, ids)

    def lexical_of_documents(self, scores: LexicalScores, ids: Ids) -> NDArray[np.float32]:
        """BM25 of the document that each passage stands in: float32 (len(ids),)."""
        return self._derived.lexical.of_documents(scores, ids)

    def passages(self, ids: Sequence[int]) -> list[PassageRecord]:
        """The passages with their documents, in the order of `ids`."""
        return self._store.passages(ids)

    def neighbours(self, passage: PassageRecord, characters: int) -> list[PassageRecord]:
        """Passages of the same document within `characters` before or after, in order, itself included."""
        start, end = passage.start - characters, passage.end + characters
        return self._store.passages(self._store.neighbours(passage.document.id, start, end))

    def documents(self) -> list[DocumentRecord]:
        """All documents, the failed ones included, by path."""
        return self._store.documents()

    def document(self, path: str) -> Document:
        """The stored text of a document with its map to places; `KeyError` when there is none of that path."""
        return self._store.document(path)

    def passages_within(self, patterns: Sequence[str]) -> Ids:
        """Ids of the passages of all documents whose path matches one of the patterns.

        A pattern is a path ("reports/2019.pdf"), a folder ("reports" or "reports/"), or has wildcards as in the shell
        ("reports/*.pdf"; "*" also matches "/").
        """
        chosen = [d.id for d in self.documents() if d.state == State.INDEXED and _matches(d.path, patterns)]
        return self._store.passage_ids(chosen)


def _matches(path: str, patterns: Sequence[str]) -> bool:
    for pattern in patterns:
        folder = pattern.rstrip("/") + "/"
        if path == pattern or path.startswith(folder) or fnmatchcase(path, pattern):
            return True
    return False
