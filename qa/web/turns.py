"""A few at a time, first come, first served: work that would block runs in threads, what is too much is told so."""

from __future__ import annotations

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

from index.errors import TooBusy

__all__ = ["Gone", "Turns"]

LONGEST_RETRY_SECONDS = 30

T = TypeVar("T")


class Gone(Exception):
    """Nobody waits for the answer any more, and it was not begun."""


class _Call:
    """Something to be done, and who is told."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work, self.future = work, Future[Any]()

    def done(self) -> Callable[[], None]:
        """Do it; what is returned tells how it went."""
        if not self.future.set_running_or_notify_cancel():
            return lambda: None
        try:
            return partial(self.future.set_result, self.work())
        except BaseException as error:  # whoever waits is told, and the thread goes on
            return partial(self.future.set_exception, error)


class Turns:
    """`at_once` threads, and at most `waiting` calls that wait for one in the order they came.

    A call that has begun keeps its turn until it has ended, also when nobody waits for it any more: a thread cannot be
    stopped. One that has not begun gives its place up. The thread that was used last is used first: each keeps a
    connection to the index, whose pages are then in memory.
    """

    def __init__(self, at_once: int, waiting: int, *, name: str, option: str = "") -> None:
        """`option`: of the command, to let more wait; named to those who are turned away."""
        self.at_once, self.waiting = at_once, waiting
        self._name, self._option = name, option
        self._line: deque[_Call] = deque()
        self._threads: list[threading.Thread] = []
        self._idle: list[SimpleQueue[_Call | None]] = []
        self._taken = 0
        self._seconds = 0.0
        self._lock = threading.Lock()

    @property
    def taken(self) -> int:
        """Calls that are at work or wait."""
        return self._taken

    async def run(self, work: Callable[[], T], *, gone: Callable[[], Awaitable[None]] | None = None) -> T:
        """What `work` gives, done in a thread.

        `gone` ends when nobody waits for it any more. Raises `TooBusy` when it would have to wait behind too many,
        `Gone` when it was given up.
        """
        call = _Call(work)
        waits = self._take(call)
        answer: asyncio.Future[T] = asyncio.wrap_future(call.future)
        leaving = asyncio.ensure_future(gone()) if gone and waits else None  # what has begun goes on in any case
        try:
            if leaving:
                both: set[asyncio.Future[Any]] = {answer, leaving}
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                if not answer.done() and self._give_up(call):
                    raise Gone
            return await answer
        except asyncio.CancelledError:
            self._give_up(call)
            answer.cancel()
            raise
        finally:
            if leaving:
                leaving.cancel()

    def close(self, seconds: float) -> bool:
        """Begin nothing more; False when something that was begun takes longer than `seconds`."""
        until = time.monotonic() + seconds
        with self._lock:
            for call in self._line:
                call.future.cancel()
            self._taken -= len(self._line)
            self._line.clear()
            self.at_once = self.waiting = 0
            for idle in self._idle:
                idle.put(None)
            self._idle.clear()
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _take(self, call: _Call) -> bool:
        """Give it a thread, or a place in line, where it waits: True. Raises `TooBusy`."""
        with self._lock:
            if self._taken >= self.at_once + self.waiting:
                raise self._too_busy()
            if self._idle:
                self._idle.pop().put(call)
            elif len(self._threads) < self.at_once:
                name = f"{self._name}_{len(self._threads)}"
                thread = threading.Thread(target=self._work, args=(call,), name=name, daemon=True)
                thread.start()
                self._threads.append(thread)
            else:
                self._line.append(call)
            self._taken += 1
            return bool(self._line)

    def _give_up(self, call: _Call) -> bool:
        """Whether it had not begun; it never will."""
        with self._lock:
            if call not in self._line:
                return False
            self._line.remove(call)
            self._taken -= 1
            return True

    def _work(self, call: _Call | None) -> None:
        """What each thread does, `call` first."""
        mine: SimpleQueue[_Call | None] = SimpleQueue()
        while call:
            started = time.monotonic()
            tell = call.done()
            with self._lock:  # before anyone is told, who may ask again at once
                self._taken -= 1
                self._seconds += (time.monotonic() - started - self._seconds) / 8
                call = self._line.popleft() if self._line else None
                is_idle, is_over = call is None, not self.at_once
                if is_idle and not is_over:
                    self._idle.append(mine)
            tell()
            if is_idle:
                del tell  # nor is what it tells kept until there is something to do
                call = None if is_over else mine.get()

    def _too_busy(self) -> TooBusy:
        """With how long those who wait still take, as far as one can tell."""
        seconds = math.ceil(self._taken * self._seconds / max(self.at_once, 1))
        seconds = min(max(seconds, 1), LONGEST_RETRY_SECONDS)
        more = f" ({self._option} {self.waiting})" if self._option else ""
        error = TooBusy(
            f"{self._taken} questions are being answered or wait their turn, and no more may{more}: ask again in "
            f"{seconds} second{'s' if seconds > 1 else ''}"
        )
        error.retry_seconds = seconds
        return error
