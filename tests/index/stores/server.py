"""Milvus Lite as a server of its own: the same API as the real one, on this machine, for as long as a test needs it."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

__all__ = ["Server"]

PATIENCE_S = 60.0


class Server:
    """`milvus_lite server` on loopback, in a process of its own."""

    def __init__(self, folder: Path) -> None:
        """`folder`: what it keeps its data in, over several starts."""
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        with socket.create_server(("127.0.0.1", 0)) as taken:
            self.port: int = taken.getsockname()[1]

    def address(self, collection: str, corpus: str = "") -> str:
        """The address of a collection on it."""
        return f"milvus://127.0.0.1:{self.port}/{collection}" + (f"?corpus={corpus}" if corpus else "")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        place = ["--host", "127.0.0.1", "--port", str(self.port), "--data-dir", str(self._folder / "data")]
        with (self._folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "milvus_lite", "server", *place], stdout=log, stderr=subprocess.STDOUT
            )
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError(f"the server did not start: {(self._folder / 'server.log').read_text('utf-8', 'replace')}")

    def stop(self, *, kill: bool = False) -> None:
        """End it by its own process id."""
        if self._process:
            self._process.kill() if kill else self._process.terminate()
            self._process.wait(PATIENCE_S)
            self._process = None
