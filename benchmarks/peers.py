"""Footnote beside its peers: the same documents, the same model, the same machine, one run.

    python -m benchmarks.peers EVAL_FOLDER [--work FOLDER] [--systems footnote "txtai best" ...] [--limit N]

EVAL_FOLDER is a set in BEIR form, for example SciFact. Each peer gets its defaults and its best settings: what someone
would choose who knows it well. Each module `benchmarks/peers_*.py` says what these are and why; weights were chosen on
training claims among their own and 900 other texts, never on the claims that are measured.

Every system runs in a process of its own, peers in environments of their own, made below --work at the first run (this
needs the package index; nothing after that uses the network). They index one after the other; then they are asked in
turns of ten queries, and documents are added in turns. Times are taken by the clock of the system's process:

- start: imports, and the model into memory. Compiling or exporting the model, once per machine, is not counted.
- index: from texts in memory (Footnote: from files) to an index that is on disk and has answered a query, embedding
  included; in brackets the processor's seconds, which a busy machine disturbs less.
- one document more: until a query finds it; in brackets until it is on disk, too. Medians of five.
- query: text in, the names of ten documents out, embedding included; in brackets the processor's time, all threads.
- peak memory: resident, of the process and of those it started. Disk: the index with its texts.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import random
import shutil
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from benchmarks.peers_environments import exported, python_of
from benchmarks.peers_measuring import Process, measure
from benchmarks.peers_system import Setting
from benchmarks.peers_table import Grades, table
from benchmarks.retrieval import read_lines
from index.embedding.locate import locate_model

PEERS = ("txtai", "langchain", "llamaindex", "haystack", "chroma", "bm25s")
SYSTEMS = ("footnote", *(f"{peer} {setting}" for peer in PEERS for setting in ("defaults", "best")))
ADDED = 5
OFFLINE = {
    "ANONYMIZED_TELEMETRY": "False",
    "DO_NOT_TRACK": "1",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_OFFLINE": "1",
    "LANGSMITH_TRACING": "false",
    "TOKENIZERS_PARALLELISM": "true",
    "TRANSFORMERS_OFFLINE": "1",
}


def main() -> None:
    """Measure and print the table."""
    options = _options()
    texts, queries, grades, warming = read_set(options.eval_folder, options.limit)
    environment = {**os.environ, **OFFLINE}
    model = locate_model(None, on_progress=print).path
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        work: Path = (options.work or Path(temporary)).resolve()
        onnx = exported(model, work, environment) if any(name.endswith("best") for name in options.systems) else work
        run = _emptied(work / "run")
        documents = _emptied(run / "documents")
        for name, text in texts.items():
            (documents / f"{name}.txt").write_text(text, "utf-8")
        processes = []
        for name in options.systems:
            kind = name.split()[0]
            setting = Setting(run / name.replace(" ", "-"), documents, model, onnx, best=name.endswith("best"))
            process = Process(kind, name, python_of(kind, work), setting, environment)
            processes.append(stack.enter_context(process))
        _say_where(len(texts), len(queries))
        measure(processes, queries, warming, additions(texts))
        measured = sorted((one.measured for one in processes), key=lambda one: options.systems.index(one.name))
        (run / "measured.json").write_text(json.dumps([asdict(one) for one in measured]))
    print(table(measured, grades))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("eval_folder", type=Path, help="a set in BEIR form")
    parser.add_argument("--work", type=Path, help="environments, exported model and indexes (default: not kept)")
    parser.add_argument("--systems", nargs="+", default=SYSTEMS, choices=SYSTEMS, metavar="SYSTEM", help=str(SYSTEMS))
    parser.add_argument("--limit", type=int, help="texts beside the judged ones; all if left out")
    return parser.parse_args()


def read_set(folder: Path, limit: int | None) -> tuple[dict[str, str], dict[str, str], Grades, list[str]]:
    """Texts by id, judged test queries by id, their grades, and other queries to warm up with."""
    grades: Grades = {}
    with (folder / "qrels" / "test.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            grades.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    judged = {text for graded in grades.values() for text in graded}
    lines = read_lines(folder / "corpus.jsonl")
    kept = [line for at, line in enumerate(lines) if limit is None or at < limit or line["_id"] in judged]
    asked = {line["_id"]: line["text"] for line in read_lines(folder / "queries.jsonl")}
    texts = {line["_id"]: f"{line['title']}\n\n{line['text']}".strip() for line in kept}
    others = [text for key, text in asked.items() if key not in grades]
    return texts, {key: asked[key] for key in grades}, grades, others


def additions(texts: dict[str, str]) -> list[tuple[str, str, str]]:
    """Documents of usual length to be added: name, text, and a query with words that no other document has."""
    chance = random.Random(7)
    bodies = chance.sample(sorted(texts.values()), ADDED)
    made = []
    for number, body in enumerate(bodies):
        words = ["".join(chance.choices("bdgklmnprstvz", k=1) + chance.choices("aeiou", k=1)) for _ in range(8)]
        title = f"The {''.join(words[:4])} glacier of {''.join(words[4:])}"
        made.append((f"added{number}", f"{title}\n\n{title}. {body}", title))
    return made


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _say_where(texts: int, queries: int) -> None:
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{time.strftime('%d %B %Y')}, {os.cpu_count()} cores ({platform.machine()}), load {load}; Python", end=" ")
    print(f"{platform.python_version()}; {texts:,} documents, {queries} queries", flush=True)


if __name__ == "__main__":
    main()
