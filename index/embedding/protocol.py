"""What the index asks of an embedding model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

__all__ = ["Embedder", "EmbedsAhead", "EmbedsAtOnce", "EmbedsPassages", "Vectors"]

Vectors = NDArray[np.float32]
"""float32 (n, d), unit rows: the inner product of two rows is their cosine."""


class EmbedsPassages(Protocol):
    """Passages to unit vectors, which is all that a sync asks. The same text always gives the same vector."""

    @property
    def name(self) -> str:
        """The model as the user names it, e.g. "all-MiniLM-L6-v2"."""

    @property
    def fingerprint(self) -> str:
        """Identity of the vectors: weights' digest, runtime and precision. Vectors of two fingerprints never mix."""

    @property
    def dimension(self) -> int:
        """Components of a vector."""

    @property
    def max_tokens(self) -> int:
        """Tokens of one text that the model reads, its special tokens not counted."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages: float32 (len(texts), dimension), unit rows, in the order given."""


class Embedder(EmbedsPassages, Protocol):
    """Text to unit vectors. The same text always gives the same vector, whatever it is batched with."""

    def embed_question(self, text: str) -> Vectors:
        """Vector of one question: float32 (1, dimension), unit row."""

    def token_spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Character span of each token of each text, special tokens left out and nothing truncated."""


@runtime_checkable
class EmbedsAhead(Protocol):
    """An embedder to which several questions together cost less than one after the other."""

    def embed_ahead(self, questions: Sequence[str]) -> None:
        """Make the vectors of questions that may be asked next; they are the same as alone."""


@runtime_checkable
class EmbedsAtOnce(Protocol):
    """An embedder whose `embed_passages` several threads may call, and which works more when they do."""

    @property
    def calls_at_once(self) -> int:
        """How many calls keep it busy."""
