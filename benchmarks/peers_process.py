"""Time and memory of a process with those it started, as Linux counts them."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from types import TracebackType

SAMPLE_SECONDS = 0.2
PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Processor time of a process, of those it started, and of those that have ended since."""
    total = 0
    for one in [pid, *descendants(pid)]:
        try:
            fields = (PROC / str(one) / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += sum(map(int, fields[11:15]))  # utime, stime, and the same of children that were waited for
    return total / TICKS


def peak_bytes(pid: int) -> int:
    """Most memory that the process itself has had resident (`VmHWM`)."""
    return _status(pid, "VmHWM:")


def descendants(pid: int) -> list[int]:
    """Processes below a process that are running now."""
    try:
        tasks = list((PROC / str(pid) / "task").iterdir())
        children = [int(child) for task in tasks for child in (task / "children").read_text().split()]
    except OSError:
        return []
    return children + [below for child in children for below in descendants(child)]


class ChildrenWatched:
    """Looks again and again at how much memory the processes below one have; `peak` is the most of all together."""

    def __init__(self, pid: int) -> None:
        self.peak = 0
        self._pid, self._done = pid, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> ChildrenWatched:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, sum(map(_own_bytes, descendants(self._pid))))


def _own_bytes(pid: int) -> int:
    """Resident memory with what is shared counted in parts: a fork does not count its parent's pages again."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _status(pid: int, key: str) -> int:
    lines = (PROC / str(pid) / "status").read_text().splitlines()
    return next((1024 * int(line.split()[1]) for line in lines if line.startswith(key)), 0)
