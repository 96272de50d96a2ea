"""Vectors of what is stored without: of passages first, by ascending id, then of their sentences.

A sync can end at any moment: what has no vector yet is found in the store by the next one, so that nothing that was
committed is embedded twice. The model works in a thread of its own and is always some batches ahead, while this one
reads the next texts and commits.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import accumulate, islice, takewhile
from types import TracebackType
from typing import NamedTuple

import numpy as np

from index.cadence import Cadence
from index.embedding import EmbedsAtOnce, EmbedsPassages, Vectors
from index.errors import IndexNotWritable
from index.sentence_vectors import sentence_texts
from index.splitting import embedding_text
from index.stores import Writer

__all__ = ["Following"]

FIRST_BATCH, MOST_BATCH = 64, 8192
"""Passages embedded in one call: few at first, so that something has its vectors soon."""

CALL_SECONDS = 1.0
"""A call that took less is followed by one of twice as many, because the model is idle for a moment at its end; one of
twice as long by one of half as many, because that is how long a stop waits."""

AHEAD = 2
"""Batches given to the model before the first of them is done."""

TOLD_SECONDS = 0.5
"""How long the model is waited for before it is said again how far the sync is, which is where it can be stopped."""

PASSAGES, SENTENCES = "vectors", "sentences"
"""Tables of the store."""


class _Batch(NamedTuple):
    """Texts to embed for some passages."""

    keys: list[bytes]
    texts: list[str]
    """Each once: headings, headers and signatures repeat."""
    rows: list[int]
    """Which of the texts, for all keys one after the other."""
    ends: list[int]
    """Where the rows of each key end."""
    passages: int
    """Whose turn it was; more than keys when passages repeat."""


_Done = tuple[_Batch, Vectors]


class Following:
    """Embeds what the store lacks of one kind; leaving its `with` block ends the thread."""

    def __init__(self, store: Writer, embedder: EmbedsPassages, table: str, after: int) -> None:
        """`after`: passages above this id are looked at."""
        self._store, self._embedder, self._table, self._after = store, embedder, table, after
        calls = embedder.calls_at_once if isinstance(embedder, EmbedsAtOnce) else 1
        self._pool = ThreadPoolExecutor(calls, thread_name_prefix="footnote-embed")
        self._under_way: deque[tuple[_Batch, Future[Vectors]]] = deque()
        self._unsaved: list[_Done] = []
        self._known: set[bytes] = set()
        self._size = FIRST_BATCH
        self.embedded = 0
        """Keys committed so far."""
        self.passages = 0
        """Passages that have their vectors by that."""
        self.cadence = Cadence()

    def __enter__(self) -> Following:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _, future in self._under_way:
            future.cancel()
        self._pool.shutdown()  # once the batch under way is done
        if error is not None:
            self._keep_what_is_done()

    @property
    def is_waiting(self) -> bool:
        """Whether the model has done something that can be gathered."""
        return bool(self._under_way) and self._under_way[0][1].done()

    def fill(self) -> None:
        """Give the model as much as it should have before it."""
        while len(self._under_way) < AHEAD and (batch := self._next()):
            if batch.texts:
                self._under_way.append((batch, self._pool.submit(self._embed, batch.texts)))
            else:
                self._unsaved.append((batch, np.empty((0, self._embedder.dimension), np.float32)))

    def gather(self) -> None:
        """Take what the model has done, without waiting for it."""
        while self.is_waiting:
            batch, future = self._under_way.popleft()
            self._unsaved.append((batch, future.result()))

    def save(self) -> None:
        """Store what was taken, in the transaction that is open."""
        for batch, vectors in self._unsaved:
            if self._table == PASSAGES:
                self._store.put_vectors(batch.keys, vectors[batch.rows])
            else:
                of_keys = np.split(vectors[batch.rows], batch.ends[:-1]) if batch.keys else []
                self._store.put_sentences(zip(batch.keys, of_keys, strict=True))
            self.embedded += len(batch.keys)
            self.passages += batch.passages
        self._unsaved.clear()
        self._known = {key for batch, _ in self._under_way for key in batch.keys}

    def run(self, tell: Callable[[], None]) -> None:
        """All that is left, committed now and then; `tell` is called again and again meanwhile."""
        self.fill()
        while self._under_way or self._unsaved:
            if self._under_way:
                wait([self._under_way[0][1]], TOLD_SECONDS)
            self.gather()
            self.fill()
            if self._unsaved and (self.cadence.is_due() or not self._under_way):
                with self._store.committing():
                    self.save()
                self.cadence.done()
            tell()

    def _keep_what_is_done(self) -> None:
        """A sync that is stopped loses nothing of what the model did."""
        done = (future for _, future in self._under_way)
        whole = list(takewhile(lambda future: not future.cancelled() and future.exception() is None, done))
        self._under_way = deque(islice(self._under_way, len(whole)))
        self.gather()
        with suppress(IndexNotWritable), self._store.committing():  # that may be why it ends
            self.save()

    def _next(self) -> _Batch | None:
        """The next passages whose turn it is; texts that are being embedded already are left out."""
        rows = self._store.due(self._table, self._after, self._size)
        if not rows:
            return None
        self._after = rows[-1][0]
        new = {key: passage for passage, key in rows if key not in self._known}
        self._known.update(new)
        texts = self._texts(list(new.values()))
        numbers: dict[str, int] = {}
        of_rows = [numbers.setdefault(text, len(numbers)) for of_one in texts for text in of_one]
        return _Batch(list(new), list(numbers), of_rows, list(accumulate(map(len, texts))), len(rows))

    def _embed(self, texts: Sequence[str]) -> Vectors:
        """In the model's thread."""
        began = time.monotonic()
        vectors = self._embedder.embed_passages(texts)
        took = time.monotonic() - began
        if took < CALL_SECONDS:
            self._size = min(2 * self._size, MOST_BATCH)
        elif took > 2 * CALL_SECONDS:
            self._size = max(self._size // 2, FIRST_BATCH)
        return vectors

    def _texts(self, ids: Sequence[int]) -> list[list[str]]:
        passages = self._store.passages(ids)
        if self._table == PASSAGES:
            return [[embedding_text(passage)] for passage in passages]
        return [sentence_texts(passage) for passage in passages]
