"""The processes that answer: as many as questions overlap, and no more than there are cores."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

from index.errors import FootnoteError
from qa.askers.process import AskerProcess, Died

__all__ = ["AHEAD", "AskedInVain", "Askers", "cores"]

MOST = 8
"""Processes unless more are asked for: each takes some 160 MB."""

AHEAD, AHEAD_SECONDS = 5, 0.1
"""Questions that one process has before it, if it answers them within so long: several are embedded together, and none
is waited for. Slower ones are given one by one, so that none stands behind another while a process is idle."""

HERE = 2
"""Questions answered in this process at the same time while others are still starting."""

OVERLAPS, WITHIN_SECONDS = 3, 10.0
"""So many questions that meet another one, within so long, are worth a process: two people may meet once."""

AGAIN_AFTER_SECONDS = 60.0
"""How long none is started after one that could not be."""

T = TypeVar("T")
Request = Mapping[str, Any]

_log = logging.getLogger(__name__)


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class AskedInVain(FootnoteError):
    """Two processes ended over one question."""


class Askers:
    """The processes of one server, for all of its folders. Threads share it.

    A question that is alone is answered where it is asked; others stand in line for the processes, and while these are
    still starting, some of them are answered here. One that was with a process that died is asked once more, and this
    time no other question is with it: one that ends processes takes no other with it twice.
    """

    def __init__(self, most: int | None = None) -> None:
        """`most`: processes (default: one a core, `MOST` at most; below 2 there are none). None is started yet."""
        self.most = min(cores(), MOST) if most is None else most
        self._lock, self._again = threading.Lock(), threading.Lock()
        self._line: deque[SimpleQueue[AskerProcess | None]] = deque()
        self._here = 0
        self._loads: dict[AskerProcess, int] = {}
        self._opening: set[AskerProcess] = set()
        self._overlaps: deque[float] = deque(maxlen=OVERLAPS)
        self._is_starting = self._is_closed = False
        self._not_before = 0.0

    @property
    def at_once(self) -> int:
        """Questions that can be on their way at the same time."""
        return self.most * AHEAD if self.most >= 2 else 1

    @property
    def processes(self) -> list[int]:
        """The system's numbers of the processes that are ready."""
        with self._lock:
            return sorted(process.pid for process in self._loads if process.is_alive)

    def answered(self, request: Request, read: Callable[[bytes], T], here: Callable[[], T]) -> T:
        """What `read` makes of a process's reply, or what `here` gives. Raises what either met."""
        process = self._place(request)
        if process is None:
            try:
                return here()
            finally:
                self._left(None)
        try:
            reply = process.exchange(request)
        except Died:
            reply = None
        finally:
            self._left(process)
        return read(self._asked_again(request) if reply is None else reply)

    def close(self) -> None:
        """End the processes; questions are answered here from now on."""
        with self._lock:
            self._is_closed, processes = True, [*self._loads, *self._opening]
            self._loads.clear()
            self._assign()
        for process in processes:
            process.kill()  # it only reads

    def _place(self, request: Request) -> AskerProcess | None:
        """The process whose turn it is to answer; None for this one. Waits in line."""
        mine: SimpleQueue[AskerProcess | None] = SimpleQueue()
        with self._lock:
            is_alone = not (self._here or self._line or any(self._loads.values()))
            if is_alone or self.most < 2:
                self._here += 1
                return None
            self._overlaps.append(time.monotonic())
            self._start_another(request)
            self._line.append(mine)
            self._assign()
        return mine.get()

    def _assign(self) -> None:
        """With the lock held: let those who are first in line go where there is room."""
        while self._line:
            process = self._with_room()
            if process is not None:
                self._loads[process] += 1
            elif self._is_closed or (len(self._loads) < self.most and self._here < HERE):
                self._here += 1
            else:
                return
            self._line.popleft().put(process)

    def _with_room(self) -> AskerProcess | None:
        """With the lock held: the process with the fewest questions before it."""
        alive = (process for process in self._loads if process.is_alive)
        found = min(alive, key=self._loads.__getitem__, default=None)
        if found is None or self._loads[found] >= min(AHEAD, max(1, int(AHEAD_SECONDS / max(found.seconds, 1e-6)))):
            return None
        return found

    def _left(self, process: AskerProcess | None) -> None:
        """A question has been answered: by `process`, or here."""
        with self._lock:
            if process is None:
                self._here -= 1
            elif process in self._loads:  # else it has ended
                self._loads[process] -= 1
            self._assign()

    def _ended(self, process: AskerProcess) -> None:
        """Called by the process, whatever ended it."""
        with self._lock:
            load = self._loads.pop(process, 0)
            self._opening.discard(process)
            self._assign()
        if load:
            _log.warning("a process that answers questions ended: %d of them are asked again", load)

    def _start_another(self, request: Request) -> None:
        """With the lock held: in the background, one at a time, when it is worth it."""
        now = time.monotonic()
        met = len(self._overlaps) == OVERLAPS and now - self._overlaps[0] < WITHIN_SECONDS
        has_room = len(self._loads) + len(self._opening) < self.most and not self._is_closed
        if met and has_room and not self._is_starting and now >= self._not_before:
            threading.Thread(target=self._start, args=(request,), name="askers", daemon=True).start()
            self._is_starting = True

    def _start(self, request: Request) -> None:
        later = 0.0
        try:
            self._hand_over(self._opened(request))
        except Exception as error:  # questions are answered here meanwhile
            if not self._is_closed:
                _log.warning("no process to answer questions could be started: %s", error)
            later = time.monotonic() + AGAIN_AFTER_SECONDS
        with self._lock:
            self._is_starting, self._not_before = False, later

    def _opened(self, request: Request) -> AskerProcess:
        """A new process that has opened what the request is about; only who called has it. Raises `Died`, `OSError`."""
        process = AskerProcess(self._ended)
        with self._lock:
            is_wanted = not self._is_closed
            self._opening.add(process)
        if not is_wanted:
            process.kill()
        try:
            with suppress(FootnoteError, RuntimeError):  # such as no index yet: each question is told so
                process.exchange({**request, "what": "open", "asked": {}})
        except Died:
            self._ended(process)
            raise
        return process

    def _hand_over(self, process: AskerProcess) -> None:
        """Let all questions have it, if there is room for one more."""
        with self._lock:
            self._opening.discard(process)
            is_wanted = process.is_alive and len(self._loads) < self.most and not self._is_closed
            if is_wanted:
                self._loads[process] = 0
                self._assign()
        if not is_wanted:
            process.kill()

    def _asked_again(self, request: Request) -> bytes:
        """The answer of a process that nothing else is asked of meanwhile."""
        with self._again:
            try:
                process = self._taken_out() or self._opened(request)
                try:
                    return process.exchange(request)
                finally:
                    self._hand_over(process)
            except (Died, OSError) as error:
                raise AskedInVain(
                    f"two processes ended over this question ({error}): the machine may be short of memory; ask in "
                    "other words, or start Footnote with `--askers 0`"
                ) from error

    def _taken_out(self) -> AskerProcess | None:
        """One that has nothing to do, kept from the others."""
        with self._lock:
            for process, load in self._loads.items():
                if load == 0 and process.is_alive:
                    del self._loads[process]
                    self._opening.add(process)
                    return process
        return None
