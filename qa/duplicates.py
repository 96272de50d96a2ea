"""Passages that say the same, shown once with all their places.

Two passages are near duplicates when they share most runs of three terms (Broder 1997, "On the resemblance and
containment of documents"): another edition, a mail quoted in its answer, a file kept twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from index.analysis import terms

__all__ = ["groups"]

RESEMBLANCE = 0.9
"""Share of the runs of three terms that two near duplicates have in common, of all that either has. A table of which
one figure was changed falls below it."""

RUN = 3

COMPARED = 200
"""Groups that a text is compared with; beyond, only those of the very same terms are found."""


def groups(texts: Sequence[str]) -> list[list[int]]:
    """Positions of the texts that are near duplicates of each other, each group in order, groups by their first."""
    found: list[list[int]] = []
    runs: list[frozenset[tuple[str, ...]]] = []
    exact: dict[tuple[str, ...], int] = {}
    for at, text in enumerate(texts):
        words = tuple(terms(text))
        mine = frozenset(words[i : i + RUN] for i in range(max(1, len(words) - RUN + 1)))
        group = exact.get(words) if words else None
        if group is None and words:
            group = next((g for g, other in enumerate(runs[:COMPARED]) if _resemble(mine, other)), None)
        if group is None:
            group = len(found)
            found.append([])
            runs.append(mine)
        exact.setdefault(words, group)
        found[group].append(at)
    return found


def _resemble(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    if min(len(one), len(other)) < RESEMBLANCE * max(len(one), len(other)):
        return False
    shared = len(one & other)
    return shared >= RESEMBLANCE * (len(one) + len(other) - shared)
