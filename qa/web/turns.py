"""A few at a time: work that would block the server runs in threads, and what is too much is told so at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

__all__ = ["Full", "Turns"]

T = TypeVar("T")


class Full(Exception):
    """Too many are waiting for their turn already."""


class Turns:
    """`at_once` threads, and at most `waiting` calls that wait for one.

    A call that nobody waits for any more keeps its turn until it has ended: a thread cannot be stopped.
    """

    def __init__(self, at_once: int, waiting: int, *, name: str) -> None:
        self._most = at_once + waiting
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix=name)
        self._taken = 0
        self._lock = Lock()

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` gives, done in a thread. Raises `Full` when it would have to wait behind too many."""
        with self._lock:
            if self._taken >= self._most:
                raise Full
            self._taken += 1
        future = self._threads.submit(work)
        future.add_done_callback(self._ended)
        return await asyncio.wrap_future(future)

    def _ended(self, _: Future[T]) -> None:
        with self._lock:
            self._taken -= 1
