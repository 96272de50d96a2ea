"""What becomes of each file of a folder, and what reading it costs: a table to look through, one line for each file.

    python benchmarks/outcomes.py FOLDER            the table
    python benchmarks/outcomes.py FOLDER --caged 5  the cage's share of the processor time: 5 readings with, 5 without

The files are read by workers in their cage, nothing is written into the folder, and links are not followed.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from pathlib import Path
from statistics import median
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from index.errors import ReadError
from index.reading import Reader
from index.reading.regular import opened
from index.scanning import scan

WITHOUT = """
import sys, types
index = types.ModuleType("index")
index.__path__ = [sys.argv[1]]
sys.modules["index"] = index
import index.reading.worker as worker
worker.shut = worker.allow_time = lambda *_: None
worker.run(sys.argv[2])
"""
"""A worker that stays outside."""


def table(folder: Path) -> None:
    """Print state, seconds, characters, name and note of each file."""
    counts = {"indexed": 0, "in part": 0, "failed": 0}
    found = scan(folder, lambda _: True)
    with Reader() as reader:
        for facts in found.files.values():
            began = time.monotonic()
            try:
                with opened(folder / os.fsdecode(facts.name), below=folder) as file:
                    document = reader.read_open(file)
                state = "in part" if document.note else "indexed"
                size, said = len(document.text), document.note or document.title
            except ReadError as error:
                state, size, said = "failed", 0, str(error)
            counts[state] += 1
            print(f"{state:<8}{time.monotonic() - began:6.1f} s{size:>12,}  {facts.path}: {said[:200]!r}")
    for path, why in found.skipped:
        print(f"skipped {path}: {why}")
    print(
        ", ".join(f"{count:,} {state}" for state, count in counts.items()), f"{len(found.skipped):,} skipped", sep=", "
    )


def processor_seconds(folder: Path) -> float:
    """What a worker needs for the folder, from its start to its end."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Reader() as reader:
        for path in files:
            try:
                reader.read(path)
            except ReadError:
                continue
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cost(folder: Path, rounds: int) -> None:
    """Print processor seconds of workers with and without their cage, turn by turn, the starts included."""
    caged, free = [], []
    for _ in range(rounds):
        caged.append(processor_seconds(folder))
        with patch("index.reading.reader._START", WITHOUT):
            free.append(processor_seconds(folder))
    print(f"in the cage {median(caged):.2f} s, outside {median(free):.2f} s: {median(caged) / median(free) - 1:+.1%}")


def main() -> None:
    """Read the arguments and do what they say."""
    parser = argparse.ArgumentParser(description="What becomes of each file of a folder.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--caged", type=int, metavar="ROUNDS", help="measure what the cage costs instead")
    given = parser.parse_args()
    cost(given.folder, given.caged) if given.caged else table(given.folder)


if __name__ == "__main__":
    main()
