"""Many askers: a corpus whose questions are answered by several processes when they come at the same time.

    corpus = SharedCorpus("reports", askers=2)
    corpus.ask("Who was told to purge the army?")     # as `Corpus.ask`, whoever answers it

Most of answering is Python, of which one process runs one thread at a time: two processes answer twice as much on two
cores. They are started when questions first overlap, open the same index, which they read through the same mapped
files, and see what a sync commits. A question that is alone is answered where it was asked. One that is under way in a
process that dies is asked once more. Beyond `WAITING` questions the next is refused with a clear line, at once.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing.connection import wait
from typing import Any, TypeVar

from index.errors import TooBusy
from qa.answers import Answer, Hit
from qa.corpus import Corpus

__all__ = ["WAITING", "SharedCorpus", "cores"]

WAITING = 64
"""Questions that may be under way or wait: about a second of work on two cores."""

FULL = f"more than {WAITING} questions are being answered right now: ask again in a moment"

T = TypeVar("T")

_log = logging.getLogger(__name__)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class SharedCorpus(Corpus):
    """A `Corpus` for many people at once: `ask` and `search` raise `TooBusy` when too many wait already."""

    def __init__(self, *named: Any, askers: int | None = None, **settings: Any) -> None:
        """As `Corpus`. `askers`: processes that answer when questions overlap (default: one a core; below 2: none)."""
        super().__init__(*named, **settings)
        self._made = (named, settings)
        self._askers = cores() if askers is None else askers
        self._under_way = 0
        self._pool: ProcessPoolExecutor | None = None
        self._starting = False
        self._closed = False
        self._guard = threading.Lock()

    def ask(self, question: str, **asked: Any) -> Answer:
        """See `Corpus.ask`."""
        return self._answered("ask", super().ask, question, asked)

    def search(self, query: str, k: int = 10, **wanted: Any) -> list[Hit]:
        """See `Corpus.search`."""
        return self._answered("search", super().search, query, {"k": k, **wanted})

    def close(self) -> None:
        """End the processes; questions are answered here from now on."""
        with self._guard:
            self._closed, pool, self._pool = True, self._pool, None
        if pool:
            pool.shutdown(wait=False, cancel_futures=True)

    def _answered(self, name: str, here: Callable[..., T], question: str, asked: dict[str, Any]) -> T:
        with self._counted() as alone:
            pool = None if alone else self._started()
            if pool is not None:
                try:
                    future = pool.submit(_answer, name, question, asked)
                except RuntimeError as error:  # it was closed, or lost a process, a moment ago
                    self._lost(pool, error)
                    return here(question, **asked)
                try:
                    found: T = future.result()
                    return found
                except (BrokenProcessPool, CancelledError) as error:
                    self._lost(pool, error)
            return here(question, **asked)

    @contextmanager
    def _counted(self) -> Iterator[bool]:
        """Whether the question is the only one. Raises `TooBusy`."""
        with self._guard:
            if self._under_way >= WAITING:
                raise TooBusy(FULL)
            self._under_way += 1
            alone = self._under_way == 1
        try:
            yield alone
        finally:
            with self._guard:
                self._under_way -= 1

    def _started(self) -> ProcessPoolExecutor | None:
        """The processes; None until they are ready, which they get ready for in the background."""
        with self._guard:
            if self._pool is None and not self._starting and not self._closed and self._askers > 1:
                self._starting = True
                threading.Thread(target=self._start, name="askers", daemon=True).start()
            return self._pool

    def _start(self) -> None:
        spawned = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(self._askers, spawned, initializer=_open, initargs=self._made)
        try:
            for ready in [pool.submit(_is_ready) for _ in range(self._askers)]:
                ready.result()
        except Exception as error:  # without them everything is answered here
            _log.warning("no processes to answer in could be started: %s", error)
            pool.shutdown(wait=False)
            return
        with self._guard:
            self._starting = False
            if not self._closed:
                self._pool = pool
                return
        pool.shutdown(wait=False)

    def _lost(self, pool: ProcessPoolExecutor, error: Exception) -> None:
        """Leave a pool one of whose processes died; the next questions that overlap start another."""
        with self._guard:
            if self._pool is not pool:
                return
            self._pool = None
        _log.warning("a process that answers questions ended (%s): others are started", error)
        pool.shutdown(wait=False)


_OPENED: list[Corpus] = []


def _open(named: tuple[Any, ...], settings: dict[str, Any]) -> None:
    """In the new process: open the corpus, and end with the process that started it, which hears Ctrl-C."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    _OPENED[:] = [Corpus(*named, **settings)]


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(0)


def _is_ready() -> bool:
    return bool(_OPENED[0].model)


def _answer(name: str, question: str, asked: dict[str, Any]) -> Any:
    return getattr(_OPENED[0], name)(question, **asked)
