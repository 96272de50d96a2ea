"""How a request gets from the owner to the worker: a line of JSON, and with it the open file.

A worker need not be able to open documents, and cannot where the system has a cage for it. Windows passes no open
files to a process that runs already; there the worker opens the path itself.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from typing import IO, Any, NamedTuple, cast

from index.reading.regular import OpenFile

__all__ = ["Request", "Worker", "requests_from"]

_PASSES_FILES = hasattr(socket, "send_fds")
_CHUNK = 1 << 16
_LEAVE_S = 2.0
"""How long a worker may take to end by itself when it has nothing more to do."""


class Request(NamedTuple):
    """What the worker is asked: the line, and the file that came along, to be closed by who takes it."""

    line: bytes
    descriptor: int | None


class Worker:
    """The owner's side: a process that was started, the way in and the way out.

    Args:
        command: program and arguments.
        environment: its variables, all of them.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._inlet: socket.socket | None = None
        theirs: socket.socket | None = None
        if _PASSES_FILES:
            self._inlet, theirs = socket.socketpair()
        stdin = theirs.fileno() if theirs else subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=dict(environment)
        )
        if theirs:
            theirs.close()
        self.outlet = cast(IO[bytes], self.process.stdout)

    def send(self, request: Mapping[str, Any], file: OpenFile) -> None:
        """Ask the worker about an open file; OSError when it is gone."""
        request = {"name": file.path.name, "size": file.size, **request}
        if self._inlet is None:
            stdin = cast(IO[bytes], self.process.stdin)
            stdin.write(json.dumps({"path": os.path.abspath(file.path), **request}).encode() + b"\n")
            stdin.flush()
            return
        line = json.dumps(request).encode() + b"\n"
        sent = socket.send_fds(self._inlet, [line], [file.descriptor])
        self._inlet.sendall(line[sent:])

    def end(self, *, at_once: bool) -> None:
        """End the process; with `at_once` it is killed, else it may leave by itself."""
        if at_once:
            self.process.kill()
        for end in (self._inlet, self.process.stdin):
            try:
                if end is not None:
                    end.close()
            except OSError:  # what was still to be written has nobody to read it
                continue
        try:
            self.process.wait(_LEAVE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.outlet.close()


def requests_from(descriptor: int) -> Iterator[Request]:
    """The worker's side: requests from its standard input, until that ends."""
    if not _PASSES_FILES:
        with os.fdopen(descriptor, "rb") as lines:
            yield from (Request(line, None) for line in lines)
        return
    with socket.socket(fileno=descriptor) as inlet:
        buffer = bytearray()
        files: list[int] = []
        while True:
            data, came, _, _ = socket.recv_fds(inlet, _CHUNK, 1)
            if not data:
                return
            buffer += data
            files += came
            while (end := buffer.find(b"\n")) >= 0:
                yield Request(bytes(buffer[:end]), files.pop(0) if files else None)
                del buffer[: end + 1]
