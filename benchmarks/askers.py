"""Many askers: one person's loop of questions against many at once, through a really started `footnote serve`.

    python -m benchmarks.askers [--corpus corpus] [--askers 32] [--seconds 10] [--rounds 3] [--questions FILE]

Each asker asks over HTTP, one question after the other, with no pause. One asker and many take turns; "lonely" asks of
a server with `--askers 0`, where all questions are answered in one process. The askers run on the same cores.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple

from benchmarks.scale_vectors import QUESTIONS, read_questions
from qa import Corpus


class Round(NamedTuple):
    """What some askers saw."""

    rate: float
    """Answers a second."""
    milliseconds: list[float]
    answered: list[int]
    """By asker."""
    refused: int


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=Path("corpus"))
    parser.add_argument("--askers", type=int, default=32)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    options = parser.parse_args()
    questions = read_questions(options.questions)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "corpus"
        shutil.copytree(options.corpus, folder, ignore=shutil.ignore_patterns(".footnote/*.lock"))
        Corpus(folder).sync()
        with serving(folder) as (server, address), serving(folder, "--askers", "0") as (_, lonely):
            for at in (address, lonely):
                asked(at, questions, 4, 3.0)  # the processes start, pages of files come in
            kinds = {"one asker": (address, 1), f"{options.askers} askers": (address, options.askers)}
            kinds[f"{options.askers} askers, lonely"] = (lonely, options.askers)
            rounds: dict[str, list[Round]] = {name: [] for name in kinds}
            for _ in range(options.rounds):
                for name, (at, count) in kinds.items():
                    rounds[name].append(asked(at, questions, count, options.seconds))
            tell(rounds)
            print(f"server and its processes: {resident(server):,.0f} MB resident")


def tell(rounds: dict[str, list[Round]]) -> None:
    """One line for each kind, and what it is to one asker."""
    print("| | answers a second | to one asker | median ms | p95 ms | p99 ms | least and most of an asker | refused |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    [first, *_] = rounds.values()
    for name, found in rounds.items():
        ratio = statistics.median(one.rate / base.rate for one, base in zip(found, first, strict=True))
        taken = sorted(each for one in found for each in one.milliseconds)
        p95, p99 = (taken[int(share * (len(taken) - 1))] for share in (0.95, 0.99))
        fair = f"{min(min(one.answered) for one in found)} to {max(max(one.answered) for one in found)}"
        print(
            f"| {name} | {statistics.median(one.rate for one in found):.0f} | {ratio:.2f} "
            f"| {statistics.median(taken):.0f} | {p95:.0f} | {p99:.0f} | {fair} | {sum(one.refused for one in found)} |"
        )


def asked(address: str, questions: Sequence[str], count: int, seconds: float) -> Round:
    """`count` askers at once, for some seconds."""
    until = time.perf_counter() + seconds
    times: list[list[float]] = [[] for _ in range(count)]
    refused = [0] * count

    def loop(which: int) -> None:
        connection = HTTPConnection(address, timeout=60)
        at = which * 7
        while (started := time.perf_counter()) < until:
            body = json.dumps({"question": questions[at % len(questions)]})
            connection.request("POST", "/api/ask", body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            response.read()
            if response.status == 200:
                times[which].append(1e3 * (time.perf_counter() - started))
            else:
                refused[which] += 1
                time.sleep(0.1)
            at += 1
        connection.close()

    threads = [threading.Thread(target=loop, args=(which,)) for which in range(count)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [each for of_one in times for each in of_one]
    return Round(len(every) / (time.perf_counter() - started), every, [len(each) for each in times], sum(refused))


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[int, str]]:
    """A started server: its process id and its address."""
    code = "from qa.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", str(folder), "--port", "0", "--no-open", "--no-watch", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ}) as server:
        assert server.stdout is not None
        found = None
        while not found:
            line = server.stdout.readline()
            if not line:
                raise SystemExit("the server ended before it answered")
            found = re.search(r"http://([\d.]+:\d+)/", line)
        try:
            yield server.pid, found.group(1)
        finally:
            server.terminate()


def resident(process: int) -> float:
    """MB of a process and its children."""
    total = 0.0
    for folder in Path("/proc").iterdir():
        try:
            status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
        except (OSError, NotADirectoryError):
            continue
        if folder.name == str(process) or status["PPid"].strip() == str(process):
            total += int(status.get("VmRSS", "0").split()[0]) / 1024
    return total


if __name__ == "__main__":
    main()
