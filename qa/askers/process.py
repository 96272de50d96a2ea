"""One process that answers, as the server sees it: a line of JSON goes in, a kind, a length and JSON come back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, cast

from qa.askers.wire import error_of

__all__ = ["AskerProcess", "Died"]

PACKAGE_ROOT = Path(__file__).resolve().parents[2]

LEAVES_WITHIN_SECONDS = 2.0
"""How long a process may take to end by itself."""


class Died(Exception):
    """The process ended before it answered; says how."""


class AskerProcess:
    """A process that answers one question at a time. It ends with the one that started it."""

    def __init__(self) -> None:
        places = filter(None, [os.environ.get("PYTHONPATH"), str(PACKAGE_ROOT), *sys.path])
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", "from qa.askers.worker import run; run()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(places), "OMP_NUM_THREADS": "1"},
        )

    @property
    def pid(self) -> int:
        """The system's number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def exchange(self, request: Mapping[str, Any]) -> bytes:
        """What it answers, as JSON. Raises the `FootnoteError` that it met, `RuntimeError` for others, or `Died`."""
        try:
            stdin, stdout = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
            stdin.write(json.dumps(request).encode("ascii") + b"\n")
            stdin.flush()
            kind, length = stdout.readline(64).split()
            body = stdout.read(int(length))
            if len(body) < int(length):
                raise ValueError("half an answer")
        except (OSError, ValueError) as error:
            self.kill()
            raise Died(f"it ended with status {self._process.returncode}") from error
        if kind == b"answer":
            return body
        name, message = json.loads(body)
        raise error_of(name, message) if kind == b"error" else RuntimeError(message)

    def end(self) -> None:
        """Let it end, which it does when nobody can ask it any more."""
        self._close()
        try:
            self._process.wait(LEAVES_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it whatever it is doing."""
        self._process.kill()
        self._process.wait()
        self._close()

    def _close(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            try:
                cast(IO[bytes], pipe).close()
            except OSError:  # what was still to be written has nobody to read it
                continue
