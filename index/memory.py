"""Vectors of sentences, remembered between questions: the fixed sample, and what had to be embedded for a question."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from index.embedding import Embedder, Vectors

__all__ = ["VectorMemory"]

T = TypeVar("T")

CAPACITY = 50_000
"""Sentences; 384 dimensions in half precision make 38 MB."""


class VectorMemory:
    """The vectors of the sentences used last. Safe to share between threads."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._vectors: OrderedDict[str, NDArray[np.float16]] = OrderedDict()
        self._lock = Lock()
        self._of_state: dict[str, tuple[str, int, Any]] = {}

    def of_state(self, name: str, store: str, change: int, load: Callable[[], T]) -> T:
        """What `load` gave under `name` for this change of this store; it is called once for each."""
        *known, value = self._of_state.get(name, ("", -1, None))
        if known != [store, change]:
            value = load()
            self._of_state[name] = (store, change, value)
        return cast(T, value)

    def vectors(self, texts: Sequence[str], embedder: Embedder) -> Vectors:
        """float32 (len(texts), d), unit rows, embedding only what is not remembered."""
        with self._lock:
            known = {text: self._vectors[text] for text in texts if text in self._vectors}
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            fresh = embedder.embed_passages(missing).astype(np.float16)
            known.update(zip(missing, fresh, strict=True))
        with self._lock:
            for text in dict.fromkeys(texts):
                self._vectors[text] = known[text]
                self._vectors.move_to_end(text)
            while len(self._vectors) > self._capacity:
                self._vectors.popitem(last=False)
        if not texts:
            return np.zeros((0, embedder.dimension), np.float32)
        return np.stack([known[text] for text in texts]).astype(np.float32)
