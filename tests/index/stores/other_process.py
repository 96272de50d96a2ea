"""A sync in a process of its own, which may be killed before one of its writes to the server.

python -m tests.index.stores.other_process STORE CORPUS [WRITE]
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from index.milvus.connection import Connection
from index.opening import opened
from tests.fake_embedder import CountingEmbedder

__all__ = ["syncing"]

WRITES = {"upsert", "delete"}


def syncing(store: str, corpus: Path, *, killed_at: int = 0) -> subprocess.Popen[bytes]:
    """The process. `killed_at`: number, from 1, of the write that it does not come to make."""
    arguments = [store, str(corpus), str(killed_at)]
    return subprocess.Popen([sys.executable, "-m", __name__, *arguments], stdout=subprocess.DEVNULL)


def run(store: str, corpus: str, killed_at: int) -> None:
    """Sync once."""
    call, count = Connection.call, 0

    def counted(connection: Connection, name: str, *arguments: Any, **options: Any) -> Any:
        nonlocal count
        count += name in WRITES
        if name in WRITES and count == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(connection, name, *arguments, **options)

    Connection.call = counted  # type: ignore[method-assign]
    opened(corpus, store=store, embedder=CountingEmbedder()).sync()


if __name__ == "__main__":
    run(sys.argv[1], sys.argv[2], int(sys.argv[3]))
