"""The one writer's place in the folder of an index."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from index.errors import IndexLocked

__all__ = ["LOCK_SECONDS", "writing"]

LOCK_SECONDS = 10.0
"""How long a sync waits for another one to end before it says who holds the lock."""


@contextmanager
def writing(corpus: Path, folder: Path) -> Iterator[None]:
    """Hold the writer's place in `folder`, the index of `corpus`; the system frees it when its holder dies.

    Raises `IndexLocked`, which names the holder, when another process keeps it for `LOCK_SECONDS`.
    """
    lock = FileLock(folder / "writer.lock")
    holder = folder / "writer.json"
    try:
        lock.acquire(timeout=LOCK_SECONDS)
    except Timeout as error:
        raise IndexLocked(
            f"another sync of {corpus} is under way ({_holder(holder)}): wait until it ends, then sync again"
        ) from error
    try:
        holder.write_text(json.dumps({"pid": os.getpid()}))
        yield
    finally:
        lock.release()


def _holder(path: Path) -> str:
    try:
        return f"process {json.loads(path.read_text())['pid']}"
    except (OSError, ValueError, KeyError):
        return "by an unknown process"
