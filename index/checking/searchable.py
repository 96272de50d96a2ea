"""Whether what is derived for searching, FAISS and BM25, says the same as the store it was derived from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.arrays import ArraysDamaged, read_arrays, verify_arrays
from index.checking.database import CheckedStore
from index.checking.findings import CheckProgress, Finding, OnCheck, Verdict, judged
from index.checking.stored import spread
from index.derived import Derived, passage_terms
from index.lexical import LexicalIndex
from index.segments import MAX_TF
from index.vectors import VectorIndex

__all__ = ["derived_finding", "file_finding"]

SYNC = "run `footnote sync`, which writes it anew; until then every start makes it from the store"
LISTS = ("vectors.fn", "lexical.fn")
"""The derived files that an index always has; they name the others."""

VECTOR_TOLERANCE = 1e-3
"""Largest difference of one component: FAISS holds what the store holds in half precision, unrounded."""


def file_finding(folder: Path, store: CheckedStore) -> Finding:
    """Whether the derived files are whole. One that is not costs time at each start, never an answer."""
    damaged: list[str] = []
    missing: list[str] = []
    size = 0
    for name in _file_names(folder):
        try:
            facts = verify_arrays(folder / name).facts
            size += (folder / name).stat().st_size
        except FileNotFoundError:
            missing.append(name)
        except (OSError, ArraysDamaged) as error:
            damaged.append(str(error) if name in str(error) else f"{name}: {error}")
        else:
            if name in LISTS and facts.get("store") != store.meta("store"):
                damaged.append(f"{name} is of another index")
    counted: dict[str, int | float | str] = {"damaged": len(damaged), "missing": len(missing), "bytes": size}
    if missing and not damaged:
        said = f"{', '.join(missing)} missing: made from the store at each start"
        return Finding("files", Verdict.NOTE, said, "run `footnote sync`, which writes what is missing", facts=counted)
    return judged("files", damaged, f"derived files are whole, {size / 1e6:,.1f} MB", remedy=SYNC, facts=counted)


def derived_finding(derived: Derived, store: CheckedStore, sample: int, tell: OnCheck) -> Finding:
    """Whether FAISS holds exactly the store's vectors, and BM25 the terms of the passages (of a sample of them)."""
    held = {"FAISS": derived.vectors.living_ids(), "BM25": derived.lexical.ids[derived.lexical.alive]}
    stored = store.all_passage_ids()
    expected = {"FAISS": store.embedded_ids(), "BM25": stored}
    problems = [
        f"{name} holds {len(ids):,} passages, the store {len(of):,}; {len(np.setxor1d(ids, of)):,} differ"
        for (name, ids), of in zip(held.items(), expected.values(), strict=True)
        if not np.array_equal(ids, of)
    ]
    looked = spread(stored, sample)
    if not problems:
        problems += [
            f"FAISS has another vector for passage {at}" for at in _other_vectors(derived.vectors, store, tell)
        ]
        problems += [
            f"BM25 has other terms for passage {at}" for at in _other_terms(derived.lexical, store, looked, tell)
        ]
    well = f"FAISS has the vectors of all {len(held['FAISS']):,} passages, BM25 the terms of {len(looked):,} looked at"
    facts = {"faiss": len(held["FAISS"]), "bm25": len(held["BM25"]), "terms_looked_at": len(looked)}
    return judged("derived", problems, well, facts=facts)


def _file_names(folder: Path) -> list[str]:
    """The files there should be: the two lists, and the runs that they name."""
    names = list(LISTS)
    for listing in LISTS:
        try:
            names += [str(name) for name in read_arrays(folder / listing).facts["runs"]]
        except (OSError, ArraysDamaged, KeyError, TypeError):
            continue
    return names


def _other_vectors(vectors: VectorIndex, store: CheckedStore, tell: OnCheck) -> Iterator[int]:
    """Passages whose vector in FAISS is not the store's."""
    done, total, held = 0, len(vectors), vectors.living_ids()
    for some in store.all_vectors(vectors.dimension):
        tell(CheckProgress("comparing FAISS with the store", done, total))
        done += len(some.ids)
        ids = some.ids[np.isin(some.ids, held)]
        of_store = some.vectors[np.isin(some.ids, held)]
        differs = np.abs(vectors.of_passages(ids) - of_store).max(axis=1, initial=0.0) > VECTOR_TOLERANCE
        yield from ids[differs].tolist()


def _other_terms(lexical: LexicalIndex, store: CheckedStore, looked: NDArray[np.int64], tell: OnCheck) -> Iterator[int]:
    """Passages among `looked` whose postings are not the terms of their text."""
    passages = store.passages(looked.tolist())
    for done, passage in enumerate(passages):
        tell(CheckProgress("comparing BM25 with the texts", done, len(passages)))
        if _postings_differ(lexical, passage.id, Counter(passage_terms(passage.context, passage.text))):
            yield passage.id


def _postings_differ(lexical: LexicalIndex, passage: int, expected: Counter[str]) -> bool:
    segment = next(s for s in lexical.segments if len(s) and s.ids[0] <= passage <= s.ids[-1])
    row = int(np.searchsorted(segment.ids, passage))
    if int(segment.lengths[row]) != expected.total():
        return True
    if int((segment.posting_rows == row).sum()) != len(expected):
        return True
    for term, count in expected.items():
        rows, counts = segment.postings(term)
        at = int(np.searchsorted(rows, row))
        if at == len(rows) or rows[at] != row or counts[at] != min(count, MAX_TF):
            return True
    return False
