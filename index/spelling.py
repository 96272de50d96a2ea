"""Terms of the corpus that a misspelt word may have meant.

    similar("venezuala", ["venezuel", "venezuela", "venice"])   -> [("venezuela", 1), ("venezuel", 1)]

Distances count letters inserted, deleted, replaced, or swapped with the next (optimal string alignment, Damerau 1964).
A misspelling seldom has its first letter wrong (Yannakoudakis and Fawthrop 1983), so only terms with the same one are
looked at.
"""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import OSA

__all__ = ["LEAST_LETTERS", "similar"]

LEAST_LETTERS = 5
"""Shorter terms are near too many others."""

TWO_EDITS_FROM = 9
"""Letters from which a term may have two wrong."""


def similar(term: str, vocabulary: Iterable[str]) -> list[tuple[str, int]]:
    """Terms of the vocabulary near `term` with how many letters differ, nearest first; none for a short one."""
    if len(term) < LEAST_LETTERS or not term.isalpha():
        return []
    edits = 2 if len(term) >= TWO_EDITS_FROM else 1
    found = process.extract(term, sorted(vocabulary), scorer=OSA.distance, score_cutoff=edits, limit=None)
    return [(other, int(distance)) for other, distance, _ in found if len(other) >= LEAST_LETTERS - 1]
