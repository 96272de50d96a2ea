"""Postings of a run of passages: which term stands in which passage, how often.

    Segment.build([(7, 1, 0xA0, ["armi", "soldier"]), (9, 1, 0xB1, ["armi", "armi"])]).postings("armi")
    -> rows [0, 1], counts [1, 2]           (rows 0 and 1 are passages 7 and 9, both of document 1)

A segment is never changed. It is flat arrays, so that it can be mapped from a file as it is, and what a question needs
to know of a term or of a sample of the passages is written down with it: opening one reads none of its columns.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Norm
from index.postings import chosen, letters_of, lowest_of, summary

__all__ = ["MAX_TF", "SEGMENT_VERSION", "Mask", "Segment"]

SEGMENT_VERSION = 5
"""Raised whenever a segment has other arrays: those of another version are made anew."""

MAX_TF = 255
"""Term counts are kept in one byte: BM25 is flat long before."""

LOWEST_PASSAGES, LOWEST_DOCUMENTS = 1 << 16, 1 << 14
"""Passages and documents of the lowest keys that are written down: twice a sample (see `index.spread`), because a
quarter of a segment may be gone before it is written anew."""

HEAD_BYTES = 8
"""Of a term that are compared as one number."""

EXPANDED_ROWS = 1 << 17
"""Rows up to which each has its document beside it in memory: 0.5 MB."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Segment:
    """Postings of a run of passages, sorted by passage id. The passages of a document follow each other."""

    terms: NDArray[np.uint8]
    """All terms in UTF-8, sorted, one after the other."""
    term_ends: NDArray[np.int64]
    term_heads: NDArray[np.uint64]
    """The first bytes of each term as a number, in the same order."""
    term_letters: NDArray[np.uint32]
    """Which letters each has (`index.postings.letters_of`)."""
    posting_ends: NDArray[np.int64]
    posting_rows: NDArray[np.uint32]
    posting_tfs: NDArray[np.uint8]
    term_documents: NDArray[np.uint32]
    """Documents that hold each term."""
    term_peaks: NDArray[np.float32]
    """The most each adds to a score at an idf of 1 and `mean_length`."""
    lengths: NDArray[Any]
    """Terms in each passage, of the smallest unsigned type: what a question reads of it should stay in the cache."""
    ids: NDArray[np.int64]
    """Passage ids, ascending."""
    keys: NDArray[np.uint64]
    """First 8 bytes of the key of each passage: the same text has the same."""
    document_ids: NDArray[np.int64]
    """The documents that the passages belong to, in their order."""
    document_ends: NDArray[np.int64]
    """Row after the last of each document."""
    document_lengths: NDArray[np.int64]
    """Terms in all passages of each document."""
    lowest: NDArray[np.uint32]
    """Rows of the passages with the lowest keys, ascending by key."""
    lowest_documents: NDArray[np.uint32]
    """Documents (from 0) whose first passages have the lowest keys, ascending by key."""
    lowest_ends: NDArray[np.int64]
    postings_by_rank: NDArray[np.uint32]
    """Which postings of each term are of the `lowest` rows, in their order; nothing where all rows are."""
    document_lowest_ends: NDArray[np.int64]
    document_postings_by_rank: NDArray[np.uint32]
    """Which are of the first document, which may have begun before, then of the `lowest_documents`, in their order;
    nothing where all are."""

    @classmethod
    def build(cls, passages: Iterable[tuple[int, int, int, Sequence[str]]]) -> Segment:
        """A segment of (passage id, document id, key, terms of the passage), passage ids ascending.

        `key`: the first 8 bytes of the passage's key, little-endian.
        """
        numbers: defaultdict[str, int] = defaultdict()
        numbers.default_factory = numbers.__len__  # a new term gets the next number
        ids, documents, keys, lengths, words = array("q"), array("q"), array("Q"), array("I"), array("I")
        for passage, document, key, found in passages:
            ids.append(passage)
            documents.append(document)
            keys.append(key)
            lengths.append(len(found))
            words.extend(map(numbers.__getitem__, found))
        vocabulary = sorted(numbers, key=str.encode)
        ranks = np.zeros(len(numbers), np.uint64)
        ranks[[numbers[term] for term in vocabulary]] = np.arange(len(numbers), dtype=np.uint64)
        rows = np.repeat(np.arange(len(ids), dtype=np.uint64), np.array(lengths, np.int64))
        placed = ranks[np.array(words, np.uint32)] << np.uint64(32) | rows
        placed.sort()
        new = np.flatnonzero(np.diff(placed, prepend=np.uint64(1 << 63)))
        tfs = np.diff(new, append=len(placed))
        postings = placed[new]
        return cls.of(
            [term.encode() for term in vocabulary],
            np.cumsum(np.bincount((postings >> np.uint64(32)).astype(np.int64), minlength=len(vocabulary))),
            (postings & np.uint64(0xFFFFFFFF)).astype(np.uint32),
            np.minimum(tfs, MAX_TF).astype(np.uint8),
            lengths=np.array(lengths, np.uint32),
            ids=np.array(ids, np.int64),
            keys=np.array(keys, np.uint64),
            documents=np.array(documents, np.int64),
        )

    @classmethod
    def of(
        cls,
        vocabulary: Sequence[bytes],
        posting_ends: NDArray[np.int64],
        posting_rows: NDArray[np.uint32],
        posting_tfs: NDArray[np.uint8],
        *,
        lengths: NDArray[np.uint32],
        ids: NDArray[np.int64],
        keys: NDArray[np.uint64],
        documents: NDArray[np.int64],
    ) -> Segment:
        """A segment of postings that are in the order of the sorted vocabulary, none of whose terms is without any.

        `documents`: the document of each passage.
        """
        starts = np.flatnonzero(np.diff(documents, prepend=-1))
        document_ends = np.append(starts[1:], len(documents)).astype(np.int64)[: len(starts)]
        counts = np.add.reduceat(lengths, starts, dtype=np.int64) if len(starts) else np.zeros(0, np.int64)
        about = summary(posting_ends, posting_rows, posting_tfs, lengths, document_ends)
        terms = np.frombuffer(b"".join(vocabulary), dtype=np.uint8)
        term_ends = np.cumsum([len(term) for term in vocabulary], dtype=np.int64)
        heads = b"".join(term[:HEAD_BYTES].ljust(HEAD_BYTES, b"\0") for term in vocabulary)
        lowest, lowest_documents = lowest_of(keys, LOWEST_PASSAGES), lowest_of(keys[starts], LOWEST_DOCUMENTS)
        ranks, document_ranks = np.full(len(ids), -1, np.int32), np.full(len(starts), -1, np.int32)
        ranks[lowest] = np.arange(len(lowest), dtype=np.int32)
        document_ranks[lowest_documents] = np.arange(1, len(lowest_documents) + 1, dtype=np.int32)
        document_ranks[:1] = 0
        row_ranks = np.repeat(document_ranks, np.diff(document_ends, prepend=0))
        nothing = np.zeros(0, np.int64), np.zeros(0, np.uint32)
        sampled = chosen(posting_ends, posting_rows, ranks) if (ranks < 0).any() else nothing
        of_documents = chosen(posting_ends, posting_rows, row_ranks) if (row_ranks < 0).any() else nothing
        return cls(
            terms=terms,
            term_ends=term_ends,
            term_heads=np.frombuffer(heads, dtype=">u8").astype(np.uint64),
            term_letters=letters_of(terms, term_ends),
            posting_ends=posting_ends,
            posting_rows=posting_rows,
            posting_tfs=posting_tfs,
            term_documents=about.documents,
            term_peaks=about.peaks,
            lengths=lengths.astype(np.min_scalar_type(int(lengths.max(initial=0)))),
            ids=ids,
            keys=keys,
            document_ids=documents[starts],
            document_ends=document_ends,
            document_lengths=counts,
            lowest=lowest,
            lowest_documents=lowest_documents,
            lowest_ends=sampled[0],
            postings_by_rank=sampled[1],
            document_lowest_ends=of_documents[0],
            document_postings_by_rank=of_documents[1],
        )

    @classmethod
    def merged(cls, segments: Sequence[Segment], living: Sequence[Mask]) -> Segment:
        """One segment with the living passages of several, whose id ranges follow each other."""
        from index.merging import merged

        return merged(segments, living)

    @property
    def documents(self) -> NDArray[np.int64]:
        """The document each passage belongs to: int64 (rows,)."""
        return np.repeat(self.document_ids, np.diff(self.document_ends, prepend=0))

    def vocabulary(self) -> list[bytes]:
        """The distinct terms in UTF-8, sorted."""
        whole, ends = self.terms.tobytes(), self.term_ends.tolist()
        return [whole[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def find(self, term: str) -> int:
        """Number of `term` in the vocabulary; -1 where it has none."""
        wanted = term.encode()
        head = int.from_bytes(wanted[:HEAD_BYTES].ljust(HEAD_BYTES, b"\0"), "big")
        at = bisect_left(self._heads, head)
        if at == len(self._heads) or self._heads[at] != head:
            return -1
        if len(wanted) >= HEAD_BYTES:  # others may begin with the same
            at = bisect_left(range(len(self._heads)), wanted, at, bisect_right(self._heads, head, at), key=self._term)
        return at if at < len(self._heads) and self._term(at) == wanted else -1

    def spelt(self, at: Iterable[int]) -> list[str]:
        """The terms of these numbers."""
        return [self._term(number).decode() for number in at]

    def beginning_with(self, letter: str) -> range:
        """Numbers of the terms that begin with `letter`."""
        first, size = letter.encode(), 8 * (HEAD_BYTES - len(letter.encode()))
        low = int.from_bytes(first, "big") << size
        return range(bisect_left(self._heads, low), bisect_left(self._heads, low + (1 << size)))

    def postings(self, term: str) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
        """Rows that hold `term` and how often; empty arrays when none does."""
        return self.posting(self.find(term))

    def posting(self, at: int) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
        """Rows that hold the term of that number and how often; empty arrays for -1."""
        if at < 0:
            return self.posting_rows[:0], self.posting_tfs[:0]
        start, stop = int(self.posting_ends[at - 1]) if at else 0, int(self.posting_ends[at])
        return self.posting_rows[start:stop], self.posting_tfs[start:stop]

    def lowest_of(self, at: int, documents: bool) -> NDArray[np.uint32] | None:
        """Which postings of that term are of the `lowest` rows, or of the `lowest_documents`; None where all may be."""
        ends = self.document_lowest_ends if documents else self.lowest_ends
        postings = self.document_postings_by_rank if documents else self.postings_by_rank
        return postings[int(ends[at - 1]) if at else 0 : int(ends[at])] if at >= 0 and len(ends) else None

    def df(self, at: int) -> int:
        """Rows that hold the term of that number."""
        return (int(self.posting_ends[at]) - (int(self.posting_ends[at - 1]) if at else 0)) if at >= 0 else 0

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name, as `Segment(**arrays)` takes them back."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def total_length(self) -> int:
        """Terms in all passages."""
        return int(self.document_lengths.sum())

    @cached_property
    def row_documents(self) -> NDArray[np.uint32] | None:
        """The document (from 0) of each row, of a segment of ordinary size; for a larger one it is looked for."""
        if len(self) > EXPANDED_ROWS:
            return None
        return np.repeat(np.arange(len(self.document_ids), dtype=np.uint32), np.diff(self.document_ends, prepend=0))

    @property
    def mean_length(self) -> float:
        """Terms in a passage, on average."""
        return self.total_length / len(self) if len(self) else 1.0

    @property
    def mean_norm_slope(self) -> np.float32:
        """Slope of the norm that the peaks were taken at."""
        return Norm.of(self.mean_length).slope

    @cached_property
    def _heads(self) -> memoryview:
        return np.ascontiguousarray(self.term_heads).data  # a single number of it costs less than of an array

    def _term(self, at: int) -> bytes:
        start = int(self.term_ends[at - 1]) if at else 0
        return self.terms[start : int(self.term_ends[at])].tobytes()
