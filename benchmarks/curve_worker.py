"""One index in a process of its own: opened, asked and changed, and what the process holds."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from benchmarks.scale import prepare
from index import Index
from qa import Corpus

__all__ = ["Asked", "Memory", "Worker", "resident"]

FOUND = 10
"""Passages of a search."""

_CORPUS: list[Corpus] = []


class Memory(NamedTuple):
    """Resident bytes of a process."""

    own: int
    mapped: int
    """Of files, which the system takes back when it must."""


class Asked(NamedTuple):
    """One search."""

    seconds: float
    found: list[tuple[str, int]]
    """Path and start of each passage, best first."""


class Worker:
    """The index of a folder in a store, in another process, as long as the `with` block lasts."""

    def __init__(self, folder: Path, store: str = "") -> None:
        """`store`: an address, or "" for the folder itself."""
        self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
        self._folder, self._store = folder, store

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown()

    def derive(self) -> float:
        """Make what is derived from an index in a folder, where it is missing: seconds."""
        return self._pool.submit(_derive, self._folder).result()

    def open(self, question: str) -> float:
        """Open it, its model loaded before, and ask once: seconds until the answer."""
        return self._pool.submit(_open, self._folder, self._store, question).result()

    def search(self, question: str) -> Asked:
        """Ask, timed in that process."""
        return self._pool.submit(_search, question).result()

    def change(self, name: str, text: str) -> float:
        """Seconds from the sync of a file that was changed until a search for how it begins now finds that."""
        return self._pool.submit(_change, name, text).result()

    def memory(self) -> Memory:
        """What that process holds."""
        return self._pool.submit(resident).result()


def resident(process: int | str = "self") -> Memory:
    """What a process holds (Linux)."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return Memory(*(int(lines[name].split()[0]) * 1024 for name in ("RssAnon", "RssFile")))


def _derive(folder: Path) -> float:
    started = time.perf_counter()
    prepare(Index(folder))
    return time.perf_counter() - started


def _open(folder: Path, store: str, question: str) -> float:
    corpus = Corpus(folder, store=store)
    assert corpus.model  # loaded now, and not within what is timed
    started = time.perf_counter()
    corpus.search(question, FOUND)
    _CORPUS[:] = [corpus]
    return time.perf_counter() - started


def _search(question: str) -> Asked:
    started = time.perf_counter()
    hits = _CORPUS[0].search(question, FOUND)
    return Asked(time.perf_counter() - started, [(hit.path, hit.start) for hit in hits])


def _change(name: str, text: str) -> float:
    started = time.perf_counter()
    _CORPUS[0].sync(only=[name])
    hits = _CORPUS[0].search(text, FOUND)  # whole: a server without BM25 does not know a new word
    seconds = time.perf_counter() - started
    if not any(hit.path == name and hit.passage.startswith(text.split(maxsplit=1)[0]) for hit in hits):
        raise SystemExit(f"{name} was not found after the sync: a change was missed")
    return seconds
