"""The reader: any file to a `Document`, with all parsing in one worker process that may be killed.

Parsers of office files and PDFs meet whatever people (and attackers) put into a folder. They run apart, with limits of
memory and time; when one hangs or dies, the file gets a `ReadError`, the worker is replaced, and the next file is read.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any, TypeVar, cast

from index.documents import Document, PagePicture
from index.errors import ReadError
from index.reading.limits import ReadingLimits
from index.reading.wire import document_from_json, picture_from_json

__all__ = ["Reader"]

T = TypeVar("T")

_START = """
import sys, types
index = types.ModuleType("index")
index.__path__ = [sys.argv[1]]
sys.modules["index"] = index
from index.reading.worker import run
run(sys.argv[2])
"""
"""Starts the worker with an empty `index` package around it: the real one would load the store and the vectors, which
take half a second and which a parser has no business with."""
_LEAVE_S = 2.0
"""How long a worker may take to end by itself when the reader is closed."""


class Reader:
    """Reads files into documents. Owns one worker process, started at the first file; not for several threads.

        with Reader() as reader:
            document = reader.read(Path("corpus/report.pdf"))

    Args:
        limits: what one file may cost.
    """

    def __init__(self, limits: ReadingLimits | None = None) -> None:
        self.limits = limits or ReadingLimits()
        self._worker: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, path: Path) -> Document:
        """The document in this file.

        Raises:
            ReadError: one line that says why there is none.
        """
        return self._answer(path, {}, lambda reply: document_from_json(reply["document"]))

    def picture(
        self,
        path: Path,
        *,
        digest: bytes,
        page: int,
        spans: Sequence[tuple[int, str]],
        others: Sequence[Sequence[tuple[int, str]]] = (),
        scale: int = 1,
    ) -> PagePicture:
        """A page of the PDF in this file, with boxes over stretches of its characters.

        `digest`: SHA-256 that the file must have, or its pages may be others. `spans`: (first character, text) of
        each stretch; one that does not stand there gets no box. `others`: the same for what gets boxes of its own.
        `scale`: 2 for twice as many pixels a side.

        Raises:
            ReadError: one line that says why there is none.
        """
        wanted = {"digest": digest.hex(), "page": page, "spans": list(spans), "others": list(others), "scale": scale}
        return self._answer(path, {"picture": wanted}, lambda reply: picture_from_json(reply["picture"]))

    def _answer(self, path: Path, request: dict[str, Any], understood: Callable[[dict[str, Any]], T]) -> T:
        size_bytes = _size_of(path)
        if size_bytes > self.limits.file_bytes:
            most = self.limits.file_bytes >> 20
            raise ReadError(f"{size_bytes >> 20} MB, {most} MB at most; split the file or leave it out")
        reply = self._ask({"path": os.path.abspath(path), **request}, self.limits.timeout_for(size_bytes))
        if "error" in reply:
            raise ReadError(str(reply["error"]))
        try:
            return understood(reply)
        except (KeyError, TypeError, ValueError) as error:
            self._kill()
            raise ReadError(f"the reader stopped at this file: its reply made no sense ({error})") from error

    def close(self) -> None:
        """End the worker; the reader may be used again and then starts another."""
        worker, self._worker = self._worker, None
        if worker is None:
            return
        cast(IO[bytes], worker.stdin).close()
        try:
            worker.wait(_LEAVE_S)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
        cast(IO[bytes], worker.stdout).close()

    def _ask(self, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        """One request and its reply; the worker is killed when the time is over, which ends the wait too."""
        worker = self._started()
        late = threading.Event()

        def stop() -> None:
            late.set()
            worker.kill()

        clock = threading.Timer(timeout_s, stop)
        clock.daemon = True
        clock.start()
        try:
            reply = self._exchange(worker, json.dumps(request).encode() + b"\n")
        finally:
            clock.cancel()
        if reply is not None:
            return reply
        self._kill()
        why = f"it took longer than {timeout_s:.0f} s" if late.is_set() else _cause_of_death(worker.returncode)
        raise ReadError(f"the reader stopped at this file: {why}; save it again in another format, or leave it out")

    def _exchange(self, worker: subprocess.Popen[bytes], request: bytes) -> dict[str, Any] | None:
        """The reply, or None when the worker died or broke the protocol (a line with a length, then the JSON)."""
        try:
            cast(IO[bytes], worker.stdin).write(request)
            cast(IO[bytes], worker.stdin).flush()
            stdout = cast(IO[bytes], worker.stdout)
            length = int(stdout.readline(32))
            if not 0 < length <= self.limits.reply_bytes:
                return None
            body = stdout.read(length)
            reply = json.loads(body) if len(body) == length else None
        except (OSError, ValueError):
            return None
        return reply if isinstance(reply, dict) else None

    def _started(self) -> subprocess.Popen[bytes]:
        if self._worker is not None and self._worker.poll() is None:
            return self._worker
        self._kill()
        package = str(Path(__file__).resolve().parent.parent)
        self._worker = subprocess.Popen(
            [sys.executable, "-P", "-c", _START, package, json.dumps(asdict(self.limits))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        return self._worker

    def _kill(self) -> None:
        worker, self._worker = self._worker, None
        if worker is None:
            return
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            try:
                cast(IO[bytes], pipe).close()
            except OSError:  # what was still to be written has nobody to read it
                continue


def _size_of(path: Path) -> int:
    try:
        status = path.stat()
    except OSError as error:
        raise ReadError(f"cannot be opened: {error.strerror or error}") from error
    except ValueError as error:
        raise ReadError(f"cannot be opened: {error}") from error
    if not stat.S_ISREG(status.st_mode):
        raise ReadError("not a regular file (a folder, pipe, socket or device); only files are read")
    return status.st_size


def _cause_of_death(returncode: int | None) -> str:
    if returncode is not None and returncode < 0:
        try:
            return f"its worker was ended by {signal.Signals(-returncode).name}"
        except ValueError:
            pass
    return "its worker ended without a reply"
