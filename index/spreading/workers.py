"""The workers of a cluster, kept busy: calls wait in one queue, and those of a lost worker are given to another.

Each worker does one call after the other and has the next one with it. When it is lost, the call it was at may be why:
that one is tried so many times and then fails; those behind it go back to the queue as if nothing had been.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any

from index.errors import ClusterError
from index.spreading.fitting import Facts, facts_of, misfit

__all__ = ["TRIES", "WorkerLost", "Workers"]

TRIES = 3
"""Workers that one call may cost before it fails, and that may be lost while they start."""

AHEAD = 2
"""Calls that a worker has at most: the one it is at, and the next, so that it never waits for the network."""

START_SECONDS = 120.0
"""Without any worker that answers, after which it is given up: the nodes may be busy or starting, or all be gone."""

LOOK_SECONDS = 1.0
"""Between two looks whether that is so."""

_STARTING = ("greet", "load")


class WorkerLost(Exception):
    """A call was given up, because each worker that it was given to was lost."""


@dataclass(slots=True, eq=False)
class _Call:
    method: str
    arguments: tuple[Any, ...]
    tries: int
    future: Future[Any] = field(default_factory=Future)
    under_way: Any = None
    """Ray's reference to the result: while it is held, Ray keeps that."""


@dataclass(slots=True, eq=False)
class _Worker:
    actor: Any
    calls: deque[_Call] = field(default_factory=deque)
    """In the order in which it does them."""
    has_answered: bool = False
    is_ready: bool = False


class Workers:
    """So many workers as long as the `with` block lasts; threads may share them."""

    def __init__(
        self,
        start: Callable[[], Any],
        count: int,
        order: dict[str, Any],
        *,
        stop: Callable[[Any], None],
        is_loss: Callable[[BaseException], bool],
        expected: Facts | None = None,
    ) -> None:
        """`start` and `stop` one actor (a `Bench`), `is_loss`: whether an error means that the actor is gone.

        `order`: see `Job.order`. `expected`: what the model of this process is, which the workers' must be, too.
        """
        self.count = count
        self._start, self._stop, self._is_loss = start, stop, is_loss
        self._order = order
        self._lock = threading.Lock()
        self._workers: list[_Worker] = []
        self._waiting: deque[_Call] = deque()
        self._events: SimpleQueue[tuple[_Worker, _Call, Future[Any]] | None] = SimpleQueue()
        self._lost_starts = 0
        self._broken: BaseException | None = None
        self._facts: Facts | None = expected
        self._alive_at = time.monotonic()
        self._ready: Future[Facts] = Future()
        self._thread = threading.Thread(target=self._work, name="footnote-workers", daemon=True)

    def __enter__(self) -> Workers:
        self._thread.start()
        with self._lock:
            for _ in range(self.count):
                self._hire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._events.put(None)
        self._thread.join()
        with self._lock:
            self._break(ClusterError("the sync has ended"))

    def ready(self) -> Facts:
        """Wait for the first worker that can be given something: what its model is. Raises `ClusterError`."""
        return self._ready.result()

    def submit(self, method: str, *arguments: Any, tries: int = TRIES) -> Future[Any]:
        """Have a method of some worker called. The future may raise `WorkerLost` and `ClusterError`."""
        call = _Call(method, arguments, tries)
        with self._lock:
            if self._broken is not None:
                raise self._broken
            self._waiting.append(call)
            self._fill()
        return call.future

    def _hire(self) -> None:
        worker = _Worker(self._start())
        self._workers.append(worker)
        self._give(worker, _Call("greet", (self._order,), 1))

    def _give(self, worker: _Worker, call: _Call) -> None:
        worker.calls.append(call)
        call.under_way = getattr(worker.actor, call.method).remote(*call.arguments)
        call.under_way.future().add_done_callback(lambda done: self._events.put((worker, call, done)))

    def _fill(self) -> None:
        for load in range(AHEAD):  # one for each before a second for any
            for worker in self._workers:
                if worker.is_ready and len(worker.calls) == load and self._waiting:
                    self._give(worker, self._waiting.popleft())

    def _work(self) -> None:
        while True:
            try:
                event = self._events.get(timeout=LOOK_SECONDS)
            except Empty:
                self._look()
                continue
            if event is None:
                return
            with self._lock:
                try:
                    self._take(*event)
                    self._fill()
                except Exception as error:
                    self._break(error)

    def _look(self) -> None:
        """Give up when none has answered for too long."""
        with self._lock:
            now = time.monotonic()
            if any(worker.has_answered for worker in self._workers):
                self._alive_at = now
            elif now - self._alive_at > START_SECONDS:
                self._break(
                    ClusterError(
                        f"no worker of the Ray cluster has answered for {START_SECONDS:.0f} s: its nodes are gone, or "
                        "busy with other work; sync again later, or without --ray; what was committed is kept"
                    )
                )

    def _take(self, worker: _Worker, call: _Call, done: Future[Any]) -> None:
        """A call has ended, well or not."""
        if call not in worker.calls:
            return  # given to another worker, as this one was lost
        error = done.exception()
        if error is not None and self._is_loss(error):
            self._lost(worker, error)
            return
        worker.calls.remove(call)
        call.under_way = None
        if call.method not in _STARTING:
            (
                partial(call.future.set_result, done.result())
                if error is None
                else partial(call.future.set_exception, error)
            )()
        elif error is not None:
            self._break(error)
        else:
            self._started(worker, call.method, done.result())

    def _started(self, worker: _Worker, method: str, said: dict[str, Any]) -> None:
        """A worker has told who it is, or that its model is loaded."""
        if why := misfit(said, self._order, self._facts):
            self._break(ClusterError(why))
        elif method == "greet":
            worker.has_answered = True
            self._give(worker, _Call("load", (self._order,), 1))
        else:
            self._lost_starts, worker.is_ready = 0, True
            self._facts = facts_of(said)
            if not self._ready.done():
                self._ready.set_result(self._facts)

    def _lost(self, worker: _Worker, error: BaseException) -> None:
        self._workers.remove(worker)
        with suppress(Exception):
            self._stop(worker.actor)
        first, *others = worker.calls
        worker.calls.clear()
        self._waiting.extendleft(reversed(others))
        if first.method in _STARTING:
            self._lost_starts += 1
        elif first.tries <= 1:
            first.future.set_exception(WorkerLost(str(error)))
        else:
            first.tries -= 1
            self._waiting.appendleft(first)
        if self._lost_starts < TRIES:
            self._hire()
        elif not self._workers:
            reason = " ".join(str(error).split())
            self._break(ClusterError(f"the workers of the Ray cluster end as they start: {reason[:400]}"))

    def _break(self, error: BaseException) -> None:
        """Nothing goes on: whoever waits is told why."""
        self._broken = self._broken or error
        calls = [*self._waiting, *(call for worker in self._workers for call in worker.calls)]
        futures = [*(call.future for call in calls), self._ready]
        for worker in self._workers:
            with suppress(Exception):
                self._stop(worker.actor)
        self._workers.clear()
        self._waiting.clear()
        for future in futures:
            if not future.done():
                future.set_exception(self._broken)
