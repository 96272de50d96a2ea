"""What is derived from the store for searching: vectors for FAISS, postings for BM25.

Both carry the change number they were built at and the id of the last passage they hold; `caught_up` fetches what
the store has since. On disk they are runs of passages beside the store (`index/runs.py`), written by whoever syncs
and taken over by everybody else. A file that is missing, older, damaged or of another store costs time, never an
answer: what it lacks is taken from the store.

Vectors may lag behind: a passage is found by its words as soon as it is stored, and by its meaning when it has been
embedded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.analysis import ANALYSER_VERSION, terms
from index.arrays import read_arrays
from index.lexical import LexicalIndex
from index.runs import TAIL_ROWS, Held, Kind, Stamp, grouped, listed, newest, save, stamp
from index.segments import SEGMENT_VERSION, Segment
from index.store import Store
from index.vector_segments import VectorSegment
from index.vectors import VectorIndex

__all__ = ["Derived", "caught_up", "empty", "latest_change", "load", "passage_terms", "saved"]

VECTORS_AT_ONCE = 1 << 16
"""Vectors read from the store at a time: 50 MB of 384 dimensions."""

SEGMENT_PASSAGES = 20_000
"""Passages analysed at a time, which bounds the memory of a first build."""

STEP_PASSAGES = 1 << 19
"""Passages after which whoever writes puts on disk what it has, when there are very many to catch up with."""

Stamps = tuple[Stamp, Stamp]

VECTORS: Kind[VectorSegment] = Kind(
    "vectors", 1, VectorSegment.read, lambda segments, alive: VectorSegment.merged(segments, alive).arrays
)
LEXICAL: Kind[Segment] = Kind(
    "lexical",
    SEGMENT_VERSION << 8 | ANALYSER_VERSION,
    lambda path: Segment(**read_arrays(path).arrays),
    lambda runs, alive: _postings(runs, alive),  # noqa: PLW0108
)


@dataclass(frozen=True, slots=True)
class Derived:
    """Everything to search one state of the store."""

    vectors: VectorIndex
    lexical: LexicalIndex
    vectors_change: int = 0
    """The store's change number that the vectors correspond to."""
    vectors_last: int = 0
    """The highest passage id whose vector was ever put in."""
    lexical_change: int = 0
    lexical_last: int = 0
    stamps: Stamps = ((0, 0), (0, 0))
    """Of the lists on disk that were last looked at."""
    behind: bool = False
    """Whether there is more to catch up with in the same change of the store."""
    damaged: bool = False
    """Whether files on disk could not be used, so that all is to be written anew."""
    awaited: int = 0
    """The change that the files were of when they were later than the store, which may be about to commit it."""

    @property
    def change(self) -> int:
        """The store's change number this corresponds to."""
        return -1 if self.behind else min(self.vectors_change, self.lexical_change)


def empty(dimension: int) -> Derived:
    """Nothing indexed yet."""
    return Derived(VectorIndex.empty(dimension), LexicalIndex.of([]))


def load(folder: Path, store: Store, dimension: int) -> Derived:
    """What the files in `folder` hold, caught up with the store."""
    found = caught_up(empty(dimension), store, folder)
    while found.behind:  # the files were written anew in between
        found = caught_up(found, store, folder)
    return found


def latest_change(folder: Path, store_id: str) -> int:
    """The latest change that the files in `folder` say they were made of, if they are of this store; else 0."""
    found = (listed(folder, VECTORS, store_id), listed(folder, LEXICAL, store_id))
    return max((each.change for each in found if each), default=0)


def caught_up(derived: Derived, store: Store, folder: Path, *, most: int | None = None) -> Derived:
    """The same with everything the store committed since, taken from the files where those hold it. Cheap when nothing.

    `most`: passages after which it stops, `behind`; so it does when the files are of a later change than this view of
    the store, and there is nothing else to begin with.
    """
    with store.reading():
        change, stamps = store.change(), (stamp(folder, VECTORS), stamp(folder, LEXICAL))
        if derived.stamps != stamps:
            derived = _taken_over(derived, store, folder, change, stamps)
            if derived.stamps != stamps and not (derived.vectors_last or derived.lexical_last):
                return replace(derived, behind=True)
        if derived.change == change:
            return derived
        horizon = int(store.meta("removed_from") or 0)
        if derived.vectors_change < horizon:
            derived = replace(derived, vectors=VectorIndex.empty(derived.vectors.dimension), vectors_last=0)
        if derived.lexical_change < horizon:
            derived = replace(derived, lexical=LexicalIndex.of([]), lexical_last=0)
        vectors, lexical = _with_vectors(derived, store, most), _with_lexical(derived, store, most)
        return replace(
            derived,
            vectors=vectors.vectors,
            vectors_change=change,
            vectors_last=vectors.vectors_last,
            lexical=lexical.lexical,
            lexical_change=change,
            lexical_last=lexical.lexical_last,
            behind=vectors.behind or lexical.behind,
        )


def passage_terms(context: str, text: str) -> list[str]:
    """The terms that a passage is found by, in order, repeats kept."""
    return terms(f"{context}\n{text}")


def saved(derived: Derived, store: Store, folder: Path) -> tuple[Derived, int]:
    """Catch up with the store and write what has changed enough; only for whoever holds the writer's lock.

    Returns it as it is then, with what was merged, and the change that the files on disk reach back to. Raises
    `OSError` when it cannot be written.
    """
    while True:
        derived = caught_up(derived, store, folder, most=STEP_PASSAGES)
        derived, reach = _save(derived, folder, store.identity())
        if not derived.behind:
            return derived, reach


def _save(derived: Derived, folder: Path, store_id: str) -> tuple[Derived, int]:
    held = Held(derived.vectors.segments, derived.vectors.alive, derived.vectors_change, derived.vectors_last)
    vectors, reach = save(folder, VECTORS, held, store_id, anew=derived.damaged)
    postings = Held(
        derived.lexical.segments,
        tuple(derived.lexical.alive_by_segment()),
        derived.lexical_change,
        derived.lexical_last,
    )
    lexical, lexical_reach = save(folder, LEXICAL, postings, store_id, anew=derived.damaged)
    if vectors is not held:
        index = VectorIndex(derived.vectors.dimension, vectors.segments, vectors.alive)
        derived = replace(derived, vectors=index)
    if lexical is not postings:
        derived = replace(derived, lexical=LexicalIndex.of(lexical.segments, lexical.dead))
    derived = replace(derived, stamps=(stamp(folder, VECTORS), stamp(folder, LEXICAL)), damaged=False)
    return derived, min(reach, lexical_reach)


def _taken_over(derived: Derived, store: Store, folder: Path, change: int, stamps: Stamps) -> Derived:
    """With the runs on disk, which may be further or in fewer pieces; what is newer than this view waits."""
    vectors = newest(folder, VECTORS, store.identity(), derived.vectors.segments)
    lexical = newest(folder, LEXICAL, store.identity(), derived.lexical.segments)
    dimension = derived.vectors.dimension
    damaged = vectors.damaged or lexical.damaged
    if vectors.listed and vectors.listed.change <= change and not vectors.damaged:
        if all(segment.vectors.shape[1] == dimension for segment in vectors.runs):
            index = VectorIndex.of(dimension, vectors.runs, vectors.listed.dead)
            change_of, last = vectors.listed.change, vectors.listed.last
            derived = replace(derived, vectors=index, vectors_change=change_of, vectors_last=last, behind=True)
        else:
            damaged = True
    if lexical.listed and lexical.listed.change <= change and not lexical.damaged:
        words = LexicalIndex.of(lexical.runs, lexical.listed.dead)
        change_of, last = lexical.listed.change, lexical.listed.last
        derived = replace(derived, lexical=words, lexical_change=change_of, lexical_last=last, behind=True)
    latest = max((found.listed.change for found in (vectors, lexical) if found.listed), default=0)
    if change < latest <= derived.awaited:  # seen before this view was taken: the store was set back
        return replace(derived, stamps=stamps, damaged=True)
    derived = replace(derived, awaited=latest if latest > change else 0)
    later = [bool(found.listed and found.listed.change > change) for found in (vectors, lexical)]
    seen = tuple((0, 0) if is_later else now for is_later, now in zip(later, stamps, strict=True))
    return replace(derived, stamps=(seen[0], seen[1]), damaged=damaged)


def _with_vectors(derived: Derived, store: Store, most: int | None) -> Derived:
    vectors, last, taken = derived.vectors, derived.vectors_last, 0
    while most is None or taken < most:
        new = store.passages_after(last, vectors.dimension, VECTORS_AT_ONCE)
        if not len(new.ids):
            break
        vectors = vectors.extended(new.ids, new.keys, new.vectors)
        last, taken = int(new.ids[-1]), taken + len(new.ids)
    vectors = vectors.without(store.removed_after(derived.vectors_change))
    return replace(derived, vectors=vectors, vectors_last=last, behind=most is not None and taken >= most)


def _with_lexical(derived: Derived, store: Store, most: int | None) -> Derived:
    segments, last, taken = list(derived.lexical.segments), derived.lexical_last, 0
    analysed = _analysed(store, last)
    while (most is None or taken < most) and len(new := Segment.build(islice(analysed, SEGMENT_PASSAGES))):
        segments.append(new)
        last, taken = int(new.ids[-1]), taken + len(new)
    removed = np.concatenate([derived.lexical.dead, store.removed_after(derived.lexical_change)])
    index = _compact(LexicalIndex.of(segments, removed))
    return replace(derived, lexical=index, lexical_last=last, behind=most is not None and taken >= most)


def _postings(segments: Sequence[Segment], alive: Sequence[NDArray[np.bool_]]) -> dict[str, NDArray[Any]]:
    """The arrays of one segment with the living passages of several."""
    if len(segments) == 1 and alive[0].all():
        return segments[0].arrays()
    return Segment.merged(segments, alive).arrays()


def _analysed(store: Store, after: int) -> Iterator[tuple[int, int, int, list[str]]]:
    for passage, document, key, context, text in store.texts_after(after):
        yield passage, document, key, passage_terms(context, text)


def _compact(index: LexicalIndex) -> LexicalIndex:
    """The small runs at the end merged, so that there are few."""
    segments, living = list(index.segments), index.alive_by_segment()
    groups = grouped([len(segment) for segment in segments], TAIL_ROWS)
    if len(groups) == len(segments):
        return index
    for first, last in reversed(groups):
        if last - first > 1:
            segments[first:last] = [Segment.merged(segments[first:last], living[first:last])]
            living[first:last] = [np.ones(len(segments[first]), dtype=np.bool_)]
    return LexicalIndex.of(segments, index.dead)
