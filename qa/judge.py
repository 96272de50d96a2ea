"""How sure an answer is: a logistic model over what retrieval and picking measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from qa.pick import Picked, coverage
from qa.retrieve import Retrieved

__all__ = ["ANSWERED_FROM", "FEATURES", "confidence", "features"]

FEATURES = ("sentence cosine", "passage cosine", "words in sentence", "words in passage", "BM25 per idf", "margin")

WEIGHTS: Mapping[str, float] = {
    "sentence cosine": 3.62,
    "passage cosine": 1.72,
    "words in sentence": 5.08,
    "words in passage": 0.49,
    "BM25 per idf": -2.31,
    "margin": 0.07,
}
"""Fitted by `benchmarks/fit_answers.py`, which describes its data."""

BIAS = -5.25

ANSWERED_FROM = 0.19
"""Confidence below which the answer is "not in these documents": 5 % of questions out of the corpus
lie above it, and 97 % of answerable ones (`benchmarks/fit_answers.py`)."""


def features(retrieved: Retrieved, picked: Sequence[Picked]) -> dict[str, float]:
    """What the confidence is computed from, by name; `picked` is not empty, best first."""
    best = picked[0]
    at = retrieved.passages.index(best.passage)
    total_idf = sum(retrieved.idf.values())
    return {
        "sentence cosine": best.cosine,
        "passage cosine": float(retrieved.cosines[at]),
        "words in sentence": best.words,
        "words in passage": coverage(f"{best.passage.context}\n{best.passage.text}", retrieved.idf),
        "BM25 per idf": float(retrieved.lexical[at]) / total_idf if total_idf else 0.0,
        "margin": float(retrieved.scores[0]),
    }


def confidence(values: Mapping[str, float]) -> float:
    """Probability that the picked sentence answers the question."""
    logit = BIAS + sum(WEIGHTS[name] * values[name] for name in FEATURES)
    return 1 / (1 + math.exp(-logit))
