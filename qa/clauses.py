"""Clauses asked for by their number: "clause 10.2" in a question, "10.2 Changes must be in writing." in a contract.

    clauses = AskedClauses.of("What does clause 10.2 say?")
    clauses.held("10.2 Changes must be in writing.", {"10.2", "chang", "write"})
    -> the same with "claus", "say" and `CLAUSE`

A clause does not say that it is one; a sentence that only mentions a clause does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from index.analysis import terms

__all__ = ["CLAUSE", "CLAUSE_IDF", "AskedClauses", "clause_numbers"]

CLAUSE = "\0clause"
"""Stands for the clause asked for, among terms; no text has it."""

CLAUSE_IDF = 3.0
"""What it weighs: without it, a sentence that says what "clause 10.2 says" is as near as the clause."""

_ASKED = re.compile(
    r"(?:\b(?:clauses?|sections?|articles?|paragraphs?|rules?)\s|§\s?)(?P<number>\d{1,3}(?:\.\d{1,3})+)(?!\w|\.\d)"
    r"(?:\s(?:says?|states?|provides?|means?))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class AskedClauses:
    """The clauses that a question names by number."""

    numbers: tuple[str, ...]
    words: frozenset[str]
    """Terms that name them in the question, with "says"."""

    @classmethod
    def of(cls, question: str) -> AskedClauses:
        """Those of `question`; numbers without a point are too common to tell one."""
        found = [match.group() for match in _ASKED.finditer(question)]
        return cls(tuple(clause_numbers(question)), frozenset(term for text in found for term in terms(text)))

    def held(self, text: str, held: set[str]) -> set[str]:
        """The terms `held` by a text; with the words that name a clause when a line of it begins with its number."""
        return held | self.words | {CLAUSE} if self.numbers and self._begins.search(text) else held

    @cached_property
    def _begins(self) -> re.Pattern[str]:
        numbers = "|".join(map(re.escape, self.numbers))
        return re.compile(rf"^[^\w\n]{{0,4}}(?:(?:clause|section|article)\s)?(?:{numbers})(?!\w|\.\d)", re.I | re.M)


def clause_numbers(question: str) -> Iterator[str]:
    """The numbers of the clauses named in `question`."""
    yield from dict.fromkeys(match["number"] for match in _ASKED.finditer(question))
