"""Several workers that read files at the same time, their documents given out in the order that was asked for."""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from queue import LifoQueue
from typing import NamedTuple

from index.documents import Document
from index.errors import ReadError
from index.reading import Reader, Tesseract
from index.reading.regular import opened
from index.scanning import FileFacts

__all__ = ["PATIENCE_SECONDS", "ReadFile", "read_ahead", "read_file", "settled"]

READERS = min(4, os.cpu_count() or 1)
"""Worker processes at most. One process splits what they read: for 95 documents of all kinds that is 1.6 s of its time
to 2.6 s of theirs, so that more would wait for it."""

FILES_EACH = 8
"""No other worker is started for fewer files."""

AHEAD = 4
"""Documents read before their turn, to each worker."""


PATIENCE_SECONDS = 0.5
"""How long one file is waited for before something else is done."""


RECENT_NS = 2_000_000_000
"""A file modified this shortly before it was read may change again within one tick of its clock: its times are not
kept, so that the next sync compares its bytes."""

TRIES = 3
"""Times that a file is read which is being written meanwhile."""

RETRY_SECONDS = 0.2
"""Between them: a program that saves a file is done with it by then."""

_CHANGING = "it changed while it was read, again and again: sync again when the program that writes it is done"


class ReadFile(NamedTuple):
    """A file and what became of it."""

    facts: FileFacts
    """As the scan found it; `settled` when it was too fresh to trust its times."""
    digest: bytes
    """SHA-256; empty when the file could not be opened."""
    outcome: Document | ReadError
    was_hindered: bool = False
    """Whether text recognition was wanted for it and could not be had."""


def read_ahead(
    corpus: Path, files: Sequence[FileFacts], recogniser: Tesseract | None = None
) -> Iterator[ReadFile | None]:
    """Read the files below `corpus`, in order, some of them before they are asked for.

    `recogniser` finds the text of scanned pages. None says that the next one takes long, so that something else can be
    done meanwhile.
    """
    count = max(1, min(READERS, len(files) // FILES_EACH))
    with ExitStack() as closing:
        readers = [closing.enter_context(Reader(recogniser=recogniser)) for _ in range(count)]
        idle: LifoQueue[Reader] = LifoQueue()  # the last one used comes first: others start when they are needed
        for reader in readers:
            idle.put(reader)
        with ThreadPoolExecutor(count, thread_name_prefix="footnote-read") as pool:
            remaining = iter(files)
            queue: deque[Future[ReadFile]] = deque()
            try:
                for facts in islice(remaining, AHEAD * count):
                    queue.append(pool.submit(_read, corpus, idle, facts))
                while queue:
                    while not queue[0].done() and not wait([queue[0]], PATIENCE_SECONDS).done:
                        yield None
                    yield queue.popleft().result()
                    queue.extend(pool.submit(_read, corpus, idle, facts) for facts in islice(remaining, 1))
            finally:
                for waiting in queue:
                    waiting.cancel()
                for reader in readers:  # one with a book of scanned pages would be waited for
                    reader.stop()


def _read(corpus: Path, idle: LifoQueue[Reader], facts: FileFacts) -> ReadFile:
    reader = idle.get()
    try:
        return read_file(corpus, reader, facts)
    finally:
        idle.put(reader)


def read_file(corpus: Path, reader: Reader, facts: FileFacts) -> ReadFile:
    """Read one file below `corpus`, again if somebody writes it meanwhile."""
    began_ns = time.time_ns()
    for attempt in range(TRIES):
        time.sleep(RETRY_SECONDS * min(attempt, 1))
        digest, outcome, is_steady = _read_once(corpus, reader, facts)
        if is_steady:
            return ReadFile(settled(facts, began_ns), digest, outcome, reader.was_hindered)
    return ReadFile(settled(facts, began_ns), b"", ReadError(_CHANGING), reader.was_hindered)


def _read_once(corpus: Path, reader: Reader, facts: FileFacts) -> tuple[bytes, Document | ReadError, bool]:
    """Digest and document of a file, and whether they are of one state of it: nobody wrote it meanwhile."""
    digest = b""
    try:
        with opened(corpus / os.fsdecode(facts.name), below=corpus) as file:
            before = file.stamp()
            try:
                digest = file.digest(reader.limits.file_bytes)
                outcome: Document | ReadError = reader.read_open(file)
            except ReadError as error:
                outcome = error
            return digest, outcome, file.stamp() == before or file.begins_as(digest)
    except ReadError as error:
        return digest, error, True


def settled(facts: FileFacts, read_at_ns: int) -> FileFacts:
    """`facts` of a file whose bytes were read then or later, with times that never match when it was too fresh."""
    recent = read_at_ns - max(facts.mtime_ns, facts.ctime_ns) < RECENT_NS
    return FileFacts(facts.name, facts.path, facts.size, 0, 0) if recent else facts
