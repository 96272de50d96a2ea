"""Vectors of sentences, remembered between questions: the fixed sample, and what had to be embedded for a question."""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from index.embedding import Embedder, Vectors

__all__ = ["VectorMemory"]

T = TypeVar("T")

CAPACITY = 50_000
"""Sentences; 384 dimensions in half precision make 38 MB."""


STATES = 2
"""Kept of what is loaded for a state of an index: questions that began before a change go on with the one before."""


@dataclass(slots=True)
class _States:
    known: dict[tuple[str, int], Any] = field(default_factory=dict)
    """By name of the store, and number of the change."""
    lock: Lock = field(default_factory=Lock)


class VectorMemory:
    """The vectors of the sentences used last. Safe to share between threads."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._vectors: OrderedDict[str, NDArray[np.float16]] = OrderedDict()
        self._lock = Lock()
        self._of_state: defaultdict[str, _States] = defaultdict(_States)

    def of_state(
        self,
        name: str,
        store: str,
        change: int,
        load: Callable[[], T],
        follow: Callable[[T, int], T | None] | None = None,
    ) -> T:
        """What `load` gave under `name` for this change of this store; it is called once for each.

        `follow` may give it from what an earlier change had, and the number of that change; None where it cannot.
        """
        with self._lock:
            states = self._of_state[name]
        with states.lock:  # who asks meanwhile waits for what is being loaded, and does not load it too
            if (store, change) not in states.known:
                value = None
                earlier = [
                    (known, found) for (of, known), found in states.known.items() if of == store and known < change
                ]
                if follow and earlier:
                    value = follow(*max(earlier, key=lambda each: each[0])[::-1])
                states.known[store, change] = load() if value is None else value
                while len(states.known) > STATES:
                    states.known.pop(min(states.known, key=lambda key: (key[0] == store, key[1])))
            return cast(T, states.known[store, change])

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
