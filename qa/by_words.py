"""Passages that have no vector yet, because a sync has not come to them: how near they are in meaning all the same.

They are found by their words alone. The best of them are embedded for the question, so that they stand beside others
by the same measure and an answer from them is as sure as any; the rest count as near as those are on average.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.embedding import Vectors
from index.products import inner_products
from index.schema import PassageRecord
from index.sentence_vectors import sentence_texts
from index.snapshot import Snapshot
from index.splitting import embedding_text
from index.stores import Ids

__all__ = ["EMBEDDED_NOW", "completed", "sentence_vectors", "spread"]

EMBEDDED_NOW = 16
"""Passages embedded for one question: as many as sentences are taken from, and .1 to .2 s of work on two cores."""

USUAL_SPREAD = (0.06, 0.11)
"""Mean and deviation of a question's cosine over passages, as long as none has a vector: those of the embedded model on
SQuAD 2 (60 questions, each within .02 of both)."""

Floats = NDArray[np.float32]


def completed(snapshot: Snapshot, question: Vectors, ids: Ids, cosines: Floats, words: Floats) -> Floats:
    """`cosines` of the passages `ids`, with something fair for nan: float32 (len(ids),).

    `words`: BM25 of each; of equals, those whose text has the lowest keys are embedded.
    """
    lacking = np.flatnonzero(np.isnan(cosines))
    if not len(lacking):
        return cosines
    order = np.lexsort((snapshot.keys_of(ids[lacking]), -words[lacking]))
    best = lacking[order[:EMBEDDED_NOW]]
    texts = [embedding_text(passage) for passage in snapshot.passages(ids[best].tolist())]
    found = cosines.copy()
    found[best] = inner_products(snapshot.embed_sentences(texts), question[0])
    found[lacking[order[EMBEDDED_NOW:]]] = found[best].mean()
    return found


def spread(snapshot: Snapshot, question: Vectors) -> tuple[float, float]:
    """Mean and standard deviation of the question's cosine over the corpus."""
    return snapshot.cosine_spread(question) if snapshot.by_words_only < len(snapshot) else USUAL_SPREAD


def sentence_vectors(snapshot: Snapshot, passages: Sequence[PassageRecord]) -> list[Vectors]:
    """Vectors of the sentences of each passage; those that no sync has embedded yet are embedded now."""
    kept = snapshot.sentence_vectors(np.array([passage.id for passage in passages], dtype=np.int64))
    missing = [at for at, passage in enumerate(passages) if len(kept[at]) != len(passage.sentences)]
    if missing:
        texts = [sentence_texts(passages[at]) for at in missing]
        fresh = snapshot.embed_sentences([text for of_one in texts for text in of_one])
        ends = np.cumsum([len(of_one) for of_one in texts])[:-1]
        for at, vectors in zip(missing, np.split(fresh, ends), strict=True):
            kept[at] = vectors
    return kept
