"""Passages that say the same, shown once with all their places.

Two passages are near duplicates when they share most runs of three words (Broder 1997, "On the resemblance and
containment of documents"), and every number and every negation: another edition, a mail quoted in its answer, a file
kept twice; not the report of the year after, and not the one that says "will not".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from index.analysis import fold

__all__ = ["groups"]

RESEMBLANCE = 0.9
"""Share of the runs of three words that two near duplicates have in common, of all that either has."""

RUN = 3

COMPARED = 200
"""Groups that a text is compared with; beyond, only those of the very same words are found."""

_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w+(?:['’]\w+)*")
_TURNS_IT_ROUND = frozenset(
    """no not never none nobody nothing neither nor without cannot except unless few less fewer more most least above
    below under over before after until since against up down increase increased decrease decreased rise rose fall fell
    higher lower false true yes""".split()
)
"""Words of which no two duplicates may differ; so is every word that ends in "n't", and all that have a digit."""


@dataclass(frozen=True)
class _Said:
    """A text as it is compared."""

    words: tuple[str, ...]
    decisive: tuple[str, ...]
    """Numbers and negations, in order of the alphabet, as often as they stand there."""

    @classmethod
    def of(cls, text: str) -> _Said:
        known = list(map(_plain, _WORD.findall(text)))
        return cls(
            tuple([word for word, _ in known]), tuple(sorted([word for word, is_decisive in known if is_decisive]))
        )

    @cached_property
    def runs(self) -> frozenset[tuple[str, ...]]:
        """Its runs of `RUN` words; made when another text has the same decisive words, which few have."""
        return frozenset(zip(*(self.words[at:] for at in range(RUN)), strict=False)) or frozenset({self.words})

    def resembles(self, other: _Said) -> bool:
        """Whether both say the same but for a few words that change nothing."""
        if self.decisive != other.decisive or not self.words:
            return False
        if min(len(self.runs), len(other.runs)) < RESEMBLANCE * max(len(self.runs), len(other.runs)):
            return False
        shared = len(self.runs & other.runs)
        return shared >= RESEMBLANCE * (len(self.runs) + len(other.runs) - shared)


def groups(texts: Sequence[str]) -> list[list[int]]:
    """Positions of the texts that are near duplicates of each other, each group in order, groups by their first."""
    found: list[list[int]] = []
    firsts: list[_Said] = []
    exact: dict[tuple[str, ...], int] = {}
    for at, text in enumerate(texts):
        said = _Said.of(text)
        group = exact.get(said.words) if said.words else None
        if group is None:
            group = next((g for g, first in enumerate(firsts[:COMPARED]) if said.resembles(first)), len(found))
        if group == len(found):
            found.append([])
            firsts.append(said)
        exact.setdefault(said.words, group)
        found[group].append(at)
    return found


@lru_cache(maxsize=100_000)
def _plain(word: str) -> tuple[str, bool]:
    """A word as it is compared, and whether it is decisive."""
    plain = word.replace(",", "") if word[0].isdigit() else fold(word).replace("’", "'")
    return plain, plain in _TURNS_IT_ROUND or plain.endswith("n't") or any(map(str.isdigit, plain))
