"""The optional last stage of retrieval: a cross-encoder reads the best passages once more, as long as time allows.

What it says decides the order; the fused scores stay where they are, because confidence is fitted on their scale:

    passages a b c d, scores 4 3 2 1; the reranker prefers c to a to b, and has no time for d
    -> passages c a b d, scores 4 3 2 1
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from index import PassageRecord
from qa.retrieve import Retrieved

__all__ = ["RESCORED", "SECONDS", "Reranker", "Reranking", "reranked"]

RESCORED = 30
"""Passages that are read again at most."""

SECONDS = 1.0
"""Time for it by default: about 30 passages of 170 tokens, by a cross-encoder of 6 layers and 384 dimensions on two
cores (measured: 20 to 50 ms each, as busy as they are)."""

BATCH_PASSAGES = 4
"""Passages read between two looks at the clock."""

SHARE = 0.7
"""Of the reranker in the order; the fused score has the rest, so that a number or name asked for literally still
counts. Not measured: no trained cross-encoder was at hand."""

Floats = NDArray[np.float32]


class Reranker(Protocol):
    """A model that reads a question and a passage together."""

    @property
    def name(self) -> str:
        """The model as the user names it."""

    def scores(self, question: str, passages: Sequence[str]) -> Floats:
        """How well each passage answers: float32 (len(passages),), any scale, higher is better."""


class Reranking:
    """A reranker, loaded at the first question, with the time it is given. Threads may share it."""

    def __init__(self, reranker: str | Reranker, seconds: float = SECONDS, device: str | None = None) -> None:
        """`reranker`: a sentence-transformers cross-encoder by name or folder, or one that is loaded."""
        self._named, self._seconds, self._device = reranker, seconds, device
        self._lock = threading.Lock()

    def best(self, retrieved: Retrieved, question: str, k: int) -> Retrieved:
        """The `k` best of `retrieved` after reading them again. Raises `ModelError` when there is no such model."""
        return _first(reranked(retrieved, self._loaded(), question, seconds=self._seconds), k)

    def _loaded(self) -> Reranker:
        with self._lock:
            if isinstance(self._named, str):
                from index.embedding.crossencoder import load_reranker

                self._named = load_reranker(self._named, device=self._device)
            return self._named


def reranked(retrieved: Retrieved, reranker: Reranker, question: str, *, seconds: float) -> Retrieved:
    """The same passages, the first of them in the order that `reranker` and the fused scores agree on.

    Passages are read best first until `seconds` are over; those it had no time for keep their places below.
    """
    said = _within(seconds, reranker, question, [_read(passage) for passage in retrieved.passages[:RESCORED]])
    if len(said) < 2 or not np.isfinite(said).all():
        return retrieved
    agreed = SHARE * _standardised(said) + (1 - SHARE) * _standardised(retrieved.scores[: len(said)])
    order = np.argsort(-agreed, kind="stable")
    return _taken(retrieved, [*order.tolist(), *range(len(said), len(retrieved.passages))])


def _within(seconds: float, reranker: Reranker, question: str, texts: Sequence[str]) -> Floats:
    """Scores of as many texts as can be read in time; no batch is begun that would likely end too late."""
    started, longest = time.monotonic(), 0.0
    scores: list[Floats] = [np.zeros(0, np.float32)]
    for at in range(0, len(texts), BATCH_PASSAGES):
        begun = time.monotonic()
        if begun - started + longest >= seconds:
            break
        scores.append(reranker.scores(question, texts[at : at + BATCH_PASSAGES]))
        longest = max(longest, time.monotonic() - begun)
    return np.concatenate(scores)


def _read(passage: PassageRecord) -> str:
    return f"{passage.context}\n{passage.text}" if passage.context else passage.text


def _standardised(scores: Floats) -> Floats:
    """Standard deviations above their own mean; all 0 where they are equal."""
    deviation = float(scores.std())
    return (scores - scores.mean()) / deviation if deviation > 1e-9 else np.zeros_like(scores)


def _taken(retrieved: Retrieved, order: Sequence[int]) -> Retrieved:
    """The passages in another order, with what belongs to each; the scores stay, so that they descend."""
    moved = {name: values[list(order)] for name, values in _arrays(retrieved).items() if name != "scores"}
    return replace(retrieved, passages=[retrieved.passages[at] for at in order], **moved)


def _first(retrieved: Retrieved, k: int) -> Retrieved:
    kept = {name: values[:k] for name, values in _arrays(retrieved).items()}
    return replace(retrieved, passages=retrieved.passages[:k], **kept)


def _arrays(retrieved: Retrieved) -> dict[str, Any]:
    """What there is for each passage: the arrays of (n,), whichever retrieval gives."""
    values = {field.name: getattr(retrieved, field.name) for field in fields(retrieved)}
    return {name: value for name, value in values.items() if isinstance(value, np.ndarray) and value.ndim == 1}
