"""The one writer's place in the folder of an index.

The system keeps it for who holds it, and frees it when that process dies, however it does. A note beside it says who
that is, for those who wait; what the note of a process that is gone says is not believed.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from index.errors import IndexLocked
from index.room import not_writable

__all__ = ["LOCK_SECONDS", "writing"]

LOCK_SECONDS = 10.0
"""How long a sync waits for another one to end before it says who holds the lock."""

_NOTE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""The folder may have come along with somebody's documents: no link is written through, and no pipe waited for."""


@contextmanager
def writing(corpus: Path | str, folder: Path) -> Iterator[None]:
    """Hold the writer's place in `folder`, the index of `corpus`; threads of one process take turns as well.

    Raises `IndexLocked`, which names the holder, when another one keeps it for `LOCK_SECONDS`, and `IndexNotWritable`.
    """
    lock = FileLock(folder / "writer.lock")
    note = folder / "writer.json"
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout as error:
        raise IndexLocked(
            f"another sync of {corpus} is under way ({_holder(note)}): wait until it ends, then sync again"
        ) from error
    except OSError as error:
        raise not_writable(folder, error) from error
    try:
        # A full disk, or no place for a note: the writer's place is held all the same.
        with suppress(OSError), os.fdopen(os.open(note, _NOTE, 0o666), "w", encoding="utf-8") as file:
            file.write(json.dumps(_of_this_process()))
        yield
    finally:
        lock.release()


def _of_this_process() -> dict[str, Any]:
    pid = os.getpid()
    return {"pid": pid, "started": _started(pid), "host": platform.node(), "since": time.time()}


def _holder(note: Path) -> str:
    """Who holds the place, as far as the note tells."""
    try:
        said = json.loads(note.read_text("utf-8"))
        pid, host = int(said["pid"]), str(said["host"])
        since = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(said["since"]))
        started = said["started"]
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return "by an unknown process"
    if host != platform.node():
        return f"process {pid} of {host}, since {since}"
    if not _is_there(pid) or started != _started(pid):
        return "by an unknown process"  # another one has its number by now, or none
    return f"process {pid}{', this one' if pid == os.getpid() else ''}, since {since}"


def _is_there(pid: int) -> bool:
    """Whether a process of that number runs on this machine."""
    if os.name != "posix":  # elsewhere `kill` would end it
        return True
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _started(pid: int) -> int | None:
    """When a process of this machine began, in ticks since the machine did; None where the system does not tell."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text("ascii", "replace").rpartition(")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None
