"""An embedder without a model, for tests of everything that needs vectors but not their meaning."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

import numpy as np

from index.embedding.protocol import Vectors

WORD = re.compile(r"\w+")


class CountingEmbedder:
    """Hashed bags of words: texts that share words have a high cosine. Remembers the passages it embedded.

    CountingEmbedder().embed_passages(["the army", "army, the"])  -> two equal rows
    """

    def __init__(self, *, name: str = "counting", dimension: int = 64, max_tokens: int = 254) -> None:
        self.name = name
        self.fingerprint = f"{name}/{dimension}"
        self.dimension = dimension
        self.max_tokens = max_tokens
        self.embedded: list[str] = []

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """float32 (len(texts), dimension), unit rows; the texts are added to `embedded`."""
        self.embedded.extend(texts)
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(-1, self.dimension)

    def embed_question(self, text: str) -> Vectors:
        """float32 (1, dimension), unit row; not counted."""
        return self._vector(text).reshape(1, -1)

    def token_spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Character span of each word."""
        return [[match.span() for match in WORD.finditer(text)] for text in texts]

    def _vector(self, text: str) -> Vectors:
        words = [word.lower().encode() for word in WORD.findall(text)[: self.max_tokens]]
        counts = np.zeros(self.dimension, dtype=np.float32)
        for word in words or [b""]:
            counts[zlib.crc32(word) % self.dimension] += 1
        return counts / np.linalg.norm(counts)
