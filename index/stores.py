"""What an index is kept in, as seen by whoever asks it and by whoever keeps it in step with a folder.

Two stores do what is written here: the folder beside the documents (SQLite and what is derived from it: `index.store`,
`index.writing`, `index.derived`), and a server (`index.milvus`). Reading, splitting, embedding, ranking and citing are
the same code above both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Floats
from index.documents import Document
from index.known_files import KnownFile
from index.scanning import FileFacts
from index.schema import DocumentRecord, PassageRecord
from index.splitting import Passage
from index.spread import Spread

__all__ = ["Facts", "FoundNear", "Ids", "LexicalSide", "Named", "Reader", "Scores", "Searched", "VectorSide", "Writer"]

Ids = NDArray[np.int64]
"""int64 (n,): passage ids. Those of one document follow each other in reading order."""

T = TypeVar("T")
OfState = Callable[..., Any]
"""`of_state(name, load, follow)`: what `load` gave for this state of the index; see `VectorMemory.of_state`."""


class Facts(Protocol):
    """What a store says of itself and of the files in it."""

    def meta(self, name: str) -> str | None:
        """A fact stored with the index."""

    def known_files(self, scope: Sequence[bytes] | None = None) -> dict[bytes, KnownFile]:
        """Every file the index knows, by name; with a `scope` only these files and what lies below these folders."""

    def counts(self) -> tuple[int, int]:
        """Documents indexed, passages."""


class Named(Protocol):
    """What the names of documents say; see `index.names`."""

    def evidence(self, question: str, documents: Ids) -> NDArray[np.float64]:
        """The summed idf of the words of the question that are in the name of each document: float64 (n,)."""


class Reader(Protocol):
    """Documents and passages of one state of an index."""

    def identity(self) -> str:
        """Name of this store, which no other has; another one after a rebuild."""

    def names(self, of_state: OfState) -> Named:
        """The names of its documents."""

    def packed_sentences(self, ids: Sequence[int]) -> dict[int, bytes]:
        """The vectors of the sentences of passages, packed; none where they are not embedded yet."""

    def passages(self, ids: Sequence[int]) -> list[PassageRecord]:
        """The passages of `ids`, in that order. Raises `StoreError` when one is not there: nothing is skipped."""

    def neighbours(self, document: int, start: int, end: int) -> list[int]:
        """Ids of the passages of a document that touch the characters `start` to `end`, in order."""

    def documents(self) -> list[DocumentRecord]:
        """All documents, the failed ones included, by path."""

    def record(self, path: str) -> DocumentRecord | None:
        """The document of that path, whatever its state; None when there is none."""

    def document(self, path: str) -> Document:
        """The stored text and layout of one document. Raises `KeyError` when there is none of that path."""

    def file_of(self, path: str) -> tuple[bytes, bytes]:
        """Name below the corpus and SHA-256 of a document's file. Raises `KeyError` when there is none of that path."""

    def passages_within(self, patterns: Sequence[str], of_state: OfState) -> Ids:
        """Ids of the passages of all documents that one of the patterns means (`index.choosing`), ascending."""


class FoundNear(Protocol):
    """Passages nearest to a question, best first."""

    @property
    def ids(self) -> Ids:
        """Which."""


class VectorSide(Protocol):
    """Search by meaning."""

    def __len__(self) -> int:
        """Passages that have vectors."""

    def search(self, question: Floats, k: int, among: Ids | None = None) -> FoundNear:
        """The `k` passages nearest to `question` (float32 (1, d), unit row), best first."""

    def cosines(self, question: Floats, ids: Ids) -> Floats:
        """Cosine of the question with each passage: float32 (len(ids),); nan for those without a vector."""

    def spread(self, question: Floats) -> tuple[float, float]:
        """Mean and standard deviation of the question's cosine over a fixed sample of passages."""

    def sample_ids(self, count: int) -> Ids:
        """Passages of a fixed sample, the same however the index came about: int64 (`count` or fewer,)."""


class Scores(Protocol):
    """What the words of one question say of passages, and of the documents they stand in."""

    @property
    def idf(self) -> dict[str, float]:
        """Idf over passages of each distinct term, or the share of it that the term keeps."""

    @property
    def passages(self) -> Spread:
        """Mean and deviation of BM25 over all passages, zeros included."""

    @property
    def documents(self) -> Spread:
        """The same over all documents."""

    def foresee(self) -> None:
        """Compute now what `passages` and `documents` will give."""


class LexicalSide(Protocol):
    """Search by words. Only scores that it gave are given to it."""

    @property
    def living(self) -> int:
        """Passages that can be found."""

    def score(self, question_terms: Iterable[str], shares: Mapping[str, float] | None = None) -> Any:
        """BM25 for the distinct terms given (`Scores`); `shares`: how much of their weight terms keep, 1 by default."""

    def best(self, scores: Any, k: int, among: Ids | None = None) -> Ids:
        """Ids of the `k` best passages that share a term with the question, best first; of equals, by lowest key."""

    def of_passages(self, scores: Any, ids: Ids) -> Floats:
        """The scores of passages: float32 (len(ids),)."""

    def of_documents(self, scores: Any, ids: Ids) -> Floats:
        """The scores of the documents that passages stand in: float32 (len(ids),)."""

    def documents_of(self, ids: Ids) -> Ids:
        """Id of the document that each passage stands in."""

    def keys_of(self, ids: Ids) -> NDArray[np.uint64]:
        """A number for what each passage says: uint64 (len(ids),)."""

    def around(self, ids: Ids, distances: Sequence[int]) -> NDArray[np.int64]:
        """The passages so far after (before, when negative) each of `ids`: int64 (len(distances), len(ids)) or -1."""

    def holding(self, terms: Iterable[str]) -> Ids:
        """Ids of passages that hold every one of the terms, ascending; none for no terms."""

    def spelt_like(self, word: str, term: str) -> tuple[str, list[str]] | None:
        """The term of the corpus that a misspelt `word`, whose term is `term`, may have meant, and spellings of it."""


class Searched(Protocol):
    """Everything to search one state of an index."""

    @property
    def change(self) -> int:
        """Number of the change this state is of; equal numbers, equal answers."""

    @property
    def vectors(self) -> VectorSide:
        """By meaning."""

    @property
    def lexical(self) -> LexicalSide:
        """By words."""


class Writer(Facts, Protocol):
    """The one who changes an index. What is done in a `committing` block is kept as a whole, or not at all."""

    whole_documents: bool
    """Whether a document is put in with all its vectors, instead of vectors following."""

    def committing(self, *, visible: bool = True) -> AbstractContextManager[None]:
        """One durable commit; the change number rises when anything changed that readers see."""

    def set_meta(self, name: str, value: str) -> None:
        """Store a fact with the index."""

    def passages(self, ids: Sequence[int]) -> list[PassageRecord]:
        """The passages of `ids`, in that order."""

    def last_passage(self) -> int:
        """The highest passage id; 0 when there is none."""

    def put_document(
        self,
        facts: FileFacts,
        digest: bytes,
        recipe: str,
        document: Document,
        passages: Sequence[tuple[bytes, Passage]],
    ) -> None:
        """Store a document with its (key, passage) pairs, in place of what the file held before."""

    def put_failed(self, facts: FileFacts, digest: bytes, recipe: str, reason: str) -> None:
        """Record that a file could not be read; what it held before is no longer found."""

    def renamed(self, known: KnownFile, facts: FileFacts) -> None:
        """The same bytes stand under another name."""

    def touched(self, known: KnownFile, facts: FileFacts) -> None:
        """The same bytes under the same name, with new times."""

    def remove(self, document: int) -> None:
        """Forget a document and its passages."""

    def clear(self) -> None:
        """Forget every document, passage and vector: the way of making them has changed."""

    def missing_vectors(self, keys: Sequence[bytes]) -> list[bytes]:
        """Those of `keys` that have no vector yet, each once, in order."""

    def put_vectors(self, keys: Sequence[bytes], vectors: NDArray[np.float32]) -> None:
        """Store vectors (float32 (len(keys), dimension)) of passages by their keys, in half precision."""

    def put_sentences(self, vectors: Iterable[tuple[bytes, NDArray[np.float32]]]) -> None:
        """Store the vectors (float32 (sentences, dimension)) of the sentences of passages, by passage key."""

    def due(self, table: str, after: int, most: int) -> list[tuple[int, bytes]]:
        """Id and key of the first `most` passages above `after` of which `table` (vectors, sentences) has nothing."""

    def count_due(self, table: str, after: int) -> int:
        """How many passages above `after` it has nothing of."""

    def drop_unused_vectors(self, *, all_of_them: bool = False) -> None:
        """Delete vectors that no passage uses: those of removed documents, or after a crash all of them."""
