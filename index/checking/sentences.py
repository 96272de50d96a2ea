"""Whether every sentence has its vector, and a sample of them is what the model gives today."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from index.checking.database import CheckedStore
from index.checking.findings import CheckProgress, Finding, OnCheck, judged
from index.checking.stored import EMBEDDED_AGAIN, SAME_COSINE, spread
from index.embedding import Embedder, Vectors
from index.schema import PassageRecord
from index.sentence_vectors import sentence_texts

__all__ = ["sentence_finding"]

LENGTH_TOLERANCE = 0.03
"""How far a vector may be from length 1: components are kept in steps of 1/127 of the largest."""

PASSAGES_AT_ONCE = 500


def sentence_finding(store: CheckedStore, embedder: Embedder, sample: int, tell: OnCheck) -> Finding:
    """Whether each passage has as many vectors of length 1 as sentences; some are embedded again and compared."""
    problems: list[str] = []
    count = waiting = 0
    for passage, vectors in _all(store, embedder.dimension, tell):
        if vectors is None:
            waiting += 1
            continue
        count += len(vectors)
        problems.extend(f"passage {passage.id} of {passage.document.path} {what}" for what in _wrong(passage, vectors))
    if waiting and not store.meta("under_way"):
        problems.append(f"the sentences of {waiting:,} passages are not embedded")
    again = spread(store.all_passage_ids(), min(sample, EMBEDDED_AGAIN))
    if not problems:
        problems.extend(_other_vectors(store, embedder, again.tolist()))
    well = f"{count:,} sentences have their vectors; those of {len(again):,} passages were embedded again and agree"
    if waiting:
        well += f"; {waiting:,} passages wait for a sync that was interrupted or is under way"
    return judged("sentences", problems, well, facts={"sentences": count, "passages_waiting": waiting})


def _all(store: CheckedStore, dimension: int, tell: OnCheck) -> Iterator[tuple[PassageRecord, Vectors | None]]:
    """Every passage with the vectors of its sentences: None where there are none yet."""
    ids = store.all_passage_ids().tolist()
    for at in range(0, len(ids), PASSAGES_AT_ONCE):
        tell(CheckProgress("looking at the sentences", at, len(ids)))
        some = ids[at : at + PASSAGES_AT_ONCE]
        found = store.sentence_vectors(some, dimension)
        yield from ((passage, found.get(passage.id)) for passage in store.passages(some))


def _wrong(passage: PassageRecord, vectors: Vectors) -> Iterator[str]:
    if len(vectors) != len(passage.sentences):
        yield f"has {len(passage.sentences)} sentences and {len(vectors)} vectors of sentences"
    elif not (np.abs(np.linalg.norm(vectors, axis=1) - 1) < LENGTH_TOLERANCE).all():
        yield "has a sentence whose vector is not of length 1"


def _other_vectors(store: CheckedStore, embedder: Embedder, ids: list[int]) -> Iterator[str]:
    """Sentences of the passages `ids` whose vector is not what the model gives."""
    found = store.sentence_vectors(ids, embedder.dimension)
    for passage in store.passages(ids):
        texts = sentence_texts(passage)
        if passage.id not in found or not texts:
            continue
        cosines = np.sum(embedder.embed_passages(texts) * found[passage.id], axis=1)
        for text, cosine in zip(texts, cosines.tolist(), strict=True):
            if not cosine >= SAME_COSINE:
                yield f"{passage.document.path}: the vector of “{text[:40]}” is another's (cosine {cosine:.2f})"
