"""The process of one system: reads commands as lines of JSON, answers each with one, times by its own clock.

    python -m benchmarks.peers_worker

    {"do": "start", "kind": "bm25s", "setting": {...}}         -> {"seconds": 0.1, "cpu": 0.1}
    {"do": "index", "query": "..."}                            -> {"seconds": 3.2, "cpu": 3.1}
    {"do": "search", "queries": ["..."], "k": 10}              -> {"seconds": [0.2], "cpu": [0.3], "found": [["49"]]}
    {"do": "add", "name": "x", "text": "...", "query": "..."}  -> {"seconds": 0.2, "saved": 0.3}

What a system prints goes to the error output: only answers go back.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from benchmarks.peers_process import cpu_seconds
from benchmarks.peers_system import Setting, System, made

Answer = dict[str, Any]


class Worker:
    """One system and what is asked of it."""

    def __init__(self) -> None:
        self._system: System
        self._setting: Setting

    def start(self, kind: str, setting: dict[str, Any]) -> Answer:
        """Import it and load its model."""
        folders = {name: Path(value) for name, value in setting.items() if name != "best"}
        self._setting = Setting(**folders, best=setting["best"])
        self._system = made(kind, self._setting)
        return _timed(self._system.start)

    def index(self, query: str) -> Answer:
        """All files of the folder, until they are on disk and a first query is answered."""
        paths = sorted(self._setting.documents.glob("*.txt"))
        documents = {path.stem: path.read_text("utf-8") for path in paths}

        def act() -> None:
            self._system.index(documents)
            self._system.save()
            self._system.search(query, 1)

        return _timed(act)

    def search(self, queries: list[str], k: int) -> Answer:
        """One query after the other."""
        seconds, cpu, found = list[float](), list[float](), list[list[str]]()
        for query in queries:
            started, worked = time.perf_counter(), time.process_time()
            found.append(self._system.search(query, k))
            seconds.append(time.perf_counter() - started)
            cpu.append(time.process_time() - worked)
        return {"seconds": seconds, "cpu": cpu, "found": found}

    def add(self, name: str, text: str, query: str) -> Answer:
        """One document, until `query` finds it, and until it is on disk."""
        started = time.perf_counter()
        self._system.add(name, text)
        if name not in (found := self._system.search(query, 10)):
            raise LookupError(f"{name} was added, and {query!r} finds {found}")
        searchable = time.perf_counter() - started
        self._system.save()
        return {"seconds": searchable, "saved": time.perf_counter() - started}


def _timed(act: Callable[[], None]) -> Answer:
    cpu, started = cpu_seconds(os.getpid()), time.perf_counter()
    act()
    return {"seconds": time.perf_counter() - started, "cpu": cpu_seconds(os.getpid()) - cpu}


def main() -> None:
    """Answer until the input ends."""
    answers: TextIO = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    worker = Worker()
    for line in sys.stdin:
        command = json.loads(line)
        answer = getattr(worker, command.pop("do"))(**command)
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
