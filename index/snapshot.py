"""The read side's view of an index: one consistent state of documents, passages and scores.

`qa` asks it for candidates, texts and vectors, and never sees a path, a row of FAISS or a database handle.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from index.documents import Document
from index.embedding import Embedder, Vectors
from index.memory import VectorMemory
from index.schema import DocumentRecord, PassageRecord
from index.sentence_vectors import PackedSentences, Spread, unpacked
from index.stores import Ids, Reader, Scores, Searched

__all__ = ["Snapshot"]

K = TypeVar("K")
T = TypeVar("T")

SENTENCE_SAMPLE = 256
"""Passages whose sentences tell how a question's sentence cosines are spread: as good as 2,000 (nDCG within .001)."""


ASKED_KEPT = 3
"""Questions, and lists of terms, that a snapshot remembers: its own, and it with words carried over or spelt well."""


@dataclass(frozen=True)
class Snapshot:
    """One state of an index, valid inside the `with` block that gave it."""

    _store: Reader
    _searched: Searched
    _embedder: Embedder
    _memory: VectorMemory
    _asked: dict[str, Vectors] = field(default_factory=dict)
    """What was embedded of the question that this is for: several steps ask the same."""
    _scored: dict[tuple[tuple[str, ...], tuple[tuple[str, float], ...]], Scores] = field(default_factory=dict)
    """The same of its terms."""

    _sentences: dict[int, bytes] = field(default_factory=dict)
    """Sentences as they are packed, of passages they were read of."""

    @property
    def change(self) -> int:
        """Number of the change this state is of; equal numbers, equal answers."""
        return self._searched.change

    def __len__(self) -> int:
        """Passages that can be found."""
        return self._searched.lexical.living

    @property
    def by_words_only(self) -> int:
        """Passages that are found by their words alone, because a sync has not made their vectors yet."""
        return len(self) - len(self._searched.vectors)

    def embed_question(self, question: str) -> Vectors:
        """float32 (1, d), unit row."""
        return _once(self._asked, question, lambda: self._embedder.embed_question(question))

    def embed_sentences(self, sentences: Sequence[str]) -> Vectors:
        """float32 (len(sentences), d), unit rows; those embedded before come from memory."""
        return self._memory.vectors(sentences, self._embedder)

    def nearest(self, question: Vectors, k: int, among: Ids | None = None) -> Ids:
        """Ids of the `k` passages nearest to the question vector, best first."""
        return self._searched.vectors.search(question, k, among).ids

    def cosines(self, question: Vectors, ids: Ids) -> NDArray[np.float32]:
        """Cosine of the question with each passage: float32 (len(ids),); nan for one without a vector yet."""
        return self._searched.vectors.cosines(question, ids)

    def cosine_spread(self, question: Vectors) -> tuple[float, float]:
        """Mean and standard deviation of the question's cosine over a fixed sample of passages."""
        return self._searched.vectors.spread(question)

    def lexical_scores(self, terms: Sequence[str], shares: Mapping[str, float] | None = None) -> Scores:
        """BM25 of all passages and documents for the terms of a question.

        `shares`: how much of their weight terms keep; 1 for those it leaves out.
        """
        key = (tuple(terms), tuple(sorted((shares or {}).items())))
        return _once(self._scored, key, lambda: self._searched.lexical.score(terms, shares))

    def lexical_best(self, scores: Scores, k: int, among: Ids | None = None) -> Ids:
        """Ids of the `k` passages with the highest BM25 above 0, best first."""
        return self._searched.lexical.best(scores, k, among)

    def lexical_of(self, scores: Scores, ids: Ids) -> NDArray[np.float32]:
        """BM25 of each passage: float32 (len(ids),)."""
        return self._searched.lexical.of_passages(scores, ids)

    def lexical_of_documents(self, scores: Scores, ids: Ids) -> NDArray[np.float32]:
        """BM25 of the document that each passage stands in: float32 (len(ids),)."""
        return self._searched.lexical.of_documents(scores, ids)

    def holding(self, terms: Sequence[str], among: Ids | None = None) -> Ids:
        """Ids of the passages that hold every one of the terms, ascending."""
        found = self._searched.lexical.holding(terms)
        return found if among is None else found[np.isin(found, among)]

    def named(self, question: str, ids: Ids) -> NDArray[np.float64]:
        """How much of the name of its document stands in the question, for each passage: float64 (len(ids),).

        See `index.names`.
        """
        return self._store.names(self._of_state).evidence(question, self.documents_of(ids))

    def keys_of(self, ids: Ids) -> NDArray[np.uint64]:
        """A number for what each passage says: the same text has the same, whatever its id: uint64 (len(ids),)."""
        return self._searched.lexical.keys_of(ids)

    def documents_of(self, ids: Ids) -> Ids:
        """Id of the document that each passage stands in: int64 (len(ids),)."""
        return self._searched.lexical.documents_of(ids)

    def spelt_like(self, word: str, term: str) -> tuple[str, str] | None:
        """The term of the corpus that a misspelt `word`, whose term is `term`, may have meant, and a spelling of it.

        Of several spellings, the first that the model knows whole.
        """
        if (like := self._searched.lexical.spelt_like(word, term)) is None:
            return None
        meant, words = like
        return meant, next((other for other in words if len(words) > 1 and self.is_word(other)), words[0])

    def is_word(self, word: str) -> bool:
        """Whether the model knows the word whole: common words and names are, misspellings are not."""
        return len(self._embedder.token_spans([word])[0]) == 1

    def surrounding_cosines(self, question: Vectors, ids: Ids, reach: int) -> NDArray[np.float32]:
        """Mean cosine of the question with up to `reach` passages on either side of each passage in its document.

        float32 (len(ids),); nan for a passage that is alone in its document, or whose neighbours have no vectors yet.
        """
        distances = (*range(-reach, 0), *range(1, reach + 1))
        others = self._searched.lexical.around(ids, distances)
        there = others >= 0
        each, place_of = np.unique(others[there], return_inverse=True)
        cosines = np.zeros(others.shape)
        cosines[there] = self._searched.vectors.cosines(question, each)[place_of]
        there &= ~np.isnan(cosines)
        counts, sums = there.sum(axis=0), np.where(there, cosines, 0.0).sum(axis=0)
        mean: NDArray[np.float64] = np.divide(sums, counts, out=np.full(len(ids), np.nan), where=counts > 0)
        return mean.astype(np.float32)

    def sentence_vectors(self, ids: Ids) -> list[Vectors]:
        """Vectors of the sentences of each passage: float32 (sentences, d); (0, d) where none are embedded yet."""
        found = self._read(ids.tolist())
        return [unpacked(found[passage], self._embedder.dimension) for passage in ids.tolist()]

    def best_sentences(self, question: Vectors, ids: Ids) -> NDArray[np.float32]:
        """Cosine of the question with the nearest sentence of each passage: float32 (len(ids),).

        nan where none are embedded yet.
        """
        return self._packed(ids).best_cosines(question)

    def sentence_spread(self, question: Vectors) -> Spread:
        """Mean and standard deviation of the best sentence cosine over a fixed sample of passages."""
        best = self._of_state("sample", self._sampled).best_cosines(question)
        best = best[~np.isnan(best)]
        return Spread(float(best.mean()), float(best.std())) if len(best) else Spread(0.0, 0.0)

    def foresee(self, ids: Ids) -> None:
        """Read now what will be asked for of the sentences of these passages."""
        self._read(ids.tolist())

    def _packed(self, ids: Ids) -> PackedSentences:
        found = self._read(ids.tolist())
        return PackedSentences.of([found[passage] for passage in ids.tolist()], self._embedder.dimension)

    def _read(self, ids: Sequence[int]) -> dict[int, bytes]:
        """The packed sentences of these passages, and maybe of others; b"" where none are embedded yet."""
        missing = [passage for passage in ids if passage not in self._sentences]
        found = self._store.packed_sentences(missing) if missing else {}
        self._sentences.update((passage, found.get(passage, b"")) for passage in missing)
        return self._sentences

    def _of_state(self, name: str, load: Callable[[], T], follow: Callable[[T, int], T | None] | None = None) -> T:
        return self._memory.of_state(name, self._store.identity(), self.change, load, follow)

    def _sampled(self) -> PackedSentences:
        return self._packed(self._searched.vectors.sample_ids(SENTENCE_SAMPLE))

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

    def record(self, path: str) -> DocumentRecord | None:
        """The document of that path, a failed one too; None when there is none."""
        return self._store.record(path)

    def document(self, path: str) -> Document:
        """The stored text of a document with its map to places; `KeyError` when there is none of that path."""
        return self._store.document(path)

    def passages_within(self, patterns: Sequence[str]) -> Ids:
        """Ids of the passages of all documents whose path matches one of the patterns; see `index.choosing`."""
        known: dict[tuple[str, ...], Ids] = self._of_state("within", dict)
        return _once(known, tuple(patterns), lambda: self._store.passages_within(patterns, self._of_state))


def _once(known: dict[K, T], key: K, make: Callable[[], T]) -> T:
    """What is known under `key`, else what `make` gives; the last `ASKED_KEPT` are remembered."""
    found = known.get(key)
    if found is None:
        found = make()
        for old in list(known)[: max(0, len(known) + 1 - ASKED_KEPT)]:
            known.pop(old, None)
        known[key] = found
    return found
