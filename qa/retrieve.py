"""From a question to passages: candidates by meaning and by words, fused into one score.

Score fusion, not rank fusion: cosine, BM25 of the passage and BM25 of its whole document are each standardised (how
many standard deviations above the mean of the corpus, for this question) and added with fixed weights. Ranks would
forget how much better the first is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.analysis import terms
from index.embedding import Vectors
from index.lexical import idf
from index.schema import PassageRecord
from index.snapshot import Snapshot
from index.stores import Ids, Scores
from qa import by_words
from qa.leaning import Lean, leaning
from qa.literal import Literal, literals, weights
from qa.meanwhile import meanwhile
from qa.spelling import spelt
from qa.wanting import wanting

__all__ = ["DENSE_WEIGHT", "Retrieved", "fused", "retrieve", "standardised"]

DENSE_WEIGHT = 0.72
"""Share of meaning in the fused score; the rest is BM25's. Without sentences .65 was best, with them .70 to .75 are."""

SENTENCE_SHARE = 0.5
"""Share of the best sentence's cosine in the meaning of a passage (benchmarks/retrieval.py: nDCG@10 SciFact .738 ->
.742, its training claims .739 -> .748, TIME .722 -> .725; MRR SQuAD 2 .889 -> .906, together with DENSE_WEIGHT)."""

AROUND_SHARE = 0.3
"""Share of the passages around it in a passage's own cosine: a passage often leaves unsaid what those before it say
(TIME .710 -> .722, MTRAG .359 -> .385, SciFact and SQuAD 2 unchanged)."""

AROUND = 2
"""Passages looked at on either side."""

CARRIED_WORDS = {Lean.ALONE: 0.25, Lean.PERHAPS: 0.35, Lean.PLAINLY: 0.75}
"""Share of its idf that a carried word keeps, by how much the question leans (`benchmarks/followups.py`: with .25, .25,
.5 and 1 part of meaning, nDCG@10 of later turns is .411 instead of .414 on MTRAG, .903 instead of .907 on MTRAG-UN)."""

CARRIED_MEANING = 1.25
"""Parts of the vector of question and carried words together, to one part of the question's own."""

DOCUMENT_SHARE = 0.5
"""Share of the whole document's BM25 in the lexical score: a passage of a document that speaks of everything asked is
worth more (benchmarks/retrieval.py: TIME .691 -> .711, SciFact .719 -> .728, SQuAD 2 unchanged)."""

NAME_WEIGHT, NAME_MOST = 0.4, 3.0
"""What a word of a document's name is worth, in standard deviations to each unit of its idf, and at most."""

LOOKED_AT = 300
"""Passages read to see whether they hold a quoted string or identifier."""

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
    unseen_idf: float
    """Weight that a term has which stands nowhere in the corpus."""
    literals: tuple[Literal, ...]
    """What the question wants to the letter."""
    read_as: dict[str, str]
    """Words of the question that stand nowhere in the corpus, with the near term that was looked for instead."""
    strange: frozenset[str]
    """Terms of the question that stand nowhere in the corpus though they are spelt well."""


def retrieve(
    snapshot: Snapshot, question: str, *, k: int, among: Ids | None = None, extra_terms: Sequence[str] = ()
) -> Retrieved:
    """The `k` best passages for `question`; `among` limits them to some passages.

    `extra_terms`: words carried over from earlier turns, which count less than the question's own.
    """
    read_as, wanted = spelt(snapshot, question), tuple(literals(question))
    depth = max(CANDIDATES, k)
    near = meanwhile(lambda: _near(snapshot, read_as.text, extra_terms, depth, among))
    lexical = _words(snapshot, read_as.text, extra_terms, read_as.shares)
    by_word = snapshot.lexical_best(lexical, depth, among)
    lexical.foresee()
    snapshot.foresee(by_word)
    vector, by_meaning = near.result()
    ids = np.union1d(by_meaning, by_word)
    literally = _holding(snapshot, wanted, vector, lexical, ids, among)
    ids = np.union1d(ids, literally.ids)
    words = snapshot.lexical_of(lexical, ids)
    cosines = by_words.completed(snapshot, vector, ids, snapshot.cosines(vector, ids), words)
    of_passage = standardised(words, lexical.passages.mean, lexical.passages.deviation)
    whole = snapshot.lexical_of_documents(lexical, ids)
    of_document = standardised(whole, lexical.documents.mean, lexical.documents.deviation)
    dense = _meaning(snapshot, vector, ids, cosines)
    scores = fused(dense, fused(of_document, of_passage, DOCUMENT_SHARE))
    scores[np.searchsorted(ids, literally.ids)] += literally.weights
    scores += _naming(snapshot, question, ids)
    best, passages = _ranked(snapshot, ids, np.round(scores, SCORE_DECIMALS), k)
    return Retrieved(
        passages=passages,
        scores=scores[best],
        cosines=cosines[best],
        lexical=words[best],
        vector=vector,
        idf=lexical.idf,
        unseen_idf=idf(0, len(snapshot)),
        literals=wanted,
        read_as=read_as.words,
        strange=read_as.strange,
    )


def _near(
    snapshot: Snapshot, question: str, carried: Sequence[str], depth: int, among: Ids | None
) -> tuple[Vectors, Ids]:
    """The question as a vector, float32 (1, d), and the passages nearest to it; what is carried over weighs less."""
    vector = snapshot.embed_question(question)
    if carried:
        blended = vector + CARRIED_MEANING * snapshot.embed_question(" ".join([question, *carried]))
        vector = blended / np.linalg.norm(blended)
    return vector, snapshot.nearest(vector, depth, among)


def _words(snapshot: Snapshot, question: str, carried: Sequence[str], shares: Mapping[str, float]) -> Scores:
    """The question as terms; what is carried over weighs less."""
    own, shares = terms(question), {**wanting(question), **shares}
    if not carried:
        return snapshot.lexical_scores(own, shares)
    whole = terms(" ".join([question, *carried]))
    carried_shares = dict.fromkeys(set(whole) - set(own), CARRIED_WORDS[leaning(question)])
    return snapshot.lexical_scores(whole, {**carried_shares, **shares})


def _naming(snapshot: Snapshot, question: str, ids: Ids) -> Floats:
    """What it is worth that the question names the document of each passage: float32 (n,)."""
    return np.minimum(NAME_WEIGHT * snapshot.named(question, ids), NAME_MOST).astype(np.float32)


class _Literally(NamedTuple):
    """Passages that hold some of what is wanted to the letter, ids ascending, and what that is worth to each."""

    ids: Ids
    weights: Floats


def _holding(
    snapshot: Snapshot,
    wanted: Sequence[Literal],
    vector: Vectors,
    lexical: Scores,
    candidates: Ids,
    among: Ids | None,
) -> _Literally:
    """Of the passages that have all terms of a literal, the candidates and the best `LOOKED_AT` are read.

    Passages of the same text are read once, so that which of them are weighed does not depend on their ids.
    """
    found = [snapshot.holding(terms(literal.text), among) for literal in wanted]
    holders = np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)
    if not len(holders):
        return _Literally(holders, np.zeros(0, np.float32))
    keys, scores = snapshot.keys_of(holders), snapshot.lexical_of(lexical, holders).round(SCORE_DECIMALS)
    nearness = np.nan_to_num(snapshot.cosines(vector, holders)).round(SCORE_DECIMALS)
    order = np.lexsort((keys, -nearness, -scores))
    best = np.array(list(dict.fromkeys(keys[order].tolist()))[:LOOKED_AT], dtype=keys.dtype)
    texts, first, text_of = np.unique(keys, return_index=True, return_inverse=True)
    read = np.isin(texts, best) | np.isin(texts, keys[np.isin(holders, candidates)])
    passages = snapshot.passages(holders[first[read]].tolist())
    worth = np.zeros(len(texts), np.float32)
    worth[read] = weights([f"{passage.context}\n{passage.text}" for passage in passages], wanted)
    held = worth[text_of] > 0
    return _Literally(holders[held], worth[text_of][held])


def _meaning(snapshot: Snapshot, vector: Vectors, ids: Ids, cosines: Floats) -> Floats:
    """How near each passage is in meaning, itself, around it and in its best sentence, standardised: float32 (n,)."""
    spread = by_words.spread(snapshot, vector)
    own = standardised(cosines, *spread)
    around = snapshot.surrounding_cosines(vector, ids, AROUND)
    passage = fused(np.where(np.isnan(around), own, standardised(around, *spread)), own, AROUND_SHARE)
    best = snapshot.best_sentences(vector, ids)
    sentence = standardised(best, *snapshot.sentence_spread(vector))
    return fused(np.where(np.isnan(best), passage, sentence), passage, SENTENCE_SHARE)


def _ranked(snapshot: Snapshot, ids: Ids, scores: Floats, k: int) -> tuple[Ids, list[PassageRecord]]:
    """Positions in `ids` of the `k` best and their passages, best first; of equal scores, by path and start.

    Where more have the score of the last than are looked at, those stay whose text has the lowest keys.
    """
    keys = snapshot.keys_of(ids)
    order = np.lexsort((keys, -scores))
    cut = int((scores >= scores[order[k - 1]]).sum()) if len(order) > k else len(order)
    if cut > k + TIES:
        last = order[k + TIES - 1]
        cut = k + TIES + int((keys[order[k + TIES : cut]] == keys[last]).sum())
    order = order[:cut]
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
