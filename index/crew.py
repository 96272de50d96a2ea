"""Several workers that read files at the same time, their documents given out in the order that was asked for."""

from __future__ import annotations

import os
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

__all__ = ["ReadFile", "read_ahead"]

READERS = min(4, os.cpu_count() or 1)
"""Worker processes at most. One process splits what they read: for 95 documents of all kinds that is 1.6 s of its time
to 2.6 s of theirs, so that more would wait for it."""

FILES_EACH = 8
"""No other worker is started for fewer files."""

AHEAD = 4
"""Documents read before their turn, to each worker."""


PATIENCE_SECONDS = 0.5
"""How long one file is waited for before something else is done."""


class ReadFile(NamedTuple):
    """A file and what became of it."""

    facts: FileFacts
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
    digest = b""
    reader = idle.get()
    try:
        with opened(corpus / os.fsdecode(facts.name), below=corpus) as file:
            digest = file.digest(reader.limits.file_bytes)
            return ReadFile(facts, digest, reader.read_open(file), reader.was_hindered)
    except ReadError as error:
        return ReadFile(facts, digest, error, reader.was_hindered)
    finally:
        idle.put(reader)
