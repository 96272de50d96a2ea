"""Searching a large index: opening it, a whole `search`, its parts, the recall of the vectors, and the memory.

    python -m benchmarks.scale FOLDER [--questions FILE] [--rounds 3] [--recall 200]

The folder is one that `benchmarks.scale_corpus` made, or any that Footnote has indexed; nothing in it is synced. What
is derived from the store (vectors for FAISS, postings for BM25) is written first where it is missing, and the time for
that is told. Each question is asked `--rounds` times in turn with all others; the first round is told apart, because
its pages come from the disk or the system's cache.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from benchmarks.scale_vectors import QUESTIONS, read_questions
from index import Index, Snapshot, derived
from index.analysis import terms
from index.vectors import VectorIndex
from index.writing import WritableStore
from qa import Corpus

T = TypeVar("T")


def main() -> None:
    """Print the figures, one a line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--index", type=Path, help="where the index lies, if not in the folder")
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="JSON lines with a question each")
    parser.add_argument("--most", type=int, default=200, help="questions asked at most")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--recall", type=int, default=100, help="questions whose nearest are compared with all")
    options = parser.parse_args()
    questions = read_questions(options.questions)[: options.most]
    prepare(Index(options.folder, index=options.index))
    corpus = Corpus(options.folder, index=options.index)
    started = time.perf_counter()
    print(f"model loaded: {corpus.model}, {1e3 * (time.perf_counter() - started):.0f} ms, {memory()}")
    started = time.perf_counter()
    with corpus._index.snapshot() as snapshot:
        print(f"opened: {len(snapshot):,} passages, {1e3 * (time.perf_counter() - started):.0f} ms, {memory()}")
    for at in range(options.rounds):
        times = [timed(partial(corpus.search, question))[0] for question in questions]
        tell("search, first round" if at == 0 else f"search, round {at + 1}", times)
    print(f"after {options.rounds * len(questions)} searches: {memory()}")
    with corpus._index.snapshot() as snapshot:
        parts(snapshot, questions)
        recall(snapshot, questions[: options.recall])
    times = [timed(partial(corpus.ask, question))[0] for question in questions]
    tell("ask", times)
    print(f"at the end: {memory()}")


def prepare(index: Index) -> None:
    """Write what is derived from the store, as the end of a sync does."""
    store = WritableStore.create(index.folder / "index.db")
    try:
        taken, _ = timed(lambda: derived.saved(derived.empty(index.embedder.dimension), store, index.folder))
    finally:
        store.close()
    size = sum(path.stat().st_size for path in index.folder.glob("*.fn"))
    print(f"derived indexes: {size / 1e6:,.0f} MB, made or found whole in {taken:.1f} s, {memory()}")


def parts(snapshot: Snapshot, questions: Sequence[str]) -> None:
    """The time of the two retrievers, question by question."""
    times: dict[str, list[float]] = {"embedding the question": [], "vectors": [], "BM25": []}
    for question in questions:
        taken, vector = timed(partial(snapshot.embed_question, question))
        times["embedding the question"].append(taken)
        times["vectors"].append(timed(partial(snapshot.nearest, vector, 200))[0])
        times["BM25"].append(timed(partial(_by_words, snapshot, terms(question)))[0])
    for name, found in times.items():
        tell(name, found)


def _by_words(snapshot: Snapshot, words: Sequence[str]) -> None:
    snapshot.lexical_best(snapshot.lexical_scores(words), 200)


def recall(snapshot: Snapshot, questions: Sequence[str]) -> None:
    """How many of the nearest ten, and two hundred, are found that comparing every vector finds."""
    vectors = np.concatenate([snapshot.embed_question(question) for question in questions])
    scores: list[np.ndarray] = []
    ids: list[np.ndarray] = []
    vectors_of = snapshot._searched.vectors
    assert isinstance(vectors_of, VectorIndex)  # the folder's own: a server compares its vectors itself
    for segment in vectors_of.segments:
        for at in range(0, len(segment), 1 << 16):
            found = vectors @ segment.vectors[at : at + (1 << 16)].astype(np.float32).T
            best = np.argpartition(-found, min(200, found.shape[1] - 1), axis=1)[:, :200]
            scores.append(np.take_along_axis(found, best, axis=1))
            ids.append(segment.ids[at : at + (1 << 16)][best])
    every, which = np.concatenate(scores, axis=1), np.concatenate(ids, axis=1)
    order = np.argsort(-every, axis=1, kind="stable")[:, :200]
    truth = np.take_along_axis(which, order, axis=1)
    for depth in (10, 200):
        shares = [
            len(np.intersect1d(snapshot.nearest(vectors[at : at + 1], 200)[:depth], truth[at][:depth])) / depth
            for at in range(len(questions))
        ]
        print(f"recall@{depth} against comparing all: {statistics.mean(shares):.4f} ({len(questions)} questions)")


def timed(action: Callable[[], T]) -> tuple[float, T]:
    """Seconds it takes, and what it gives."""
    started = time.perf_counter()
    found = action()
    return time.perf_counter() - started, found


def tell(name: str, seconds: Sequence[float]) -> None:
    """One line of figures."""
    ordered = sorted(1e3 * each for each in seconds)
    p95 = ordered[int(0.95 * (len(ordered) - 1))]
    print(f"{name}: median {statistics.median(ordered):.1f} ms, p95 {p95:.1f} ms, n {len(ordered)}", flush=True)


def memory() -> str:
    """What the process holds: of its own, and of files that are mapped (the system takes those back when it must)."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    own, mapped = (int(lines[name].split()[0]) / 1024 for name in ("RssAnon", "RssFile"))
    return f"{own + mapped:,.0f} MB resident ({own:,.0f} of its own, {mapped:,.0f} of mapped files)"


if __name__ == "__main__":
    main()
