"""The first sync of a folder: how soon it can be asked, how fast it goes on, and what an end in between costs.

    python -m benchmarks.syncing [FOLDER] [--rounds 1] [--device cuda] [--kill]

FOLDER holds documents (default: the sample corpus). Each round syncs it into a new index in a process of its own, and
another process asks meanwhile, as a page would. With --kill a further sync is killed (`kill -9`) again and again, and
its index compared with that of one that was left alone.

Seconds count from the start of the sync, the model being loaded. "cores" is processor time (workers included) by wall
time: on a machine that others use, compare the processor time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from index import Index, SyncProgress
from index.embedding import Embedder, Vectors, load_embedder
from index.errors import FootnoteError
from index.vectors import VectorIndex
from qa import Answer, Corpus, Hit

SAMPLE = Path(__file__).resolve().parent.parent / "corpus"
KILLS = 6
ASKED_EVERY_S = 0.1

QUESTION = "What was new for many people in the first year?"
"""Of words that any folder of English documents has."""


class Busy:
    """An embedder that notes how long it works."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.seconds, self.texts, self.splitting = 0.0, 0, 0.0
        self.name, self.fingerprint = embedder.name, embedder.fingerprint
        self.dimension, self.max_tokens = embedder.dimension, embedder.max_tokens

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """As the model has it."""
        began = time.perf_counter()
        vectors = self._embedder.embed_passages(texts)
        self.seconds += time.perf_counter() - began
        self.texts += len(texts)
        return vectors

    def embed_question(self, text: str) -> Vectors:
        """As the model has it."""
        return self._embedder.embed_question(text)

    def token_spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """As the model has it."""
        began = time.perf_counter()
        spans = self._embedder.token_spans(texts)
        self.splitting += time.perf_counter() - began
        return spans


def sync_once(folder: Path, index: Path, device: str | None) -> dict[str, Any]:
    """Sync into `index` and say what it took: in this process, which does nothing else."""
    embedder = Busy(load_embedder(device=device))
    embedder.embed_passages(["The model is loaded and used once."] * 32)
    embedder.seconds, embedder.texts = 0.0, 0
    at: dict[str, float] = {}
    before, began = os.times(), time.perf_counter()

    def tell(progress: SyncProgress) -> None:
        at.setdefault(progress.stage, time.perf_counter() - began)

    made = Index(folder, index=index, embedder=embedder)
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    gpu = GpuShare() if (device or "").startswith("cuda") else None
    report = made.sync(tell)
    wall, after = time.perf_counter() - began, os.times()
    return {
        "passages": report.passages,
        "embedded": report.embedded,
        "texts": embedder.texts,
        "wall": wall,
        "all text": at.get("embedding the passages", at.get("embedding the sentences", wall)),
        "all vectors": at.get("embedding the sentences", wall),
        "processor": sum(after[:4]) - sum(before[:4]),
        "embedder busy": embedder.seconds / wall,
        "tokens measured": embedder.splitting,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "gpu busy": gpu.stopped() if gpu else None,
    }


class GpuShare:
    """Share of the time that the GPU is busy, as its driver says it ten times a second."""

    def __init__(self) -> None:
        command = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "-lms", "100"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def stopped(self) -> float:
        """The mean since the start, in [0, 1]."""
        self._process.terminate()
        said, _ = self._process.communicate()
        shares = [float(line) / 100 for line in said.split() if line.isdecimal()]
        return statistics.mean(shares) if shares else float("nan")


def first_answer(folder: Path, index: Path, ended: threading.Event) -> Iterator[tuple[str, float]]:
    """Seconds from now until something is found, and until a question is answered; asked as a page would."""
    began, corpus = time.perf_counter(), Corpus(folder, index=index)
    corpus.model  # noqa: B018  loaded before it counts
    wanted: dict[str, Callable[[str], list[Hit] | Answer]] = {"first found": corpus.search, "first asked": corpus.ask}
    while wanted and not ended.is_set():
        for name, ask in list(wanted.items()):
            try:
                found = ask(QUESTION)
            except FootnoteError:
                continue
            if (isinstance(found, list) and not found) or (not isinstance(found, list) and not found.citations):
                continue
            del wanted[name]
            yield name, time.perf_counter() - began
        time.sleep(ASKED_EVERY_S)


def child(folder: Path, index: Path, device: str | None) -> subprocess.Popen[str]:
    """A process that syncs."""
    command = [sys.executable, "-m", "benchmarks.syncing", str(folder), "--into", str(index)]
    return subprocess.Popen([*command, *(["--device", device] if device else [])], stdout=subprocess.PIPE, text=True)


def measured(folder: Path, work: Path, device: str | None, *, asked: bool) -> dict[str, Any]:
    """One sync in a process of its own; while it runs, this process asks when `asked`."""
    index = work / "index"
    shutil.rmtree(index, ignore_errors=True)
    process = child(folder, index, device)
    assert process.stdout
    assert process.stdout.readline() == "begun\n"
    ended, found = threading.Event(), dict[str, float]()
    asking = threading.Thread(target=lambda: found.update(first_answer(folder, index, ended)))
    if asked:
        asking.start()
    said = process.stdout.read()
    ended.set()
    if asked:
        asking.join()
    return {**json.loads(said.splitlines()[-1]), **found}


def killed(folder: Path, work: Path, seconds: float, device: str | None) -> None:
    """Sync with `KILLS` kills spread over what a sync takes; say what was embedded in all, and compare the indexes."""
    index, chance = work / "killed", random.Random(7)
    for _ in range(KILLS):
        process = child(folder, index, device)
        assert process.stdout
        process.stdout.readline()
        time.sleep(chance.uniform(0.3, 1.0) * seconds / KILLS)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        counts = progress_of(index)
        print(f"  killed with {counts[0]:,} of {counts[1]:,} passages embedded", flush=True)
    process = child(folder, index, device)
    last = json.loads(process.communicate()[0].splitlines()[-1])
    one, other = everything(folder, index), everything(folder, work / "index")
    same = "equal" if one == other else "NOT equal"
    print(f"  after {KILLS} kills: {last['embedded']:,} left to embed at last; the same passages and vectors: {same}")


def progress_of(index: Path) -> tuple[int, int]:
    """Passages that have a vector, and passages."""
    with Index(SAMPLE, index=index).snapshot() as snapshot:
        return len(snapshot) - snapshot.by_words_only, len(snapshot)


def everything(folder: Path, index: Path) -> dict[tuple[str, int], tuple[str, bytes]]:
    """Text and vectors of each passage by path and start."""
    with Index(folder, index=index).snapshot() as snapshot:
        ids = snapshot.passages_within(["*"])
        index_of_vectors = snapshot._searched.vectors
        assert isinstance(index_of_vectors, VectorIndex)
        vectors = index_of_vectors.of_passages(ids)
        sentences = snapshot.sentence_vectors(ids)
        return {
            (p.document.path, p.start): (p.text, vector.tobytes() + of_p.tobytes())
            for p, vector, of_p in zip(snapshot.passages(ids.tolist()), vectors, sentences, strict=True)
        }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=SAMPLE)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--device", help="cuda, or another device of torch (default: the compiled model on the CPU)")
    parser.add_argument("--kill", action="store_true", help="kill another sync again and again, and compare")
    parser.add_argument("--alone", action="store_true", help="ask nothing meanwhile")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.into:
        print(json.dumps(sync_once(options.folder, options.into, options.device)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        rounds = [
            measured(options.folder, Path(temporary), options.device, asked=not options.alone)
            for _ in range(options.rounds)
        ]
        middle = {
            name: statistics.median(values)
            for name in dict.fromkeys(name for each in rounds for name in each)
            if (values := [each[name] for each in rounds if each.get(name) is not None])
        }
        report(options.folder, middle)
        if options.kill:
            killed(options.folder, Path(temporary), middle["wall"], options.device)


def report(folder: Path, of: dict[str, float]) -> None:
    """Print the medians."""
    print(f"{folder.name}: {of['passages']:,.0f} passages, {of['texts']:,.0f} texts embedded, sentences included")
    for name in ("first found", "first asked", "all text", "all vectors", "wall"):
        if name in of:
            print(f"  {name.replace('wall', 'all done'):12} {of[name]:8.1f} s")
    print(
        f"  passages/s   {of['passages'] / of['wall']:8.1f}   of processor time {of['passages'] / of['processor']:.1f}"
    )
    print(f"  embedder busy {of['embedder busy']:.0%} of the time, {of['processor'] / of['wall']:.2f} cores used")
    print(f"  peak memory  {of['peak MB']:8.0f} MB")
    if "gpu busy" in of:
        print(f"  GPU busy {of['gpu busy']:.0%} of the time")


if __name__ == "__main__":
    main()
