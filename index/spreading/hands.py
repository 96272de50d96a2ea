"""The hands of a sync on a cluster: files and texts cut into calls, their results put together in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

import numpy as np

from index.crew import PATIENCE_SECONDS, ReadFile
from index.embedding import Embedder, Vectors, device_of
from index.errors import ModelError, ReadError, SettingError
from index.hands import Hands, Prepared
from index.scanning import FileFacts
from index.spreading.cluster import joined
from index.spreading.fitting import Facts
from index.spreading.job import Job
from index.spreading.wire import prepared_from_bytes
from index.spreading.workers import TRIES, WorkerLost, Workers

__all__ = ["SpreadEmbedder", "batched", "prepare", "spread"]

BATCH_BYTES = 2 << 20
"""Of files in one call at most, unless one file has more: a second's work or so."""

BATCH_FILES = 64
"""In one call at most."""

BATCHES_EACH = 8
"""Calls that each worker gets at least, where there are files enough: so that all end at about the same time."""

AHEAD = 3
"""Calls for each worker that are under way or done before their turn."""

HELD_BYTES = 256 << 20
"""Of results held before their turn, from which on no other call is begun."""

TEXTS = 512
"""Texts of one call at most, and"""

CHARACTERS = 1 << 16
"""their characters: a hundred passages, which take a core a second; on a GPU"""

GPU_SCALE = 16
"""times as many of both."""


@contextmanager
def spread(address: str, job: Job, load: Callable[[], Embedder], tell: Callable[[str], None]) -> Iterator[Hands]:
    """The hands of a Ray cluster for one sync.

    `address`: "auto" for one on this machine, which ends with the sync, or that of one that runs ("10.0.0.1:6379").
    `load` gives the model in this process; it is not asked where the model is to run on GPUs of the cluster, which this
    machine need not have. `tell` gets a few words of what takes long.
    Raises `ClusterError`, `ModelError`, `SettingError`.
    """
    if job.has_own_embedder:
        raise SettingError(
            "an embedder of one's own cannot be sent to a Ray cluster: name a model, or sync without ray"
        )
    device = device_of(job.model, job.device)
    on_gpu = device.startswith("cuda")
    order = job.order("cuda" if on_gpu else device)
    with joined(address, tell) as cluster:
        count = cluster.count(gpus=on_gpu)
        expected = None if on_gpu else _facts(load())
        tell(f"loading the model on {count} Ray {'worker' if count == 1 else 'workers'}")
        start = partial(cluster.start, gpus=on_gpu)
        with Workers(start, count, order, stop=cluster.stop, is_loss=cluster.is_loss, expected=expected) as workers:
            embedder = SpreadEmbedder(workers, workers.ready(), scale=GPU_SCALE if on_gpu else 1)
            yield Hands(embedder, job.settings, partial(prepare, workers), count)


class SpreadEmbedder:
    """Embeds passages on all workers at once."""

    calls_at_once = 2
    """While the last texts of one call are embedded, those of the next keep the other workers busy."""

    def __init__(self, workers: Workers, facts: Facts, *, scale: int = 1) -> None:
        """`scale`: how many times as many texts a worker gets at once as a core would."""
        self._workers, self._scale = workers, scale
        self.name, self.fingerprint, self.dimension, self.max_tokens = facts

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages: float32 (len(texts), dimension), unit rows, in the order given."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        calls = [
            (rows, self._workers.submit("embed", [texts[row] for row in rows])) for rows in _chunks(texts, self._scale)
        ]
        for rows, future in calls:
            try:
                vectors[rows] = future.result()
            except WorkerLost as error:
                raise ModelError(
                    f"{TRIES} Ray workers were lost one after the other while they embedded the same texts: look "
                    "whether their nodes have memory enough, and sync again; what was embedded is kept"
                ) from error
        return vectors


def prepare(workers: Workers, files: Sequence[FileFacts], languages: str) -> Iterator[Prepared | None]:
    """Read and split files on all workers, their results in the order of the files; see `index.hands.Prepare`."""
    batches = batched(files, workers.count)
    submit = partial(_submit, workers, languages)
    window: deque[tuple[list[FileFacts], Future[list[bytes]]]] = deque()
    while True:
        for batch in islice(batches, max(0, _room(window, AHEAD * workers.count))):
            window.append((batch, submit(batch)))
        if not window:
            return
        yield from _results(*window.popleft(), submit)


def batched(files: Sequence[FileFacts], workers: int) -> Iterator[list[FileFacts]]:
    """Files in runs for one call each: of few bytes and files, and so many runs that all workers have some."""
    most_bytes = min(BATCH_BYTES, sum(facts.size for facts in files) // (BATCHES_EACH * workers))
    most_files = max(1, min(BATCH_FILES, len(files) // (BATCHES_EACH * workers)))
    batch, size = list[FileFacts](), 0
    for facts in files:
        if batch and (len(batch) >= most_files or size + facts.size > most_bytes):
            yield batch
            batch, size = [], 0
        batch.append(facts)
        size += facts.size
    if batch:
        yield batch


def _facts(embedder: Embedder) -> Facts:
    return Facts(embedder.name, embedder.fingerprint, embedder.dimension, embedder.max_tokens)


def _submit(workers: Workers, languages: str, batch: Sequence[FileFacts], tries: int = 1) -> Future[list[bytes]]:
    """A run of files is given up with the first worker that it costs: which of them it was, each shows alone."""
    if len(batch) == 1 and tries == 1:
        tries = TRIES
    return workers.submit("prepare", [tuple(facts) for facts in batch], languages, tries=tries)


def _room(window: Sequence[tuple[Any, Future[list[bytes]]]], most: int) -> int:
    """Calls that may be begun."""
    done = (future for _, future in window if future.done() and future.exception() is None)
    held = sum(len(data) for future in done for data in future.result())
    return most - len(window) if held < HELD_BYTES or not window else 0


def _results(
    batch: list[FileFacts],
    future: Future[list[bytes]],
    submit: Callable[..., Future[list[bytes]]],
) -> Iterator[Prepared | None]:
    """What became of each file of a call; None again and again while it is waited for."""
    while not wait([future], PATIENCE_SECONDS).done:
        yield None
    try:
        for facts, data in zip(batch, future.result(), strict=True):
            yield prepared_from_bytes(data, facts)
    except WorkerLost:
        if len(batch) == 1:
            yield _given_up(batch[0])
            return
        for each in [([facts], submit([facts], TRIES - 1)) for facts in batch]:
            yield from _results(*each, submit)


def _given_up(facts: FileFacts) -> Prepared:
    """A file that cost so many workers; with times that never match, so that the next sync tries it again."""
    error = ReadError(
        f"{TRIES} Ray workers were lost one after the other at this file (killed, or out of memory): give their nodes "
        "more memory, save it in another format, or leave it out"
    )
    return Prepared(ReadFile(facts._replace(mtime_ns=0, ctime_ns=0), b"", error), [])


def _chunks(texts: Sequence[str], scale: int) -> Iterator[list[int]]:
    """Rows of the texts in chunks for one call each, texts of about the same length together."""
    chunk, size = list[int](), 0
    for row in sorted(range(len(texts)), key=lambda row: len(texts[row]), reverse=True):
        if chunk and (len(chunk) >= TEXTS * scale or size + len(texts[row]) > CHARACTERS * scale):
            yield chunk
            chunk, size = [], 0
        chunk.append(row)
        size += len(texts[row])
    if chunk:
        yield chunk
