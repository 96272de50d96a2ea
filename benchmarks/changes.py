"""Small changes in a large folder: one document added, changed and deleted, and a sync that finds nothing to do.

    python -m benchmarks.changes FOLDER [--rounds 7]

`FOLDER` is a folder that Footnote has indexed (`benchmarks.scale_corpus` makes large ones). What is measured is done in
it: documents of the name `footnote-change-N.txt` come and go; give a copy where that matters. Each round adds a
document of the length of another one, changes it and deletes it, once told which file it is (as by `--watch`, or by the
page after an upload) and once not, in turn. A change is searchable when a search for a word that only the new text has
finds it, or finds it no more, in the process that synced. "written" is what the process handed to the disk meanwhile,
logs and checkpoints included.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple, TypeVar

from index import Index
from index.planning import plan
from index.recipes import Recipe
from index.scanning import scan
from index.store import Store
from index.sync import is_readable
from qa import Corpus

T = TypeVar("T")

NAME = "footnote-change-{}.txt"


class Cost(NamedTuple):
    """What one change took."""

    synced_s: float
    """Until the sync had returned."""
    found_s: float
    """Until a search knew of it: the sync and a search."""
    processor_s: float
    """Time of all threads of the process for both."""
    written: int
    """Bytes."""


def main() -> None:
    """Print a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="an indexed folder")
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    folder = options.folder
    corpus = Corpus(folder)
    print(f"first sync and opening: {_seconds(lambda: print(corpus.sync()))[0]:.1f} s")
    corpus.search("warm up", 1)
    _tell_of_nothing(folder, corpus, options.rounds)
    text = next(path for path in sorted(folder.rglob("*.txt"))).read_text("utf-8")
    costs = defaultdict[tuple[str, str], list[Cost]](list)
    try:
        for number in range(options.rounds):
            for told in (True, False) if number % 2 else (False, True):
                for what, cost in _round(folder, corpus, text, f"{number}{'t' if told else 'w'}", told=told):
                    costs["told which" if told else "whole folder", what].append(cost)
    finally:
        for left in folder.glob(NAME.format("*")):
            left.unlink()
        corpus.sync()
    for (how, what), each in costs.items():
        print(
            f"{how:>14}  {what:>8}: searchable after {_milliseconds(cost.found_s for cost in each)}, sync alone "
            f"{_milliseconds(cost.synced_s for cost in each)}, processor {_milliseconds(c.processor_s for c in each)}, "
            f"written {statistics.median(cost.written for cost in each) / 1e6:.2f} MB "
            f"(most {max(cost.written for cost in each) / 1e6:.2f}), n {len(each)}"
        )


def _tell_of_nothing(folder: Path, corpus: Corpus, rounds: int) -> None:
    """A sync with nothing to do, and the parts of it."""
    store = Store.open(Index(folder).folder / "index.db")
    found, known = scan(folder, is_readable), store.known_files()
    recipe = Recipe(next(iter(known.values())).recipe)
    parts: dict[str, Callable[[], object]] = {
        "sync, unchanged": corpus.sync,
        "its walk": lambda: scan(folder, is_readable),
        "what is known": store.known_files,
        "compared": lambda: plan(found, known, recipe, lambda facts: known[facts.name].digest),
    }
    seconds = defaultdict[str, list[float]](list)
    for _ in range(rounds):
        for name, action in parts.items():
            seconds[name].append(_seconds(action)[0])
    store.close()
    print(f"{len(found.files):,} files in {len(found.folders):,} folders")
    for name, each in seconds.items():
        print(f"{name:>16}: {_milliseconds(each)}, n {len(each)}")


def _round(folder: Path, corpus: Corpus, text: str, key: str, *, told: bool) -> list[tuple[str, Cost]]:
    path = folder / NAME.format(key)
    first, second = (f"zyx{key}{word}" for word in ("qone", "qtwo"))
    costs = []
    for what, new, word, is_there in (
        ("added", f"{first} {text}", first, True),
        ("changed", f"{second} {text}", second, True),
        ("deleted", None, second, False),
    ):
        if new is None:
            path.unlink()
        else:
            path.write_text(new, "utf-8")
        costs.append((what, _changed(corpus, path.name, word, told=told, is_there=is_there)))
    return costs


def _changed(corpus: Corpus, name: str, word: str, *, told: bool, is_there: bool) -> Cost:
    written, processor = _written(), time.process_time()
    synced, _ = _seconds(lambda: corpus.sync(only=[name] if told else None))
    found, hits = _seconds(lambda: corpus.search(word, 10))
    if (name in {hit.path for hit in hits}) is not is_there:
        raise SystemExit(f"{name} was {'not ' if is_there else ''}found after the sync: a change was missed")
    return Cost(synced, synced + found, time.process_time() - processor, _written() - written)


def _written() -> int:
    """Bytes that this process has handed to the disk (Linux; 0 elsewhere)."""
    try:
        lines = Path("/proc/self/io").read_text().splitlines()
    except OSError:
        return 0
    return int(dict(line.split(": ") for line in lines)["write_bytes"])


def _seconds(action: Callable[[], T]) -> tuple[float, T]:
    started = time.perf_counter()
    result = action()
    return time.perf_counter() - started, result


def _milliseconds(seconds: Iterable[float]) -> str:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    return f"{1000 * statistics.median(ordered):.0f} ms (p95 {1000 * p95:.0f})"


if __name__ == "__main__":
    main()
