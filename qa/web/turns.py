"""A few at a time, first come, first served: work that would block runs in threads, what is too much is told so."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar

from index.errors import TooBusy

__all__ = ["Gone", "Turns"]

LONGEST_RETRY_SECONDS = 30

T = TypeVar("T")


class Gone(Exception):
    """Nobody waits for the answer any more, and it was not begun."""


class Turns:
    """`at_once` threads, and at most `waiting` calls that wait for one in the order they came.

    A call that has begun keeps its turn until it has ended, also when nobody waits for it any more: a thread cannot be
    stopped. One that has not begun gives its place up.
    """

    def __init__(self, at_once: int, waiting: int, *, name: str, option: str = "") -> None:
        """`option`: of the command, to let more wait; named to those who are turned away."""
        self.at_once, self.waiting = at_once, waiting
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix=name)
        self._option = option
        self._taken = 0
        self._seconds = 0.0
        self._lock = Lock()

    @property
    def taken(self) -> int:
        """Calls that are at work or wait."""
        return self._taken

    async def run(self, work: Callable[[], T], *, gone: Callable[[], Awaitable[None]] | None = None) -> T:
        """What `work` gives, done in a thread.

        `gone` ends when nobody waits for it any more. Raises `TooBusy` when it would have to wait behind too many,
        `Gone` when it was given up.
        """
        with self._lock:
            if self._taken >= self.at_once + self.waiting:
                raise self._too_busy()
            self._taken += 1
        future = self._threads.submit(self._timed, work)
        future.add_done_callback(self._ended)
        answer = asyncio.wrap_future(future)
        if gone is None:
            return await answer
        leaving = asyncio.ensure_future(gone())
        try:
            both: set[asyncio.Future[Any]] = {answer, leaving}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done() and future.cancel():
                raise Gone
            return await answer
        finally:
            leaving.cancel()

    def _timed(self, work: Callable[[], T]) -> T:
        started = time.monotonic()
        try:
            return work()
        finally:
            self._seconds += (time.monotonic() - started - self._seconds) / 8

    def _ended(self, _: Future[T]) -> None:
        with self._lock:
            self._taken -= 1

    def _too_busy(self) -> TooBusy:
        """With how long those who wait still take, as far as one can tell."""
        seconds = min(max(math.ceil(self._taken * self._seconds / self.at_once), 1), LONGEST_RETRY_SECONDS)
        more = f" ({self._option} {self.waiting})" if self._option else ""
        error = TooBusy(
            f"{self._taken} questions are being answered or wait their turn, and no more may{more}: ask again in "
            f"{seconds} second{'s' if seconds > 1 else ''}"
        )
        error.retry_seconds = seconds
        return error
