"""What compiling the embedding model gains and costs: speed, cosine and nDCG@10 against plain `encode`.

    python -m benchmarks.embedding EVAL_FOLDER [--passages 200] [--rounds 4] [--limit N] [--device cuda]

EVAL_FOLDER is a set in BEIR form (`corpus.jsonl`, `queries.jsonl`, `qrels/test.tsv`), for example SciFact. Plain
sentence-transformers and the compiled model take turns in the same run, because on a shared machine only ratios say
something; so does the model on another device, if one is named, with the share of the time that an NVIDIA GPU is busy.
nDCG is taken on whole texts, cut where the model cuts them, by cosine alone.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.syncing import GpuShare
from index.embedding import Embedder, Vectors, load_embedder
from index.embedding.locate import locate_model
from index.embedding.transformer import TransformerEmbedder

PASSAGE_WORDS = 110
"""About 150 tokens of running text."""
DEPTH = 10
QUESTIONS = 30


def read_set(folder: Path, limit: int | None) -> tuple[dict[str, str], dict[str, str], dict[str, dict[str, int]]]:
    """Texts by id, judged questions by id, and the grade of each judged text by question."""
    lines = (json.loads(line) for line in (folder / "corpus.jsonl").open(encoding="utf-8"))
    texts = {line["_id"]: f"{line['title']}. {line['text']}".removeprefix(". ") for line in lines}
    grades: dict[str, dict[str, int]] = {}
    with (folder / "qrels" / "test.tsv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            grades.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    lines = (json.loads(line) for line in (folder / "queries.jsonl").open(encoding="utf-8"))
    questions = {line["_id"]: line["text"] for line in lines if line["_id"] in grades}
    judged = {text for graded in grades.values() for text in graded}
    kept = {key: text for at, (key, text) in enumerate(texts.items()) if not limit or at < limit or key in judged}
    return kept, questions, grades


def ndcg(ranked: Sequence[str], grades: dict[str, int]) -> float:
    """Normalised discounted cumulative gain of the first DEPTH: linear gains, as trec_eval has it."""
    discounts = 1 / np.log2(np.arange(2, DEPTH + 2))
    gains = np.array([grades.get(key, 0) for key in ranked[:DEPTH]])
    best = np.array(sorted(grades.values(), reverse=True)[:DEPTH])
    return float(gains @ discounts[: len(gains)]) / float(best @ discounts[: len(best)])


def mean_ndcg(
    passages: Vectors, keys: Sequence[str], questions: dict[str, Vectors], grades: dict[str, dict[str, int]]
) -> float:
    """Mean nDCG@10 of ranking all passages by cosine."""
    scores = []
    for key, vector in questions.items():
        order = np.argsort(-(passages @ vector), kind="stable")[:DEPTH]
        scores.append(ndcg([keys[at] for at in order], grades[key]))
    return statistics.mean(scores)


def seconds(action: Callable[[], object]) -> float:
    """How long something takes."""
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("eval_folder", type=Path)
    parser.add_argument("--model", help="folder or hub name; the embedded model if left out")
    parser.add_argument("--passages", type=int, default=200, help="passages of a timed round")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--device", help="measure the model there, too: cuda, or another device of torch")
    parser.add_argument("--limit", type=int, help="texts for nDCG beside the judged ones; all if left out")
    arguments = parser.parse_args()

    folder = locate_model(arguments.model, on_progress=print)
    models: dict[str, Embedder] = {
        "plain": TransformerEmbedder(folder.path, name=folder.name, digest="", device="cpu"),
        "compiled": load_embedder(arguments.model, device="cpu", on_progress=print),
    }
    if arguments.device:
        models[arguments.device] = load_embedder(arguments.model, device=arguments.device, on_progress=print)
    texts, questions, grades = read_set(arguments.eval_folder, arguments.limit)
    keys = list(texts)
    short = [" ".join(text.split()[:PASSAGE_WORDS]) for text in list(texts.values())[: arguments.passages]]
    asked = list(questions.values())[:QUESTIONS]

    times: dict[str, list[tuple[float, float]]] = {name: [] for name in models}
    for model in models.values():
        model.embed_passages(short[:32])
    for _ in range(arguments.rounds):
        for name, model in models.items():
            rate = len(short) / seconds(partial(model.embed_passages, short))
            each = [seconds(partial(model.embed_question, text)) for text in asked]
            times[name].append((rate, 1e3 * statistics.median(each)))
    medians = {name: tuple(map(statistics.median, zip(*rounds, strict=True))) for name, rounds in times.items()}
    for name, (rate, each) in medians.items():
        print(f"{name:9} {rate:6.1f} passages/s  {each:5.2f} ms a question  ({models[name].fingerprint[-24:]})")
    if (arguments.device or "").startswith("cuda"):
        many = (list(texts.values()) * 20)[:20_000]
        gpu = GpuShare()
        took = seconds(lambda: models[arguments.device].embed_passages(many))
        print(f"{arguments.device}: {len(many) / took:.0f} whole texts/s, busy {gpu.stopped():.0%} of the time")
    ratio = statistics.median(a[0] / b[0] for a, b in zip(times["compiled"], times["plain"], strict=True))
    print(f"compiled / plain: {ratio:.2f} times the passages/s")

    passages = {name: model.embed_passages(list(texts.values())) for name, model in models.items()}
    vectors = {
        name: {key: model.embed_question(text)[0] for key, text in questions.items()} for name, model in models.items()
    }
    for name in [name for name in models if name != "plain"]:
        cosines = (passages["plain"] * passages[name]).sum(axis=1)
        asked_cosines = np.array([vectors["plain"][key] @ vectors[name][key] for key in questions])
        print(f"{name}, cosine to plain: passages mean {cosines.mean():.4f} least {cosines.min():.4f}, ", end="")
        print(f"questions mean {asked_cosines.mean():.4f} least {asked_cosines.min():.4f}")
    for name in models:
        print(f"{name:9} nDCG@10 {mean_ndcg(passages[name], keys, vectors[name], grades):.4f} on {len(keys)} texts")


if __name__ == "__main__":
    main()
