"""Fit the weights of the answer sentence (`qa/pick.py`) and of the confidence (`qa/judge.py`).

    python -m benchmarks.fit_answers EVAL_FOLDER [--work FOLDER]

Data: the paragraphs of the SQuAD 2 half-dev set as a folder of text files, and four kinds of questions to it:
answerable ones whose sentence was right or wrong, ones that its authors made unanswerable on the same topic, and ones
of other collections (SciFact claims, MTRAG questions) whose topic is not there. Everything is fitted on the questions
of every other article and measured on the rest. The confidence's classes are weighted as 60 % answerable, 20 % right
topic without an answer, 20 % out of the corpus.
"""

from __future__ import annotations

import argparse
import itertools
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from index.snapshot import Snapshot
from qa import pick as picking
from qa.judge import FEATURES, features
from qa.pick import PASSAGES, Picked, pick
from qa.retrieve import Retrieved, retrieve

from .retrieval import indexed, read_lines

SHARES = {"answerable": 0.6, "same topic": 0.2, "out of corpus": 0.2}
OUT_OF_CORPUS = 600
"""Questions taken from each other collection."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """One question with what retrieval and picking measured."""

    kind: str
    article: int
    gold: tuple[str, ...]
    retrieved: Retrieved
    picked: list[Picked]

    def right(self, picked: Picked) -> bool:
        """Whether a sentence holds the answer."""
        return any(text in picked.text for text in self.gold)


def main() -> None:
    """Collect, fit the sentence, fit the confidence, print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--work", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        cases = _collect(options.folder, options.work or Path(temporary))
    _fit_sentence([case for case in cases if case.kind == "answerable"])
    _fit_confidence(cases)


def _collect(folder: Path, work: Path) -> list[Case]:
    data = json.loads((folder / "squad2" / "dev-half.json").read_text())["data"]
    paragraphs = [(at, p) for at, article in enumerate(data) for p in article["paragraphs"]]
    corpus = indexed(work / "squad2", {f"p{at:04d}": p["context"] for at, (_, p) in enumerate(paragraphs)})
    with corpus._index.snapshot() as snapshot:
        return [_case(snapshot, *question) for question in _questions(folder, paragraphs)]


def _questions(folder: Path, paragraphs: Sequence[tuple[int, dict]]) -> Iterator[tuple[str, str, int, tuple[str, ...]]]:
    for article, paragraph in paragraphs:
        for q in paragraph["qas"]:
            kind = "same topic" if q["is_impossible"] else "answerable"
            yield q["question"], kind, article, tuple(a["text"] for a in q["answers"])
    for name in ("scifact/queries.jsonl", "mtrag-cloud/rewrite.jsonl"):
        for at, line in enumerate(read_lines(folder / name)[:OUT_OF_CORPUS]):
            yield line["text"].replace("|user|:", "").strip(), "out of corpus", at, ()


def _case(snapshot: Snapshot, question: str, kind: str, article: int, gold: tuple[str, ...]) -> Case:
    retrieved = retrieve(snapshot, question, k=PASSAGES)
    return Case(kind, article, gold, retrieved, pick(snapshot, retrieved))


def _fit_sentence(cases: Sequence[Case]) -> None:
    """Grid over the weights, on even articles; the odd ones tell what they are worth."""
    rows = [(_measures(case), np.array([case.right(p) for p in case.picked]), case.article % 2) for case in cases]
    fit = [row for row in rows if row[2] == 0]
    grid = itertools.product([1.0], [0.3, 0.5, 0.7, 0.9, 1.2, 1.5, 2.0], [0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.15])
    best = max(grid, key=lambda weights: _accuracy(fit, weights))
    now = (picking.MEANING, picking.WORDS, picking.PASSAGE)
    for name, weights in (("now", now), ("fitted", best)):
        held = _accuracy([row for row in rows if row[2]], weights)
        print(f"sentence, {name}: weights {weights}: {_accuracy(fit, weights):.4f} fitted on, {held:.4f} held out")
    print(f"sentence: right one among the candidates {np.mean([row[1].any() for row in rows]):.4f}")


def _measures(case: Case) -> Floats:
    return np.array([(p.cosine, p.words, p.passage_score) for p in case.picked])


def _accuracy(rows: Sequence[tuple[Floats, Floats, int]], weights: tuple[float, float, float]) -> float:
    return float(np.mean([right[np.argmax(measures @ weights)] for measures, right, _ in rows]))


def _fit_confidence(cases: Sequence[Case]) -> None:
    values = np.array([[features(c.retrieved, c.picked)[name] for name in FEATURES] for c in cases])
    labels = np.array([c.kind == "answerable" and c.right(c.picked[0]) for c in cases])
    kinds = np.array([c.kind for c in cases])
    held = np.array([c.article % 2 for c in cases], dtype=bool)
    print(f"confidence: {len(cases)} questions, {labels.sum()} right")
    weights = np.array([SHARES[kind] / (kinds == kind).sum() for kind in kinds]) * len(cases)
    model = LogisticRegression(C=10.0, max_iter=2000).fit(values[~held], labels[~held], sample_weight=weights[~held])
    sure = model.predict_proba(values)[:, 1]
    _tell_confidence(sure[held], labels[held], kinds[held], weights[held])
    final = LogisticRegression(C=10.0, max_iter=2000).fit(values, labels, sample_weight=weights)
    for name, weight in zip(FEATURES, final.coef_[0], strict=True):
        print(f'    "{name}": {weight:.2f},')
    print(f"BIAS = {final.intercept_[0]:.2f}")


def _tell_confidence(sure: Floats, labels: NDArray[np.bool_], kinds: NDArray[np.str_], weights: Floats) -> None:
    answerable = kinds == "answerable"
    for kind in ("out of corpus", "same topic"):
        some = answerable | (kinds == kind)
        print(f"confidence: answerable against {kind}: AUROC {roc_auc_score(answerable[some], sure[some]):.4f}")
    threshold = float(np.quantile(sure[kinds == "out of corpus"], 0.95))
    kept = np.mean(sure[answerable] >= threshold)
    print(
        f"confidence: at {threshold:.3f}, 5 % of out of corpus answered, {kept:.4f} "
        f"of answerable, {np.mean(sure[kinds == 'same topic'] >= threshold):.4f} of same topic"
    )
    bins = np.minimum((sure * 10).astype(int), 9)
    error = 0.0
    for at in range(10):
        inside = bins == at
        if inside.any():
            right = np.average(labels[inside], weights=weights[inside])
            said = np.average(sure[inside], weights=weights[inside])
            error += weights[inside].sum() / weights.sum() * abs(right - said)
            print(f"confidence: said {said:.2f}, right {right:.2f} ({inside.sum()} questions)")
    print(f"confidence: calibration error {error:.4f}")


if __name__ == "__main__":
    main()
