"""From a question to passages: candidates by meaning and by words, fused into one score.

Score fusion, not rank fusion: cosine, BM25 of the passage and BM25 of its whole document are each standardised (how
many standard deviations above the mean of the corpus, for this question) and added with fixed weights. Ranks would
forget how much better the first is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.analysis import terms
from index.embedding import Vectors
from index.schema import PassageRecord
from index.snapshot import Ids, Snapshot

__all__ = ["DENSE_WEIGHT", "Retrieved", "fused", "retrieve", "standardised"]

DENSE_WEIGHT = 0.65
"""Share of the cosine in the fused score; the rest is BM25's (DESIGN.md, measured on four public sets)."""

DOCUMENT_SHARE = 0.5
"""Share of the whole document's BM25 in the lexical score: a passage of a document that speaks of everything asked is
worth more (benchmarks/retrieval.py: TIME .691 -> .711, SciFact .719 -> .728, SQuAD 2 unchanged)."""

CANDIDATES = 200
"""Passages taken from each of the two lists before fusing."""

Floats = NDArray[np.float32]


SCORE_DECIMALS = 5
"""Scores that differ less are equal: sums in another order must not decide which passage comes first."""

TIES = 100
"""Passages looked at beyond the last, when their score equals its."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Candidates of one question, best first. All arrays are (n,)."""

    passages: list[PassageRecord]
    scores: Floats
    """Fused."""
    cosines: Floats
    lexical: Floats
    """BM25."""
    vector: Vectors
    """The question's, float32 (1, d)."""
    idf: dict[str, float]
    """Weight of each distinct term of the question in this corpus."""


def retrieve(
    snapshot: Snapshot, question: str, *, k: int, among: Ids | None = None, extra_terms: Sequence[str] = ()
) -> Retrieved:
    """The `k` best passages for `question`; `among` limits them to some passages.

    `extra_terms`: words carried over from earlier turns, for both retrievers.
    """
    asked = " ".join([question, *extra_terms])
    vector = snapshot.embed_question(asked)
    lexical = snapshot.lexical_scores(terms(asked))
    depth = max(CANDIDATES, k)
    ids = np.union1d(snapshot.nearest(vector, depth, among), snapshot.lexical_best(lexical, depth, among))
    cosines, words = snapshot.cosines(vector, ids), snapshot.lexical_of(lexical, ids)
    of_passage = standardised(words, lexical.passages.mean, lexical.passages.deviation)
    whole = snapshot.lexical_of_documents(lexical, ids)
    of_document = standardised(whole, lexical.documents.mean, lexical.documents.deviation)
    dense = standardised(cosines, *snapshot.cosine_spread(vector))
    scores = fused(dense, fused(of_document, of_passage, DOCUMENT_SHARE))
    best, passages = _ranked(snapshot, ids, np.round(scores, SCORE_DECIMALS), k)
    return Retrieved(passages, scores[best], cosines[best], words[best], vector, lexical.idf)


def _ranked(snapshot: Snapshot, ids: Ids, scores: Floats, k: int) -> tuple[Ids, list[PassageRecord]]:
    """Positions in `ids` of the `k` best and their passages, best first; of equal scores, by path and start."""
    order = np.argsort(-scores, kind="stable")
    cut = int((scores >= scores[order[k - 1]]).sum()) if len(order) > k else len(order)
    order = order[: min(cut, k + TIES)]
    passages = snapshot.passages(ids[order].tolist())
    ranks = sorted(
        range(len(order)), key=lambda at: (-scores[order[at]], passages[at].document.path, passages[at].start)
    )[:k]
    return order[ranks], [passages[at] for at in ranks]


def standardised(scores: Floats, mean: float, deviation: float) -> Floats:
    """Standard deviations above the mean: float32 (n,); all 0 where every score of the corpus is the same."""
    if deviation <= 1e-9:
        return np.zeros_like(scores)
    return ((scores - mean) / deviation).astype(np.float32)


def fused(one: Floats, other: Floats, weight: float = DENSE_WEIGHT) -> Floats:
    """`weight` parts of `one`, the rest of `other`: float32 (n,)."""
    return (weight * one + (1 - weight) * other).astype(np.float32)
