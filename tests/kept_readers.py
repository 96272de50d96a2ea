"""Readers whose worker processes outlive them: the next sync of a test takes one up, instead of starting its own.

A worker is what it ever is, in its cage and with its limits, and in the product, too, one reads thousands of files. To
start one is four fifths of what a small sync takes, and most tests are about what comes after reading. How workers
start and end is tested in tests/index/reading, and wherever a test starts a process of its own.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from index.reading.cage import environment_for_worker
from index.reading.channel import Worker
from index.reading.reader import Reader

__all__ = ["KeptReader", "ended_at_last"]

KEPT = 2
"""Idle workers at most: two cores read no faster with more."""

_Kind = tuple[str, str, tuple[tuple[str, str], ...]]

_idle: list[tuple[_Kind, Worker]] = []
_lock = threading.Lock()


class KeptReader(Reader):
    """A reader that takes up an idle worker of its kind, and leaves its own behind when it is closed."""

    _is_at_rest = False
    """Whether the worker has answered all that it was asked: one that has not is nobody else's."""

    def _kind(self) -> _Kind:
        """What a worker was started with; one with other limits or other variables is another."""
        return sys.executable, json.dumps(asdict(self.limits)), tuple(sorted(environment_for_worker().items()))

    def _started(self) -> Worker:
        if self._worker is None and (kept := _taken(self._kind())):
            self._worker, self._is_fresh = kept, False
        return super()._started()

    def _exchange(self, *arguments: Any) -> dict[str, Any] | None:
        self._is_at_rest = False
        reply = super()._exchange(*arguments)
        self._is_at_rest = reply is not None
        return reply

    def close(self) -> None:
        """Leave the worker to others, when it is well and nobody has left two already."""
        if self._worker and self._is_at_rest and self._worker.process.poll() is None:
            with _lock:
                if len(_idle) < KEPT:
                    _idle.append((self._kind(), self._worker))
                    self._worker = None
        super().close()


def _taken(kind: _Kind) -> Worker | None:
    """An idle worker of this kind; those that are of another end here, and those that died."""
    found, others = None, []
    with _lock:
        while _idle and found is None:
            its_kind, worker = _idle.pop()
            if its_kind == kind and worker.process.poll() is None:
                found = worker
            else:
                others.append(worker)
    for worker in others:
        worker.end(at_once=True)
    return found


@contextmanager
def ended_at_last() -> Iterator[None]:
    """At the end no worker is left."""
    try:
        yield
    finally:
        with _lock:
            left = [worker for _, worker in _idle]
            _idle.clear()
        for worker in left:
            worker.end(at_once=True)
