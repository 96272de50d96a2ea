"""Vectors of the sentences of a passage: made at the sync, kept small, read when the passage is a candidate.

The best sentence of a passage says more of whether it answers than the passage as a whole, and the answer is chosen
among sentences; both need no model at the time of the question when their vectors are kept.

    unpacked(packed(vectors), dimension)    -> the same within .004 of each component, 388 bytes each for 384 dimensions
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from index.documents import Block, BlockKind, Span
from index.embedding import Vectors

__all__ = ["Sentenced", "Spread", "best_cosines", "header_of", "packed", "sentence_texts", "unpacked"]

_LEVELS = 127


class Sentenced(Protocol):
    """What of a passage its sentences are taken from."""

    @property
    def start(self) -> int:
        """First character, in the document's text."""

    @property
    def text(self) -> str:
        """The passage's text."""

    @property
    def context(self) -> str:
        """Title and heading path; below it the header of a table that the passage goes on with."""

    @property
    def sentences(self) -> tuple[Span, ...]:
        """In characters of the document's text."""

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The document's blocks, cut to the passage."""


class Spread(NamedTuple):
    """How the best sentence cosine of a question is spread over a fixed sample of passages."""

    mean: float
    deviation: float


def sentence_texts(passage: Sentenced) -> list[str]:
    """What is embedded for each sentence: its words; for a row of a table the header comes first."""
    return [_with_header(passage, span) for span in passage.sentences]


def packed(vectors: Vectors) -> bytes:
    """float32 (n, d) as n scales (float32) and n rows of d steps (int8)."""
    scales = np.maximum(np.abs(vectors).max(axis=1, initial=0.0), 1e-9).astype(np.float32) / _LEVELS
    steps = np.rint(vectors / scales[:, None]).astype(np.int8)
    return bytes(scales.tobytes() + steps.tobytes())


def unpacked(data: bytes, dimension: int) -> Vectors:
    """What `packed` made of float32 (n, dimension)."""
    count = len(data) // (4 + dimension)
    scales = np.frombuffer(data, np.float32, count)
    steps = np.frombuffer(data, np.int8, count * dimension, offset=4 * count)
    return steps.reshape(count, dimension).astype(np.float32) * scales[:, None]


def best_cosines(question: Vectors, sentences: Sequence[Vectors]) -> NDArray[np.float32]:
    """Cosine of the question with the nearest sentence of each passage: float32 (n,); nan for one without sentences."""
    best = np.full(len(sentences), np.nan, dtype=np.float32)
    counts = np.array([len(vectors) for vectors in sentences], dtype=np.int64)
    having = np.flatnonzero(counts)
    if len(having):
        cosines = np.concatenate([vectors for vectors in sentences if len(vectors)]) @ question[0]
        starts = np.cumsum(counts[having]) - counts[having]
        best[having] = np.maximum.reduceat(cosines, starts)
    return best


def _with_header(passage: Sentenced, span: Span) -> str:
    words = passage.text[span.start - passage.start : span.end - passage.start]
    block = next((block for block in passage.blocks if block.start <= span.start < block.end), None)
    if block is None or block.kind is not BlockKind.ROW or block.header is None or block.header.start == block.start:
        return words
    return f"{header_of(passage, block)}\n{words}".lstrip()


def header_of(passage: Sentenced, row: Block) -> str:
    """The header above a row: from the passage where it holds it, else from its context; "" when neither does."""
    if row.header is None:
        return ""
    start, end = row.header.start - passage.start, row.header.end - passage.start
    if 0 <= start < end <= len(passage.text):
        return passage.text[start:end]
    return passage.context.partition("\n")[2]
