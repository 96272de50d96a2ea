"""Retrieval and answer sentences on public sets, through the same `Corpus` that users ask.

    python -m benchmarks.retrieval EVAL_FOLDER [scifact time squad2 ...] [--work FOLDER]

Each set is written to a folder of text files (title, empty line, text), synced, and asked. BEIR-style sets report
nDCG@10 of documents (a document counts by its best passage), next to cosine alone and BM25 alone over the same
passages. SQuAD 2 reports the MRR of the right paragraph and the share of answerable questions that end at a sentence
with the answer.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import ir_measures
from ir_measures import nDCG

from qa import Corpus
from qa.progress import TerminalProgress
from qa.retrieve import Retrieved, retrieve

DEPTH = 100
"""Passages searched for each query."""

Run = dict[str, dict[str, float]]
Order = Callable[[Retrieved], Iterable[float]]

ORDERS: dict[str, Order] = {
    "fused": lambda r: r.scores.tolist(),
    "cosine": lambda r: r.cosines.tolist(),
    "BM25": lambda r: r.lexical.tolist(),
}


def main() -> None:
    """Measure the sets named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder with one folder per set")
    parser.add_argument("sets", nargs="*", default=["scifact", "time", "squad2"])
    parser.add_argument("--work", type=Path, help="keep texts and indexes here (default: a temporary folder)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        for name in options.sets:
            measure = _squad if name == "squad2" else _beir
            measure(options.folder / name, work / name)


def _beir(source: Path, work: Path) -> None:
    documents = {d["_id"]: f"{d.get('title', '')}\n\n{d['text']}" for d in read_lines(source / "corpus.jsonl")}
    corpus = indexed(work, documents)
    queries_file = source / "queries.jsonl"
    queries = {
        q["_id"]: q["text"] for q in read_lines(queries_file if queries_file.exists() else source / "lastturn.jsonl")
    }
    judged = _judgements(source / "qrels")
    runs: dict[str, Run] = {name: {} for name in ORDERS}
    with corpus._index.snapshot() as snapshot:
        for query in judged:
            found = retrieve(snapshot, queries[query], k=4 * DEPTH)
            for name, order in ORDERS.items():
                runs[name][query] = _by_document(found, order)
    runs["search k=10"] = {query: _searched(corpus, queries[query], 10) for query in judged}
    for name, run in runs.items():
        value = ir_measures.calc_aggregate([nDCG @ 10], judged, run)[nDCG @ 10]
        print(f"{source.name:>10}  {name:>12}  nDCG@10 {value:.4f}  ({len(judged)} queries)")


def _squad(source: Path, work: Path) -> None:
    data = json.loads((source / "dev-half.json").read_text())["data"]
    paragraphs = [(a["title"], p) for a in data for p in a["paragraphs"]]
    corpus = indexed(work, {f"p{at:04d}": f"{p['context']}" for at, (_, p) in enumerate(paragraphs)})
    asked, right, found, seconds = 0, 0, 0, []
    reciprocal, best = [], 0
    for at, (_, paragraph) in enumerate(paragraphs):
        for question in paragraph["qas"]:
            if question["is_impossible"]:
                continue
            asked += 1
            started = time.perf_counter()
            answer = corpus.ask(question["question"])
            seconds.append(time.perf_counter() - started)
            gold = [a["text"] for a in question["answers"]]
            found += answer.found
            right += answer.found and any(text in answer.text for text in gold)
            best += bool(answer.citations) and any(text in answer.citations[0].quote for text in gold)
            ranked = list(dict.fromkeys(h.path for h in corpus.search(question["question"], 10)))
            name = f"p{at:04d}.txt"
            reciprocal.append(1 / (ranked.index(name) + 1) if name in ranked else 0.0)
    print(
        f"{source.name:>10}  {asked} answerable questions: right sentence {right / asked:.4f} "
        f"(best sentence, refusals aside {best / asked:.4f}; answered {found / asked:.4f}), "
        f"MRR@10 {statistics.mean(reciprocal):.4f}, median {1000 * statistics.median(seconds):.1f} ms"
    )


def indexed(work: Path, documents: dict[str, str]) -> Corpus:
    """A synced corpus of text files, one for each name."""
    work.mkdir(parents=True, exist_ok=True)
    for name, text in documents.items():
        path = work / f"{name}.txt"
        if not path.exists():
            path.write_text(text)
    corpus = Corpus(work)
    with TerminalProgress() as progress:
        print(f"{work.name:>10}  {corpus.sync(progress)}")
    return corpus


def _by_document(found: Retrieved, order: Order) -> dict[str, float]:
    best: dict[str, float] = {}
    for passage, score in zip(found.passages, order(found), strict=True):
        name = passage.document.path.removesuffix(".txt")
        best[name] = max(best.get(name, -1e9), score)
    return dict(sorted(best.items(), key=lambda item: -item[1])[:DEPTH])


def _searched(corpus: Corpus, query: str, k: int) -> dict[str, float]:
    best: dict[str, float] = {}
    for hit in corpus.search(query, k):
        best.setdefault(hit.path.removesuffix(".txt"), hit.score)
    return best


def _judgements(folder: Path) -> dict[str, dict[str, int]]:
    path = folder / "test.tsv"
    judged: dict[str, dict[str, int]] = {}
    for row in csv.DictReader(path.open() if path.exists() else next(folder.glob("*.tsv")).open(), delimiter="\t"):
        judged.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    return judged


def read_lines(path: Path) -> list[dict[str, str]]:
    """The objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


if __name__ == "__main__":
    main()
