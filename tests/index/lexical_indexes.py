"""Segments and indexes of a few passages, and of texts like a corpus."""

from hashlib import sha256

import numpy as np

from index.lexical import LexicalIndex
from index.segments import Segment

__all__ = ["by_id", "by_id_of_document", "index_of", "key_of", "living_of", "segment_of", "texts_like_a_corpus"]


def segment_of(passages):
    """Keys are hashes of the terms, as those of the store are of the text."""
    return Segment.build((passage, document, key_of(terms), terms) for passage, document, terms in passages)


def key_of(terms):
    return int.from_bytes(sha256(" ".join(terms).encode()).digest()[:8], "little")


def index_of(passages, removed=()):
    return LexicalIndex.of([segment_of(passages)], np.array(removed, dtype=np.int64))


def living_of(index):
    return index.ids[index.alive]


def by_id(index, terms):
    ids = living_of(index)
    return dict(zip(ids.tolist(), index.of_passages(index.score(terms), ids).tolist(), strict=True))


def by_id_of_document(index, terms):
    ids = living_of(index)
    return dict(zip(ids.tolist(), index.of_documents(index.score(terms), ids).tolist(), strict=True))


def texts_like_a_corpus(count, seed):
    """Terms of passages with frequencies as in language (Zipf), drawn with the seed."""
    random = np.random.default_rng(seed)
    numbers = np.minimum(random.zipf(1.25, size=(count, 30)), 5_000)
    return [[f"t{number}" for number in row[: random.integers(5, 30)]] for row in numbers.tolist()]
