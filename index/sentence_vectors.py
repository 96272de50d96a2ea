"""Vectors of the sentences of a passage: made at the sync, kept small, read when the passage is a candidate.

The best sentence of a passage says more of whether it answers than the passage as a whole, and the answer is chosen
among sentences; both need no model at the time of the question when their vectors are kept.

    unpacked(packed(vectors), dimension)    -> the same within .004 of each component, 388 bytes each for 384 dimensions
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from index.documents import Block, BlockKind, Span
from index.embedding import Vectors
from index.products import inner_products

__all__ = ["PackedSentences", "Sentenced", "Spread", "header_of", "packed", "sentence_texts", "unpacked"]

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


@dataclass(frozen=True, slots=True)
class PackedSentences:
    """The sentences of several passages, as they were packed: a question needs no more than their best cosines."""

    scales: NDArray[np.float32]
    """float32 (rows,), of all sentences one after the other."""
    steps: NDArray[np.int8]
    """int8 (rows, dimension)"""
    counts: NDArray[np.int64]
    """int64 (passages,): sentences of each passage."""

    @classmethod
    def of(cls, packed: Sequence[bytes], dimension: int) -> PackedSentences:
        """What `packed` gave for each passage; b"" for one without sentences."""
        counts = np.array([len(data) // (4 + dimension) for data in packed], dtype=np.int64)
        scales = b"".join([data[: 4 * count] for data, count in zip(packed, counts.tolist(), strict=True)])
        steps = b"".join([data[4 * count :] for data, count in zip(packed, counts.tolist(), strict=True)])
        return cls(np.frombuffer(scales, np.float32), np.frombuffer(steps, np.int8).reshape(-1, dimension), counts)

    def best_cosines(self, question: Vectors) -> NDArray[np.float32]:
        """Cosine of the question (float32 (1, dimension)) with the nearest sentence of each passage.

        float32 (passages,); nan for one without sentences.
        """
        best = np.full(len(self.counts), np.nan, dtype=np.float32)
        having = np.flatnonzero(self.counts)
        if len(having):
            cosines = inner_products(self.steps.astype(np.float32), question[0]) * self.scales
            starts = np.cumsum(self.counts[having]) - self.counts[having]
            best[having] = np.maximum.reduceat(cosines, starts)
        return best


def _with_header(passage: Sentenced, span: Span) -> str:
    words = passage.text[span.start - passage.start : span.end - passage.start]
    block = next((block for block in passage.blocks if block.start <= span.start < block.end), None)
    if block is None or block.kind is not BlockKind.ROW or block.header is None or block.header.start == block.start:
        return words
    return f"{header_of(passage, block)}\n{words}".lstrip()


def header_of(passage: Sentenced, row: Block) -> str:
    """The header above a row: from the passage where it holds it, else the last line of its context.

    That line is all of the context where the document has neither title nor headings, as a CSV file.
    """
    if row.header is None:
        return ""
    start, end = row.header.start - passage.start, row.header.end - passage.start
    if 0 <= start < end <= len(passage.text):
        return passage.text[start:end]
    return passage.context.rpartition("\n")[2]
