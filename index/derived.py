"""What is derived from the store for searching: vectors for FAISS, postings for BM25.

Both carry the change number they were built at and the id of the last passage they hold; `caught_up` fetches what
the store has since. On disk they are files beside the store, rewritten only when enough has changed. A file that is
missing, older, damaged or of another store costs time, never an answer: what it lacks is taken from the store.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from index.analysis import ANALYSER_VERSION, terms
from index.arrays import ArraysDamaged, read_arrays, write_arrays
from index.lexical import LexicalIndex
from index.segments import Segment
from index.store import Store
from index.vectors import VectorIndex

__all__ = ["Derived", "caught_up", "load", "passage_terms", "save"]

REWRITE_SHARE = 8
"""Vectors are written anew when those added or removed since are more than one in this many."""

UNSAVED_PASSAGES = 256
"""So few new passages are not worth a file: readers take them from the store (about 30 ms)."""

SEGMENT_PASSAGES = 20_000
"""Passages analysed at a time, which bounds the memory of a first build."""

LIVING_SHARE = 0.75
"""A segment with a smaller share of living passages is written anew."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Derived:
    """Everything to search one state of the store."""

    change: int
    """The store's change number this corresponds to."""
    last: int
    """The highest passage id that was ever put in."""
    vectors: VectorIndex
    lexical: LexicalIndex


def empty(dimension: int) -> Derived:
    """Nothing indexed yet."""
    return Derived(0, 0, VectorIndex.empty(dimension), LexicalIndex.of([]))


def load(folder: Path, store: Store, dimension: int) -> Derived:
    """What the files in `folder` hold, caught up with the store."""
    vectors, lexical = _load_vectors(folder, store, dimension), _load_lexical(folder, store)
    with store.reading():
        horizon = int(store.meta("removed_from") or 0)
        if vectors.change < horizon:
            vectors = empty(dimension)
        if lexical.change < horizon:
            lexical = empty(dimension)
        vectors, lexical = _with_vectors(vectors, store), _with_lexical(lexical, store)
    return replace(vectors, lexical=lexical.lexical)


def caught_up(derived: Derived, store: Store) -> Derived:
    """The same with everything the store committed since. Cheap when nothing was."""
    with store.reading():
        if store.change() == derived.change:
            return derived
        if derived.change < int(store.meta("removed_from") or 0):
            derived = empty(derived.vectors.index.d)
        lexical = _with_lexical(derived, store).lexical
        return replace(_with_vectors(derived, store), lexical=lexical)


def passage_terms(context: str, text: str) -> list[str]:
    """The terms that a passage is found by, in order, repeats kept."""
    return terms(f"{context}\n{text}")


def save(derived: Derived, folder: Path, store_id: str) -> int:
    """Write what has changed enough. Returns the change that the files on disk reach back to."""
    facts = {"store": store_id, "change": derived.change, "last": derived.last}
    saved_change = _saved_change(folder / "vectors.fn", store_id, derived)
    if saved_change is None:
        write_arrays(folder / "vectors.fn", derived.vectors.arrays(), facts)
        saved_change = derived.change
    return min(saved_change, _save_lexical(derived, folder, facts))


def _saved_change(path: Path, store_id: str, derived: Derived) -> int | None:
    """The change of the vectors on disk when they are recent enough to stay, else None."""
    try:
        arrays, facts = read_arrays(path)
    except (OSError, ArraysDamaged):
        return None
    ids = derived.vectors.ids
    added = int((ids > facts["last"]).sum())
    gone = len(arrays["ids"]) - int((derived.vectors.alive & (ids <= facts["last"])).sum())
    if facts["store"] != store_id or (added + gone) * REWRITE_SHARE > len(ids) + UNSAVED_PASSAGES:
        return None
    return int(facts["change"])


def _load_vectors(folder: Path, store: Store, dimension: int) -> Derived:
    try:
        arrays, facts = read_arrays(folder / "vectors.fn")
        if facts["store"] == store.meta("store"):
            found = VectorIndex.from_arrays(arrays)
            if found.index.d == dimension:
                return replace(empty(dimension), change=facts["change"], last=facts["last"], vectors=found)
    except FileNotFoundError:
        pass
    except (OSError, ArraysDamaged, ValueError, KeyError, RuntimeError) as error:
        _log.warning("vectors.fn is rebuilt from the store: %s", error)
    return empty(dimension)


def _with_vectors(derived: Derived, store: Store) -> Derived:
    new = store.passages_after(derived.last, derived.vectors.index.d)
    vectors = derived.vectors.extended(new.ids, new.keys, new.vectors).without(store.removed_after(derived.change))
    last = int(new.ids[-1]) if len(new.ids) else derived.last
    return replace(derived, change=store.change(), last=last, vectors=vectors)


def _load_lexical(folder: Path, store: Store) -> Derived:
    try:
        arrays, facts = read_arrays(folder / "lexical.fn")
        if facts["store"] == store.meta("store") and facts["analyser"] == ANALYSER_VERSION:
            segments = [Segment(**read_arrays(folder / name).arrays) for name in facts["segments"]]
            index = LexicalIndex.of(segments, arrays["dead"])
            return replace(empty(1), change=facts["change"], last=facts["last"], lexical=index)
    except FileNotFoundError:
        pass
    except (OSError, ArraysDamaged, ValueError, KeyError, TypeError) as error:
        _log.warning("the lexical index is rebuilt from the store: %s", error)
    return empty(1)


def _with_lexical(derived: Derived, store: Store) -> Derived:
    segments = list(derived.lexical.segments)
    texts = store.texts_after(derived.last)
    analysed = ((passage, document, passage_terms(context, text)) for passage, document, context, text in texts)
    last = derived.last
    while len(new := Segment.build(islice(analysed, SEGMENT_PASSAGES))):
        segments.append(new)
        last = int(new.ids[-1])
    dead = derived.lexical.ids[~derived.lexical.alive]
    removed = np.concatenate([dead, store.removed_after(derived.change)])
    index = _merged(LexicalIndex.of(segments, removed))
    return replace(derived, change=store.change(), last=last, lexical=index)


def _merged(index: LexicalIndex) -> LexicalIndex:
    """Merge from the end while a segment is less than twice the next, so that there are few, each row moved seldom.

    A segment of which more than a quarter is gone is written without it.
    """
    segments, living = list(index.segments), index.alive_by_segment()
    while len(segments) > 1 and len(segments[-2]) < 2 * len(segments[-1]):
        merged = Segment.merged(segments[-2:], living[-2:])
        segments[-2:], living[-2:] = [merged], [np.ones(len(merged), dtype=np.bool_)]
    for at, alive in enumerate(living):
        if len(alive) and alive.mean() < LIVING_SHARE:
            segments[at] = Segment.merged([segments[at]], [alive])
            living[at] = np.ones(len(segments[at]), dtype=np.bool_)
    alive = np.concatenate(living) if living else index.alive
    return LexicalIndex(tuple(segments), alive)


def _save_lexical(derived: Derived, folder: Path, facts: dict[str, object]) -> int:
    """Write segments that are not on disk yet, then the list of all, then delete the files it no longer names."""
    segments = {_segment_name(segment): segment for segment in derived.lexical.segments}
    saved = _saved_lexical(folder, str(facts["store"]))
    unsaved = {name: segment for name, segment in segments.items() if name not in saved.segments}
    dead = derived.lexical.ids[~derived.lexical.alive]
    if saved.segments and sum(map(len, unsaved.values())) + abs(len(dead) - saved.dead) < UNSAVED_PASSAGES:
        return saved.change
    for name, segment in unsaved.items():
        write_arrays(folder / name, segment.arrays(), {})
    listed = {**facts, "analyser": ANALYSER_VERSION, "segments": list(segments)}
    write_arrays(folder / "lexical.fn", {"dead": dead}, listed)
    for stale in {path.name for path in folder.glob("lexical-*.fn")} - set(segments):
        (folder / stale).unlink(missing_ok=True)
    return derived.change


class _SavedLexical(NamedTuple):
    segments: list[str]
    dead: int
    change: int


def _saved_lexical(folder: Path, store_id: str) -> _SavedLexical:
    try:
        arrays, facts = read_arrays(folder / "lexical.fn")
    except (OSError, ArraysDamaged):
        return _SavedLexical([], 0, 0)
    if facts["store"] != store_id or facts["analyser"] != ANALYSER_VERSION:
        return _SavedLexical([], 0, 0)
    if not all(_is_whole(folder / name) for name in facts["segments"]):
        return _SavedLexical([], 0, 0)
    return _SavedLexical(facts["segments"], len(arrays["dead"]), facts["change"])


def _is_whole(path: Path) -> bool:
    try:
        read_arrays(path)
    except (OSError, ArraysDamaged):
        return False
    return True


def _segment_name(segment: Segment) -> str:
    """Names the passages it holds: ids are never used twice, so equal names are equal segments."""
    first, last = (int(segment.ids[0]), int(segment.ids[-1])) if len(segment) else (0, 0)
    return f"lexical-{first}-{last}-{len(segment)}.fn"
