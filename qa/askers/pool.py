"""The processes that answer: as many as questions overlap, and no more than there are cores."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from index.errors import FootnoteError
from qa.askers.process import AskerProcess, Died

__all__ = ["Askers", "cores"]

MOST = 8
"""Processes unless more are asked for: each takes some 200 MB."""

OVERLAPS, WITHIN_SECONDS = 3, 10.0
"""So many questions that meet another one, within so long, are worth a process: two people may meet once."""

AGAIN_AFTER_SECONDS = 60.0
"""How long none is started after one that could not be."""

T = TypeVar("T")

_log = logging.getLogger(__name__)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class AskedInVain(FootnoteError):
    """Two processes ended over one question."""


class Askers:
    """The processes of one server, for all of its folders. Threads share it.

    A question that is alone is answered where it is asked, and so is one for which no process is there yet. One that is
    under way in a process that dies is asked once more, of another.
    """

    def __init__(self, most: int | None = None) -> None:
        """`most`: processes (default: one a core, `MOST` at most; below 2 there are none). None is started yet."""
        self.most = min(cores(), MOST) if most is None else most
        self._changed = threading.Condition()
        self._idle: list[AskerProcess] = []
        self._all: set[AskerProcess] = set()
        self._overlaps: deque[float] = deque(maxlen=OVERLAPS)
        self._under_way = 0
        self._is_starting = self._is_closed = False
        self._not_before = 0.0

    @property
    def processes(self) -> list[int]:
        """The system's numbers of the processes that are ready."""
        with self._changed:
            return sorted(process.pid for process in self._all if process.is_alive)

    def answered(self, request: Mapping[str, Any], read: Callable[[bytes], T], here: Callable[[], T]) -> T:
        """What `read` makes of a process's reply, or what `here` gives. Raises what either met."""
        with self._counted() as overlaps:
            process = self._taken(request) if overlaps else None
            if process is None:
                return here()
            try:
                return read(self._exchanged(process, request))
            except Died as died:
                _log.warning("a process that answers questions is gone (%s): the question is asked again", died)
            try:
                return read(self._exchanged(self._added(request), request))
            except Died as died:
                raise AskedInVain(
                    f"two processes ended over this question ({died}): the machine may be short of memory; ask in "
                    "other words, or start Footnote with `--askers 0`"
                ) from died

    def close(self) -> None:
        """End the processes; questions are answered here from now on."""
        with self._changed:
            self._is_closed, processes = True, list(self._all)
            self._all.clear()
            self._idle.clear()
            self._changed.notify_all()
        for process in processes:
            process.kill()  # it only reads

    @contextmanager
    def _counted(self) -> Iterator[bool]:
        """Whether the question meets another."""
        with self._changed:
            self._under_way += 1
            overlaps = self._under_way > 1
            if overlaps:
                self._overlaps.append(time.monotonic())
        try:
            yield overlaps
        finally:
            with self._changed:
                self._under_way -= 1

    def _taken(self, request: Mapping[str, Any]) -> AskerProcess | None:
        """A process that has nothing to do, waited for when all are there; None when they are not."""
        with self._changed:
            while not self._is_closed and self.most >= 2:
                while self._idle:
                    process = self._idle.pop()  # the one used last: the others may end
                    if process.is_alive:
                        return process
                    self._drop(process)
                if len(self._all) < self.most:
                    self._start_another(request)
                    return None
                self._changed.wait()
        return None

    def _start_another(self, request: Mapping[str, Any]) -> None:
        """With the lock held: in the background, one at a time, when it is worth it."""
        now = time.monotonic()
        met = len(self._overlaps) == OVERLAPS and now - self._overlaps[0] < WITHIN_SECONDS
        if met and not self._is_starting and now >= self._not_before:
            self._is_starting = True
            threading.Thread(target=self._start, args=(request,), name="askers", daemon=True).start()

    def _start(self, request: Mapping[str, Any]) -> None:
        try:
            self._give_back(self._added(request))
        except Exception as error:  # questions are answered here meanwhile
            _log.warning("no process to answer questions could be started: %s", error)
            self._not_before = time.monotonic() + AGAIN_AFTER_SECONDS
        finally:
            self._is_starting = False

    def _added(self, request: Mapping[str, Any]) -> AskerProcess:
        """A new process that has opened what the request is about; it is taken. Raises `Died`, `RuntimeError`."""
        process = AskerProcess()
        try:
            with suppress(FootnoteError):  # such as no index yet: each question is told so
                process.exchange({**request, "what": "open", "asked": {}})
        except BaseException:
            process.kill()
            raise
        with self._changed:
            if not self._is_closed:
                self._all.add(process)
                return process
        process.kill()
        raise Died("no more questions are answered")

    def _exchanged(self, process: AskerProcess, request: Mapping[str, Any]) -> bytes:
        try:
            return process.exchange(request)
        finally:
            self._give_back(process)

    def _give_back(self, process: AskerProcess) -> None:
        with self._changed:
            if process not in self._all:
                return
            if process.is_alive:
                self._idle.append(process)
            else:
                self._drop(process)
            self._changed.notify()

    def _drop(self, process: AskerProcess) -> None:
        """With the lock held: one that has ended."""
        self._all.discard(process)
        process.end()
