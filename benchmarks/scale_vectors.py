"""Which index for vectors: recall, time, memory and building of the candidates, over the same vectors in one run.

    python -m benchmarks.scale_vectors INDEXED_FOLDER [--rows 200000] [--questions FILE] [--methods exact,lists]

The folder is one that Footnote has indexed (`benchmarks.scale_corpus` makes a large one). Recall is against comparing
every vector. All approximate methods but HNSW score their nearest 1,000 again by the vectors in half precision, which
lie in a memory-mapped file. One thread a question, as when many ask; the methods take turns, question by question.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import faiss
import numpy as np
from numpy.typing import NDArray

from index.arrays import write_arrays
from index.embedding import load_embedder
from index.vector_segments import VectorSegment

QUESTIONS = Path(__file__).resolve().parent.parent / "tests" / "quality" / "questions.jsonl"
DEPTH = 200
"""Passages that a question takes from its nearest."""

RESCORED = 1000

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]
Search = Callable[[Floats], NDArray[np.int64]]


class Method(NamedTuple):
    """One way to find the nearest vectors."""

    name: str
    search: Search
    seconds: float
    """To build it."""
    size: int
    """Bytes beside the vectors themselves, which all of them need for exact scores."""


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="JSON lines with a question each")
    parser.add_argument("--most", type=int, default=200, help="questions asked at most")
    parser.add_argument("--methods", default="exact,half,flat-codes,lists,pq,hnsw", help="which, by name")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        halves = read_vectors(options.folder / ".footnote" / "index.db", options.rows, Path(temporary))
        questions = embedded(read_questions(options.questions)[: options.most])
        faiss.omp_set_num_threads(2)
        methods = [MAKERS[name](halves, Path(temporary)) for name in options.methods.split(",")]
        faiss.omp_set_num_threads(1)
        measure(methods, halves, questions)


def measure(methods: Sequence[Method], halves: Halves, questions: Floats) -> None:
    """Ask each question of each method in turn."""
    truth = nearest(halves, questions)
    times: dict[str, list[float]] = {method.name: [] for method in methods}
    first: dict[str, list[float]] = {method.name: [] for method in methods}
    deep: dict[str, list[float]] = {method.name: [] for method in methods}
    for at in range(len(questions)):
        for method in methods:
            started = time.perf_counter()
            found = method.search(questions[at : at + 1])
            times[method.name].append(1e3 * (time.perf_counter() - started))
            first[method.name].append(len(np.intersect1d(found[:10], truth[at][:10])) / 10)
            deep[method.name].append(len(np.intersect1d(found, truth[at])) / DEPTH)
    print(f"{len(halves):,} vectors of {halves.shape[1]} dimensions, {len(questions)} questions")
    print("| method | recall@10 | recall@200 | median ms | p95 ms | build s | MB beside the vectors |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for method in methods:
        name, taken = method.name, sorted(times[method.name])
        print(
            f"| {name} | {statistics.mean(first[name]):.4f} | {statistics.mean(deep[name]):.4f} "
            f"| {statistics.median(taken):.2f} | {taken[int(0.95 * len(taken))]:.2f} "
            f"| {method.seconds:.1f} | {method.size / 1e6:.0f} |"
        )


def read_vectors(database: Path, rows: int, folder: Path) -> Halves:
    """The first vectors of an index in order of passage, as a mapped file: float16 (`rows` or fewer, d)."""
    with sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True) as connection:
        found = connection.execute(
            "SELECT v.vector FROM passages p JOIN vectors v USING (key) ORDER BY p.id LIMIT ?", (rows,)
        )
        first = found.fetchone()[0]
        parts = [first, *(row[0] for row in found)]
    halves = np.frombuffer(b"".join(parts), np.float16).reshape(-1, len(first) // 2)
    np.save(folder / "vectors.npy", halves)
    mapped: Halves = np.load(folder / "vectors.npy", mmap_mode="r")
    return mapped


def read_questions(path: Path) -> list[str]:
    """The questions of a file of JSON lines, each with "question" or "text"."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [str(line.get("question") or line["text"]) for line in lines]


def embedded(questions: Sequence[str]) -> Floats:
    """float32 (questions, d), unit rows."""
    embedder = load_embedder(None)
    return np.concatenate([embedder.embed_question(question) for question in questions])


def nearest(halves: Halves, questions: Floats) -> NDArray[np.int64]:
    """Rows of the `DEPTH` nearest by comparing all: int64 (questions, `DEPTH`)."""
    index = faiss.IndexFlatIP(halves.shape[1])
    best: list[tuple[Floats, NDArray[np.int64]]] = []
    for at in range(0, len(halves), 1 << 17):
        index.reset()
        index.add(halves[at : at + (1 << 17)].astype(np.float32))
        scores, rows = index.search(questions, min(DEPTH, index.ntotal))
        best.append((scores, rows + at))
    scores = np.concatenate([each for each, _ in best], axis=1)
    rows = np.concatenate([each for _, each in best], axis=1)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :DEPTH]
    return np.asarray(np.take_along_axis(rows, order, axis=1))


def rescored(halves: Halves, rows: NDArray[np.int64], question: Floats) -> NDArray[np.int64]:
    """The `DEPTH` best of `rows` by their vectors."""
    rows = np.sort(rows[rows >= 0])
    scores = halves[rows].astype(np.float32) @ question[0]
    return np.asarray(rows[np.argsort(-scores, kind="stable")[:DEPTH]])


def built(name: str, halves: Halves, index: Any, *, again: bool, training: int = 200_000) -> Method:
    """Train and fill a FAISS index; `again`: what it finds is scored again by the vectors."""
    started = time.perf_counter()
    if not index.is_trained:
        index.train(halves[:: max(1, len(halves) // training)].astype(np.float32))
    for at in range(0, len(halves), 1 << 15):
        index.add(halves[at : at + (1 << 15)].astype(np.float32))
    seconds = time.perf_counter() - started

    def search(question: Floats) -> NDArray[np.int64]:
        if again:
            return rescored(halves, index.search(question, RESCORED)[1][0], question)
        return np.asarray(index.search(question, DEPTH)[1][0])

    return Method(name, search, seconds, len(faiss.serialize_index(index)))


def lists(halves: Halves, folder: Path) -> Method:
    """What Footnote uses."""
    started, count = time.perf_counter(), len(halves)
    numbers = np.arange(count)
    write_arrays(folder / "run.fn", VectorSegment.of(numbers, numbers.astype(np.uint64), halves).arrays(), {})
    run = VectorSegment.read(folder / "run.fn")
    seconds = time.perf_counter() - started

    def search(question: Floats) -> NDArray[np.int64]:
        found = run.search(question, DEPTH)
        return np.asarray(found.rows[np.argsort(-found.scores, kind="stable")[:DEPTH]])

    return Method("Footnote's runs", search, seconds, 0 if run.lists is None else run.lists.nbytes)


def hnsw(halves: Halves, _: Path) -> Method:
    """A graph over vectors of eight bits (Malkov and Yashunin 2018)."""
    index = faiss.IndexHNSWSQ(halves.shape[1], faiss.ScalarQuantizer.QT_8bit, 32, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction, index.hnsw.efSearch = 100, 400
    return built("HNSW, 8 bits, 32 links, ef 400", halves, index, again=False)


def pq(halves: Halves, _: Path) -> Method:
    """Inverted lists of product-quantised codes of half a byte for four dimensions."""
    dimension, count = halves.shape[1], max(16, len(halves) // 512)
    centres = faiss.IndexFlatIP(dimension)
    index = faiss.IndexIVFPQFastScan(centres, dimension, count, dimension // 4, 4, faiss.METRIC_INNER_PRODUCT)
    index.nprobe = max(1, count // 6)
    return built("IVF, PQ of 4 bits, FastScan", halves, index, again=True, training=100_000)


def half(halves: Halves, _: Path) -> Method:
    """All vectors compared, as they are stored."""
    kind = faiss.ScalarQuantizer.QT_fp16
    index = faiss.IndexScalarQuantizer(halves.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    return built("exact, half precision", halves, index, again=False)


def exact(halves: Halves, _: Path) -> Method:
    """All vectors compared, in single precision."""
    return built("exact, single precision", halves, faiss.IndexFlatIP(halves.shape[1]), again=False)


def flat_codes(halves: Halves, _: Path) -> Method:
    """The one-bit codes of all vectors."""
    index = faiss.IndexRaBitQFastScan(halves.shape[1], faiss.METRIC_INNER_PRODUCT)
    return built("one-bit codes of all", halves, index, again=True)


MAKERS: dict[str, Callable[[Halves, Path], Method]] = {
    "exact": exact,
    "half": half,
    "flat-codes": flat_codes,
    "lists": lists,
    "pq": pq,
    "hnsw": hnsw,
}


if __name__ == "__main__":
    main()
