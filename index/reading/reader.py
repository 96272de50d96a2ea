"""The reader: any file to a `Document`, with all parsing in one worker process that may be killed.

Parsers of office files and PDFs meet whatever people (and attackers) put into a folder. They run apart, in a cage with
limits of memory and time; when one hangs or dies, the file gets a `ReadError`, the worker is replaced, and the next
file is read.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar, cast

from index.documents import Document, PagePicture
from index.errors import ReadError
from index.reading.cage import environment_for_worker
from index.reading.channel import Worker
from index.reading.limits import ReadingLimits, raising
from index.reading.recognition import Tesseract, TesseractMissing
from index.reading.regular import OpenFile, opened, too_large
from index.reading.scans import ScannedFile
from index.reading.wire import document_from_json, pages_to_json, picture_from_json, raster_from_json

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
_STARTING_S = 20.0
"""On the clock for the first file of a worker, above what files may take: starting takes half a second on a quiet
machine, and is not the file's fault."""
_OUT_OF_ROOM = frozenset({"SIGABRT", "SIGBUS", "SIGILL", "SIGSEGV", "SIGTRAP"})
"""How parsers written in C end when they get no more memory, and when they crash: it cannot be told apart."""


class Reader:
    """Reads files into documents. Owns one worker process, started at the first file; not for several threads.

        with Reader() as reader:
            document = reader.read(Path("corpus/report.pdf"))

    Args:
        limits: what one file may cost (default: as the environment says, see `limits.SETTINGS`).
        recogniser: finds the text of scanned pages (default: they have none).
    """

    def __init__(self, limits: ReadingLimits | None = None, recogniser: Tesseract | None = None) -> None:
        self.limits = limits or ReadingLimits.from_environment()
        self.was_hindered = False
        """Whether text recognition was wanted for the last file and could not be had: to be read again some time."""
        self._recogniser = recogniser
        self._is_stopped = threading.Event()
        self._worker: Worker | None = None
        self._is_fresh = True

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
        with opened(path) as file:
            return self.read_open(file)

    def read_open(self, file: OpenFile) -> Document:
        """The document in a file that is open already; raises like `read`."""
        self.was_hindered = False
        try:
            document = self._document(file, {})
            scans = document.scans
        except ScannedFile as error:
            if self._recogniser is None:
                raise
            document, scans = None, error.pages
        if self._recogniser is None or not scans:
            return cast(Document, document)
        try:
            return self._document(file, {"recognised": pages_to_json(self._recognised(file, self._recogniser, scans))})
        except ReadError as error:
            self.was_hindered = isinstance(error, TesseractMissing)
            if document is None or self._is_stopped.is_set():
                raise
            return replace(document, note=f"{document.note}; {error}")

    def stop(self) -> None:
        """Begin no other page of a scanned file, which then fails; threads may call it."""
        self._is_stopped.set()

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
        with opened(path) as file:
            return self._answer(file, {"picture": wanted}, lambda reply: picture_from_json(reply["picture"]))

    def _document(self, file: OpenFile, request: dict[str, Any]) -> Document:
        return self._answer(file, request, lambda reply: document_from_json(reply["document"]))

    def _recognised(self, file: OpenFile, recogniser: Tesseract, pages: Sequence[int]) -> dict[int, bytes]:
        """What text recognition finds in each of some pages; one that it fails at is left out, unless all are."""
        found, failed = {}, None
        for page in pages:
            if self._is_stopped.is_set():
                raise ReadError("text recognition was stopped before its end; sync again")
            try:
                raster = self._answer(file, {"raster": page}, lambda reply: raster_from_json(reply["raster"]))
                found[page] = recogniser.text_of(raster)
            except TesseractMissing:
                raise
            except ReadError as error:
                failed = error
        if failed and not found:
            raise failed
        return found

    def _answer(self, file: OpenFile, request: dict[str, Any], understood: Callable[[dict[str, Any]], T]) -> T:
        if file.size > self.limits.file_bytes:
            raise too_large(file.size, self.limits.file_bytes)
        reply = self._ask(file, request)
        if "error" in reply:
            raise _error_of(reply)
        try:
            return understood(reply)
        except (KeyError, TypeError, ValueError) as error:
            self._kill()
            raise ReadError(f"the reader stopped at this file: its reply made no sense ({error})") from error

    def close(self) -> None:
        """End the worker; the reader may be used again and then starts another."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end(at_once=False)

    def _ask(self, file: OpenFile, request: dict[str, Any]) -> dict[str, Any]:
        """One request and its reply; the worker is killed when the time is over, which ends the wait too."""
        worker = self._started()
        patience_s = self.limits.patience_for(file.size) + (_STARTING_S if self._is_fresh else 0)
        late = threading.Event()

        def stop() -> None:
            late.set()
            worker.process.kill()

        clock = threading.Timer(patience_s, stop)
        clock.daemon = True
        clock.start()
        try:
            reply = self._exchange(worker, request, file)
        finally:
            clock.cancel()
        if reply is not None:
            self._is_fresh = False
            return reply
        self._kill()
        why = "" if late.is_set() else self._cause_of_death(worker.process.returncode, file.size)
        why = why or f"it took longer than {patience_s:.0f} s; {raising('timeout_s')}"
        raise ReadError(f"the reader stopped at this file: {why}, save it again in another format, or leave it out")

    def _exchange(self, worker: Worker, request: dict[str, Any], file: OpenFile) -> dict[str, Any] | None:
        """The reply, or None when the worker died or broke the protocol (a line with a length, then the JSON)."""
        try:
            worker.send(request, file)
            length = int(worker.outlet.readline(32))
            if not 0 < length <= self.limits.reply_bytes:
                return None
            body = worker.outlet.read(length)
            reply = json.loads(body) if len(body) == length else None
        except (OSError, ValueError, RecursionError):
            return None
        return reply if isinstance(reply, dict) else None

    def _started(self) -> Worker:
        if self._worker is not None and self._worker.process.poll() is None:
            return self._worker
        self._kill()
        package = str(Path(__file__).resolve().parent.parent)
        command = [sys.executable, "-P", "-c", _START, package, json.dumps(asdict(self.limits))]
        self._worker, self._is_fresh = Worker(command, environment_for_worker()), True
        return self._worker

    def _kill(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.end(at_once=True)

    def _cause_of_death(self, returncode: int | None, size_bytes: int) -> str:
        """What ended the worker, as the message goes on: why, and which limit might be raised."""
        try:
            name = signal.Signals(-(returncode or 0)).name
        except ValueError:
            return "its worker ended without a reply; try once more"
        if name == "SIGXCPU":
            return f"it took more than {self.limits.timeout_for(size_bytes):.0f} s of work; {raising('timeout_s')}"
        if name in _OUT_OF_ROOM:
            most = self.limits.memory_bytes >> 20
            return f"it crashed ({name}) or needed more than {most:,} MB of memory; {raising('memory_bytes')}"
        return f"its worker was ended by {name}; try once more"


def _error_of(reply: dict[str, Any]) -> ReadError:
    """What the worker said that was wrong with the file."""
    said, scans = str(reply["error"]), reply.get("scans")
    numbers = [number for number in scans if isinstance(number, int)] if isinstance(scans, list) else []
    return ScannedFile(said, numbers) if numbers else ReadError(said)
