"""Starting: cold processes until they are of use, and what is on the disk after installing.

    python -m benchmarks.starting [--corpus corpus] [--runs 5]

Every run is a new process, its files in the system's cache; the kinds take turns. "serve, first answer" ends when the
answer to a question has come back over HTTP from a server that was started for it, its index being built already.
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
from http.client import HTTPConnection
from importlib.metadata import Distribution, distributions
from pathlib import Path

from benchmarks.askers import serving
from qa import Corpus

QUESTION = "How many migrants reach Colombia each day?"
LISTED = 25
"""Packages told one by one."""


def main() -> None:
    """Print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "corpus"
        shutil.copytree(options.corpus, folder, ignore=shutil.ignore_patterns(".footnote"))
        Corpus(folder).sync()
        kinds: dict[str, Callable[[], object]] = {
            "python -c pass": lambda: run(["-c", "pass"]),
            "import numpy, faiss": lambda: run(["-c", "import numpy, faiss"]),
            "import qa": lambda: run(["-c", "import qa"]),
            "footnote --help": lambda: footnote("--help"),
            "footnote ask": lambda: footnote("ask", QUESTION, "--corpus", str(folder)),
            "footnote sync, nothing new": lambda: footnote("sync", "--corpus", str(folder)),
            "serve, first answer": lambda: first_answer(folder),
        }
        times: dict[str, list[float]] = {name: [] for name in kinds}
        for _ in range(options.runs):
            for name, action in kinds.items():
                started = time.perf_counter()
                action()
                times[name].append(time.perf_counter() - started)
    print("| cold process | median s | least | most |\n| --- | --- | --- | --- |")
    for name, found in times.items():
        print(f"| {name} | {statistics.median(found):.2f} | {min(found):.2f} | {max(found):.2f} |")
    sizes = sorted(((size_of(each), each) for each in distributions()), key=lambda pair: -pair[0])
    print(f"\n{len(sizes)} packages, {sum(size for size, _ in sizes) / 1e6:,.0f} MB installed")
    print("| package | MB |\n| --- | --- |")
    for size, each in sizes[:LISTED]:
        print(f"| {each.metadata['Name']} {each.version} | {size / 1e6:,.0f} |")


def run(arguments: Sequence[str]) -> None:
    """Run Python with these arguments."""
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def footnote(*arguments: str) -> None:
    """Run the command of Footnote."""
    run(["-c", "from qa.cli import main; main()", *arguments])


def first_answer(folder: Path) -> None:
    """Start a server, ask it as soon as it tells its address, and end it."""
    with serving(folder) as (_, address):
        connection = HTTPConnection(address, timeout=60)
        body = json.dumps({"question": QUESTION})
        connection.request("POST", "/api/ask", body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        if not json.loads(response.read())["found"]:
            raise SystemExit("the server did not answer the question")
        connection.close()


def size_of(distribution: Distribution) -> int:
    """Bytes of the files that a package put onto the disk; compiled Python is left out."""
    files = distribution.files or []
    paths = {Path(str(file.locate())) for file in files if not str(file).endswith(".pyc")}
    return sum(path.stat().st_size for path in paths if path.is_file())


if __name__ == "__main__":
    main()
