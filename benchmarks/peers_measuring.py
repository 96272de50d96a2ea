"""Systems side by side: each in a process of its own, asked in turns, so that what disturbs one disturbs all."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.peers_process import ChildrenWatched, peak_bytes
from benchmarks.peers_system import Setting

ROOT = Path(__file__).resolve().parent.parent
TURN = 10
"""Queries that one system answers before the next has its turn: the processor's caches are warm, as in use."""
WARM = 5
"""Queries that are asked before the clock starts."""
LAST_LINES = 12


class PeerFailed(Exception):
    """A system's process ended or gave no answer; says what it printed last."""


@dataclass(slots=True)
class Measured:
    """What one system took. Seconds and bytes."""

    name: str
    start: float = 0.0
    """Imports and loading the model."""
    index: float = 0.0
    index_cpu: float = 0.0
    queries: list[float] = field(default_factory=list)
    queries_cpu: list[float] = field(default_factory=list)
    found: dict[str, list[str]] = field(default_factory=dict)
    """Names of documents by query, best first."""
    added: list[float] = field(default_factory=list)
    """Until one more document is found."""
    saved: list[float] = field(default_factory=list)
    """Until it is on disk, too."""
    peak: int = 0
    """Most memory of the process, and the most of its children."""
    disk: int = 0


class Process:
    """The process of one system, and what has been measured of it."""

    def __init__(self, kind: str, name: str, python: Path, setting: Setting, environment: dict[str, str]) -> None:
        self.measured = Measured(name)
        self.setting, self._kind = setting, kind
        self._log = setting.folder.with_suffix(".log")
        with self._log.open("w") as log:
            self._popen = subprocess.Popen(
                [str(python), "-m", "benchmarks.peers_worker"],
                cwd=ROOT,
                env={**environment, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        self._to, self._from = self._popen.stdin, self._popen.stdout
        self._children = ChildrenWatched(self._popen.pid)

    def __enter__(self) -> Process:
        self._children.__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._children.__exit__(*raised)
        with suppress(BrokenPipeError):
            self._to.close()
        try:
            self._popen.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()
        self._from.close()

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """One command and its answer; raises `PeerFailed`."""
        try:
            self._to.write(json.dumps({"do": do, **arguments}) + "\n")
            self._to.flush()
            line = self._from.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            last = "\n".join(self._log.read_text("utf-8", "replace").splitlines()[-LAST_LINES:])
            raise PeerFailed(f"{self.measured.name} gave no answer to {do!r}; {self._log} ends with\n{last}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def prepare(self, query: str) -> None:
        """Start it and have it index all documents."""
        self.setting.folder.mkdir(parents=True, exist_ok=True)
        plain = {name: value if isinstance(value, bool) else str(value) for name, value in asdict(self.setting).items()}
        self.measured.start = self.ask("start", kind=self._kind, setting=plain)["seconds"]
        answer = self.ask("index", query=query)
        self.measured.index, self.measured.index_cpu = answer["seconds"], answer["cpu"]
        self.measured.disk = bytes_below(self.setting.folder)
        print(f"{self.measured.name}: indexed in {self.measured.index:.1f} s", flush=True)

    def warm(self, queries: Sequence[str], k: int) -> None:
        """Ask what is not counted."""
        self.ask("search", queries=list(queries), k=k)

    def search(self, queries: dict[str, str], k: int) -> None:
        """Ask queries, text by id, and keep what they took and found."""
        answer = self.ask("search", queries=list(queries.values()), k=k)
        self.measured.queries += answer["seconds"]
        self.measured.queries_cpu += answer["cpu"]
        self.measured.found |= dict(zip(queries, answer["found"], strict=True))

    def add(self, name: str, text: str, query: str) -> None:
        """Have it take one more document."""
        answer = self.ask("add", name=name, text=text, query=query)
        self.measured.added.append(answer["seconds"])
        self.measured.saved.append(answer["saved"])

    def weigh(self) -> None:
        """The most memory up to now."""
        self.measured.peak = peak_bytes(self._popen.pid) + self._children.peak


def bytes_below(folder: Path) -> int:
    """What the files of a folder take, by their lengths."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def in_turns(processes: list[Process], step: Callable[[Process], None]) -> None:
    """One step of each; a system that fails is told of and taken out."""
    for process in list(processes):
        try:
            step(process)
        except PeerFailed as error:
            print(error, flush=True)
            processes.remove(process)


def measure(
    processes: list[Process],
    queries: dict[str, str],
    warming: Sequence[str],
    additions: Sequence[tuple[str, str, str]],
    *,
    k: int = 10,
) -> None:
    """Index one after the other; then ask, and add documents (name, text, query), in turns.

    Who begins changes from turn to turn.
    """
    in_turns(processes, lambda process: process.prepare(warming[0]))
    in_turns(processes, lambda process: process.warm(warming[:WARM], k))
    for turn in _turns(queries):
        in_turns(processes, partial(Process.search, queries=turn, k=k))
        processes.append(processes.pop(0))
    for name, text, query in additions:
        in_turns(processes, partial(Process.add, name=name, text=text, query=query))
    in_turns(processes, Process.weigh)


def _turns(queries: dict[str, str]) -> Iterator[dict[str, str]]:
    items = list(queries.items())
    for start in range(0, len(items), TURN):
        yield dict(items[start : start + TURN])
