"""How long asking takes: a question from the shell, cold and warm, and questions to an open `Corpus`.

    python -m benchmarks.asking [--corpus corpus] [--runs 7]

"cold" is a new process each time, its files in the system's cache; "first" asks each question for the first time,
"again" repeats it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from qa import Corpus

QUESTIONS = Path(__file__).resolve().parent.parent / "tests" / "quality" / "questions.jsonl"
ASK = "How many migrants reach Colombia each day?"


def main() -> None:
    """Print a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    questions = [json.loads(line)["question"] for line in QUESTIONS.read_text().splitlines()]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "corpus"
        shutil.copytree(options.corpus, folder, ignore=shutil.ignore_patterns(".footnote"))
        corpus = Corpus(folder)
        print(f"sync from nothing: {corpus.sync()}")
        print(f"sync again: {corpus.sync().seconds * 1000:.0f} ms")
        corpus.ask(ASK)
        _tell("ask, first", [_seconds(partial(corpus.ask, q)) for q in questions])
        _tell("ask, again", [_seconds(partial(corpus.ask, q)) for q in questions])
        _tell("search", [_seconds(partial(corpus.search, q)) for q in questions])
        code = "from qa.cli import main; main()"
        command = [sys.executable, "-c", code, "ask", ASK, "--corpus", str(folder)]
        _tell("footnote ask, cold", [_seconds(lambda: _run(command)) for _ in range(options.runs)])
        importing = [sys.executable, "-c", "import qa"]
        _tell("import qa, cold", [_seconds(lambda: _run(importing)) for _ in range(options.runs)])


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _seconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def _tell(name: str, seconds: Sequence[float]) -> None:
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]
    print(f"{name:>20}: median {1000 * statistics.median(seconds):7.1f} ms, p95 {1000 * p95:7.1f} ms, n {len(seconds)}")


if __name__ == "__main__":
    main()
