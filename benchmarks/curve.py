"""From ten thousand passages to ten millions: searching, changing, memory; in the folder and on a Milvus server.

    python -m benchmarks.curve SOURCE WORK [--sizes 10000,100000] [--store milvus://HOST:PORT/NAME] [--on-server 100000]

`SOURCE` is a folder that Footnote has indexed. It is widened to each size (`benchmarks.scale_corpus`; kept below `WORK`
and used again), and asked the same questions in turns, each store in a process of its own. Sizes up to `--on-server`
are moved to the server first (`footnote move`), which copies and compares everything. A line of JSON for each size is
added to `WORK/curve.jsonl`; `python -m benchmarks.curve_table WORK/curve.jsonl` makes the table and the plot of them.

`--standalone` starts the server of the package `milvus` (2.3.5) for it, on the addresses of this process's network.
Left out beyond `--whole`, as in the corpora of ten millions: the documents themselves and the vectors of sentences.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.curve_worker import Asked, Worker, resident
from benchmarks.scale_corpus import make
from benchmarks.scale_vectors import QUESTIONS, read_questions
from index.opening import moved_to, opened

__all__ = ["InStore", "Moved", "Point"]

SEED = 20261130
CHANGES = 5
MB = 1 << 20


@dataclass(frozen=True, slots=True)
class InStore:
    """What one store did at one size: times in seconds, memory in MB."""

    opened: float
    first_median: float
    first_p95: float
    median: float
    p95: float
    changed: float | None
    own: float
    mapped: float


@dataclass(frozen=True, slots=True)
class Moved:
    """A move to the server and what it holds then: times in seconds, memory in MB."""

    seconds: float
    comparing: float
    """Of them, the last part: reading all back and comparing it."""
    server: float | None
    """Resident, where the server was started here."""
    same_best: float
    """Share of questions whose best passage is the folder's."""
    same_ten: float
    """Share of the folder's ten best passages that the server found."""


@dataclass(frozen=True, slots=True)
class Point:
    """One size."""

    passages: int
    whole: bool
    derived: float
    """Seconds."""
    derived_mb: float
    store_mb: float
    folder: InStore
    server: InStore | None = None
    moved: Moved | None = None
    when: str = field(default_factory=lambda: time.strftime("%Y-%m-%d"))


def main() -> None:
    """Add a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="an indexed folder, to be widened")
    parser.add_argument("work", type=Path, help="where the corpora are kept")
    parser.add_argument("--sizes", type=_numbers, default=[10_000, 100_000, 1_000_000], help="passages, with commas")
    parser.add_argument("--whole", type=int, default=1_000_000, help="most passages with files and sentences")
    parser.add_argument("--store", default="", help="the address of a Milvus server")
    parser.add_argument("--standalone", action="store_true", help="start the server of the package milvus")
    parser.add_argument("--on-server", type=int, default=100_000, help="most passages that are moved to the server")
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="JSON lines with a question each")
    parser.add_argument("--most", type=int, default=200, help="questions asked at most")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    questions = read_questions(options.questions)[: options.most]
    options.work.mkdir(parents=True, exist_ok=True)
    with _server(options.work / "server", options.store, start=options.standalone) as (store, process):
        for size in options.sizes:
            folder = _corpus(options.source, options.work, size, whole=size <= options.whole)
            there = store if size <= options.on_server else ""
            point = _point(folder, size, there, process, questions, options.rounds, whole=size <= options.whole)
            with (options.work / "curve.jsonl").open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(point)) + "\n")
            print(json.dumps(asdict(point), indent=2), flush=True)


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


def _corpus(source: Path, work: Path, size: int, *, whole: bool) -> Path:
    folder = work / f"{size}"
    done = folder / ".footnote" / "made"
    if not done.exists():
        make(source / ".footnote" / "index.db", folder, size, SEED, sentences=whole, files=whole)
        done.touch()
    return folder


@contextmanager
def _server(folder: Path, store: str, *, start: bool) -> Iterator[tuple[str, int | None]]:
    """The address to measure at, and the process of the server where it is started here."""
    if not start:
        yield store, None
        return
    from milvus import MilvusServer, MilvusServerConfig

    server = MilvusServer(MilvusServerConfig(data_dir=str(folder)))
    server.start()
    try:
        yield f"milvus://127.0.0.1:{server.listen_port}/curve", server.server_proc.pid
    finally:
        server.stop()


def _point(
    folder: Path, size: int, store: str, process: int | None, questions: Sequence[str], rounds: int, *, whole: bool
) -> Point:
    with Worker(folder) as deriving:
        derived = deriving.derive()
    seconds = _move(folder, f"{store}?corpus=of{size}") if store else None
    asked: dict[str, list[Asked]] = defaultdict(list)
    with Worker(folder) as here, Worker(folder, f"{store}?corpus=of{size}" if store else "") as there:
        workers = {"folder": here, "server": there} if store else {"folder": here}
        opening = {name: worker.open(questions[-1]) for name, worker in workers.items()}
        for _ in range(rounds):
            for at, question in enumerate(questions):
                for name in list(workers)[:: 1 if at % 2 else -1]:
                    asked[name].append(workers[name].search(question))
        memory = {name: worker.memory() for name, worker in workers.items()}
        server_memory = sum(resident(process)) / MB if process and store else None
        changed = _changes(folder, workers) if whole else {}
    files = list((folder / ".footnote").glob("*.fn"))
    found = {
        name: InStore(
            opening[name],
            *_spread(asked[name][: len(questions)]),
            *_spread(asked[name][len(questions) :]),
            statistics.median(changed[name]) if changed else None,
            memory[name].own / MB,
            memory[name].mapped / MB,
        )
        for name in workers
    }
    moved = Moved(*seconds, server_memory, *_agreement(asked["folder"], asked["server"])) if seconds else None
    return Point(
        size,
        whole,
        derived,
        sum(path.stat().st_size for path in files) / MB,
        (folder / ".footnote" / "index.db").stat().st_size / MB,
        found["folder"],
        found.get("server"),
        moved,
    )


def _move(folder: Path, store: str) -> tuple[float, float]:
    """Seconds of all, and of the comparing at the end."""
    stages: list[tuple[str, float]] = []

    def tell(stage: str, done: int, total: int) -> None:
        if not stages or stages[-1][0] != stage:
            stages.append((stage, time.perf_counter()))
        print(f"\r{stage}: {done:,} of {total:,} documents", end="", flush=True)

    started = time.perf_counter()
    moved_to(opened(folder, store="", index=None), opened(folder, store=store, index=None), tell)
    ended = time.perf_counter()
    print()
    return ended - started, next((ended - at for stage, at in stages if stage != "copying"), 0.0)


def _changes(folder: Path, workers: dict[str, Worker]) -> dict[str, list[float]]:
    """Documents of the corpus get a new word each; both stores follow, in turns."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.glob("part-00000/*.txt"))[:CHANGES]
    seconds: dict[str, list[float]] = defaultdict(list)
    for at, name in enumerate(names):
        word = f"zyx{at}qcurve{int(time.time())}"
        path = folder / name
        text = f"{word} {path.read_text('utf-8')}"
        path.write_text(text, "utf-8")
        for store in list(workers)[:: 1 if at % 2 else -1]:
            seconds[store].append(workers[store].change(name, text[:300]))
    return seconds


def _spread(asked: Sequence[Asked]) -> tuple[float, float]:
    """Median and 95th percentile."""
    ordered = sorted(one.seconds for one in asked)
    return statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))]


def _agreement(folder: Sequence[Asked], server: Sequence[Asked]) -> tuple[float, float]:
    pairs = list(zip(folder, server, strict=True))
    best = statistics.mean(here.found[:1] == there.found[:1] for here, there in pairs)
    ten = statistics.mean(len({*here.found} & {*there.found}) / max(1, len(here.found)) for here, there in pairs)
    return best, ten


if __name__ == "__main__":
    main()
