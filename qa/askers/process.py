"""One process that answers, as the server sees it: a line of JSON goes in, a kind, a length and JSON come back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from typing import IO, Any, cast

from qa.askers.wire import error_of

__all__ = ["AskerProcess", "Died"]

PACKAGE_ROOT = Path(__file__).resolve().parents[2]

CODE = "from qa.askers.worker import run; run()"


class Died(Exception):
    """The process ended before it answered; says how."""


class AskerProcess:
    """A process that answers in the order it is asked; threads may ask while others wait. It ends with its owner.

    The next requests lie in its pipe already while it answers, so that it never waits for them.
    """

    def __init__(self, ended: Callable[[AskerProcess], None] | None = None) -> None:
        """`ended`: told when it has ended for whatever reason, in a thread of its own."""
        places = filter(None, [os.environ.get("PYTHONPATH"), str(PACKAGE_ROOT), *sys.path])
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", CODE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(places), "OMP_NUM_THREADS": "1"},
            process_group=0 if os.name == "posix" else None,  # Ctrl-C is for the server
        )
        self._sending, self._receiving, self._guard = threading.Lock(), threading.Lock(), threading.Lock()
        self._reading: deque[SimpleQueue[bool]] = deque()
        self._is_gone = False
        self._seconds = 0.0
        threading.Thread(target=self._watch, args=(ended,), name="asker", daemon=True).start()

    @property
    def pid(self) -> int:
        """The system's number of the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return not self._is_gone and self._process.poll() is None

    @property
    def seconds(self) -> float:
        """What one of its latest answers took; 0 before the first."""
        return self._seconds

    def exchange(self, request: Mapping[str, Any]) -> bytes:
        """What it answers, as JSON. Raises the `FootnoteError` that it met, `RuntimeError` for others, or `Died`."""
        line = json.dumps(request).encode("ascii") + b"\n"
        turn: SimpleQueue[bool] = SimpleQueue()
        with self._sending:  # replies come in the order of requests
            with self._guard:
                if self._is_gone:
                    raise self._died()
                self._reading.append(turn)
                if len(self._reading) == 1:
                    turn.put(True)
            try:
                self._send(line)
            except (OSError, ValueError):
                self._lose()
        if not turn.get():
            raise self._died()
        started = time.monotonic()
        try:
            with self._receiving:
                kind, body = self._reply()
        except (OSError, ValueError) as error:
            self._lose()
            raise self._died() from error
        self._seconds += (time.monotonic() - started - self._seconds) / 4
        with self._guard:
            if self._reading:  # else it ended right after this answer
                self._reading.popleft()
            if self._reading:
                self._reading[0].put(True)
        if kind == b"answer":
            return body
        name, message = json.loads(body)
        raise error_of(name, message) if kind == b"error" else RuntimeError(message)

    def kill(self) -> None:
        """End it whatever it is doing."""
        self._lose()
        self._process.wait()

    def _send(self, line: bytes) -> None:
        stdin = cast(IO[bytes], self._process.stdin)
        stdin.write(line)
        stdin.flush()

    def _reply(self) -> tuple[bytes, bytes]:
        stdout = cast(IO[bytes], self._process.stdout)
        kind, length = stdout.readline(64).split()
        body = stdout.read(int(length))
        if len(body) < int(length):
            raise ValueError("half an answer")
        return kind, body

    def _lose(self) -> None:
        """It is asked no more, and whoever waits for it is told."""
        with self._guard:
            self._is_gone = True
            for turn in self._reading:
                turn.put(False)
            self._reading.clear()
        self._process.kill()

    def _died(self) -> Died:
        return Died(f"it ended with status {self._process.wait()}")

    def _watch(self, ended: Callable[[AskerProcess], None] | None) -> None:
        """Take note of its end at once, so that no dead process stays in the system's list."""
        self._process.wait()
        self._lose()
        for lock, pipe in ((self._sending, self._process.stdin), (self._receiving, self._process.stdout)):
            with lock, suppress(OSError):  # what was still to be written has nobody to read it
                cast(IO[bytes], pipe).close()
        if ended:
            ended(self)
