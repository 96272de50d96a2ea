"""Objects downloaded, several at a time, each into a file of its own that is whole when it is told of."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Event
from typing import IO, NamedTuple

from index.mirroring.remote import Found, Gone, Remote, Unfetched
from index.reading.regular import too_large

__all__ = ["Downloaded", "downloaded"]

AT_ONCE = 8
"""Most documents are small, and most of the time for one is waiting for its first byte."""

TRIES = 3
"""For an object that changes while it is downloaded."""

CHANGED = "it changed again and again while it was downloaded: the next sync tries again"


class Downloaded(NamedTuple):
    """What became of one object."""

    key: str
    file: Path | None = None
    """Where its bytes are; None when they could not be had."""
    stamp: str = ""
    """State that the file is of; "" when that is not certain."""
    why: str = ""
    """Why there is no file; "" when the object is gone."""


def downloaded(remote: Remote, due: Sequence[Found], folder: Path, most_bytes: int) -> Iterator[Downloaded]:
    """What becomes of each object, in order; the files are in `folder`, for the caller to take away.

    Raises `CorpusAway` when the storage cannot be read any more, and `OSError` when the disk cannot be written.
    """
    stop, numbers, left = Event(), count(), iter(due)
    under_way: deque[Future[Downloaded]] = deque()

    def begin() -> None:
        for found in left:
            under_way.append(pool.submit(_one, remote, found, folder / str(next(numbers)), most_bytes, stop))
            return

    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="footnote-download") as pool:
        try:
            for _ in range(2 * AT_ONCE):
                begin()
            while under_way:
                done = under_way.popleft().result()
                begin()
                yield done
        finally:
            stop.set()
            for future in under_way:
                future.cancel()


class _Stoppable:
    """A file that takes no more bytes once the others have ended: a large object is not waited for."""

    def __init__(self, file: IO[bytes], stop: Event) -> None:
        self._file, self._stop = file, stop

    def write(self, data: bytes, /) -> None:
        if self._stop.is_set():
            raise Unfetched("it was stopped")
        self._file.write(data)


def _one(remote: Remote, found: Found, file: Path, most_bytes: int, stop: Event) -> Downloaded:
    """In a thread of its own."""
    key = found.key
    try:
        for _ in range(TRIES):
            if stop.is_set():
                break
            with file.open("wb") as opened:
                is_whole = remote.fetch(found, _Stoppable(opened, stop))
            if is_whole:
                return Downloaded(key, file, found.stamp if found.is_settled else "")
            found = remote.again(key)
            if found.size > most_bytes:
                raise Unfetched(str(too_large(found.size, most_bytes)))
    except Gone:
        return _without(Downloaded(key), file)
    except Unfetched as error:
        return _without(Downloaded(key, why=str(error)), file)
    return _without(Downloaded(key, why=CHANGED), file)


def _without(outcome: Downloaded, file: Path) -> Downloaded:
    file.unlink(missing_ok=True)
    return outcome
