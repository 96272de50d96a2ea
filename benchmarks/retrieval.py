"""Retrieval and answer sentences on public sets, through the same `Corpus` that users ask.

    python -m benchmarks.retrieval EVAL_FOLDER [scifact time mtrag-cloud squad2 financebench ...] [--work FOLDER]

Each set is written to a folder of text files (title, empty line, text), synced, and asked. BEIR-style sets report
nDCG@10 of documents (a document counts by its best passage), next to cosine alone and BM25 alone over the same
passages. SQuAD 2 reports the MRR of the right paragraph and the share of answerable questions that end at a sentence
with the answer; FinanceBench the share of questions that have a gold page among the citations of the answer. Every
figure comes with the middle 95 % of 1,000 bootstrap resamples.
"""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
from ir_measures import nDCG

from qa import Corpus
from qa.evaluation.bootstrap import intervals
from qa.progress import TerminalProgress
from qa.retrieve import Retrieved, retrieve

DEPTH = 100
"""Passages searched for each query."""

SETS = ("scifact", "time", "mtrag-cloud", "squad2", "financebench")

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
    parser.add_argument("sets", nargs="*", default=SETS, help=f"default: those of {', '.join(SETS)} that are there")
    parser.add_argument("--work", type=Path, help="keep texts and indexes here (default: a temporary folder)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        for name in options.sets:
            if name in SETS and not (options.folder / name).is_dir():
                continue
            measure = {"squad2": _squad, "financebench": _pages}.get(name, _beir)
            measure(options.folder / name, work / name)


def _beir(source: Path, work: Path) -> None:
    documents = {d["_id"]: f"{d.get('title', '')}\n\n{d['text']}" for d in read_lines(source / "corpus.jsonl")}
    corpus = indexed(work, documents)
    queries_file = source / "queries.jsonl"
    lines = read_lines(queries_file if queries_file.exists() else source / "lastturn.jsonl")
    queries = {line["_id"]: line["text"].replace("|user|:", "").strip() for line in lines}
    judged = _judgements(source / "qrels")
    runs: dict[str, Run] = {name: {} for name in ORDERS}
    with corpus._index.snapshot() as snapshot:
        for query in judged:
            found = retrieve(snapshot, queries[query], k=4 * DEPTH)
            for name, order in ORDERS.items():
                runs[name][query] = _by_document(found, order)
    runs["search k=10"] = {query: _searched(corpus, queries[query], 10) for query in judged}
    for name, run in runs.items():
        values = [found.value for found in ir_measures.iter_calc([nDCG @ 10], judged, run)]
        print(f"{source.name:>12}  {name:>12}  nDCG@10 {_mean(values)}  ({len(judged)} queries)")


def _squad(source: Path, work: Path) -> None:
    data = json.loads((source / "dev-half.json").read_text())["data"]
    paragraphs = [p for article in data for p in article["paragraphs"]]
    corpus = indexed(work, {f"p{at:04d}": p["context"] for at, p in enumerate(paragraphs)})
    right, best, found, reciprocal, seconds = list[bool](), list[bool](), list[bool](), list[float](), list[float]()
    for at, paragraph in enumerate(paragraphs):
        for question in (asked for asked in paragraph["qas"] if not asked["is_impossible"]):
            started = time.perf_counter()
            answer = corpus.ask(question["question"])
            seconds.append(time.perf_counter() - started)
            gold = [a["text"] for a in question["answers"]]
            found.append(answer.found)
            right.append(answer.found and any(text in answer.text for text in gold))
            best.append(bool(answer.citations) and any(text in answer.citations[0].quote for text in gold))
            ranked = list(dict.fromkeys(h.path for h in corpus.search(question["question"], 10)))
            name = f"p{at:04d}.txt"
            reciprocal.append(1 / (ranked.index(name) + 1) if name in ranked else 0.0)
    print(f"{source.name:>12}  {len(right)} answerable questions; a question takes {_milliseconds(seconds)}")
    for what, values in (
        ("right sentence given", right),
        ("right sentence, refusals aside", best),
        ("answered", found),
        ("MRR@10", reciprocal),
    ):
        print(f"{source.name:>12}  {what} {_mean(values)}")


def _pages(source: Path, work: Path) -> None:
    """PDF files as they are; a question is about one of 30, and says which in its own words."""
    work.mkdir(parents=True, exist_ok=True)
    for path in sorted((source / "pdfs").glob("*.pdf")):
        if not (work / path.name).exists():
            shutil.copyfile(path, work / path.name)
    corpus = synced(work)
    cited, named, seconds = list[bool](), list[bool](), list[float]()
    for line in read_lines(source / "questions.jsonl"):
        document = f"{line['doc_name']}.pdf"
        gold = {(document, evidence["evidence_page_num"] + 1) for evidence in line["evidence"]}
        answer = corpus.ask(line["question"])
        seconds.append(answer.seconds)
        cited.append(any((citation.path, citation.page) in gold for citation in answer.citations))
        named.append(any(citation.path == document for citation in answer.citations))
    print(f"{source.name:>12}  {len(cited)} questions; one takes {_milliseconds(seconds)}")
    print(f"{source.name:>12}  gold page among the citations {_mean(cited)}, gold document {_mean(named)}")


def _mean(values: Sequence[float]) -> str:
    """With its interval."""
    array = np.array(values, dtype=np.float64)
    interval = intervals([lambda drawn: drawn @ array / drawn.sum(1)], len(array))[0]
    return f"{array.mean():.4f}" + (f" ({interval[0]:.3f} to {interval[1]:.3f})" if interval else "")


def _milliseconds(seconds: Sequence[float]) -> str:
    return f"{1000 * statistics.median(seconds):.1f} ms (median)"


def indexed(work: Path, documents: dict[str, str], suffix: str = ".txt") -> Corpus:
    """A synced corpus of text files, one for each name."""
    work.mkdir(parents=True, exist_ok=True)
    for name, text in documents.items():
        path = work / f"{name}{suffix}"
        if not path.exists():
            path.write_text(text)
    return synced(work)


def synced(work: Path) -> Corpus:
    """The corpus of a folder, in step with it."""
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


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


if __name__ == "__main__":
    main()
