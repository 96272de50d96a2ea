"""Months of a year, written out or as ISO dates have them: "March 2019" in a question, 2019-03-14 in a row.

    months = AskedMonths.of("How many deserters were there in March 2019?")
    months.held("2019-03-01,603", {"2019", "03", "01", "603"})    -> the same with "march" and `MONTH`
    months.held("2019-01-01,411", {"2019", "01", "411"})          -> the same without "2019"

The words of a date say nothing of a row that has numbers for them: all rows of a year would be as near.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.analysis import terms

__all__ = ["MONTH", "MONTH_IDF", "AskedMonths"]

MONTH = "\0month"
"""Stands for the month asked for, among terms; no text has it."""

MONTH_IDF = 3.0
"""What it weighs: "may" is a stop word and weighs nothing, the name of another month about as much."""

_NAMES = "january february march april may june july august september october november december".split()
_NAMED = re.compile(
    r"(?<![^\W_])(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?,?[\s_-](?:of\s)?(?:\d{1,2},?\s)?"
    r"(?P<year>[12]\d{3})(?![^\W_])",
    re.IGNORECASE,
)
_ISO = re.compile(r"(?<![\d-])(?P<year>[12]\d{3})-(?P<month>0[1-9]|1[0-2])(?:-\d\d)?(?![\d-])")

_Month = tuple[str, int]
"""Year and number of the month."""


@dataclass(frozen=True, slots=True)
class AskedMonths:
    """The months that a question names with their year."""

    months: frozenset[_Month]
    words: frozenset[str]
    """Terms that name them in the question."""

    @classmethod
    def of(cls, question: str) -> AskedMonths:
        """Those written in `question`, in either form."""
        found = [match.group() for form in (_NAMED, _ISO) for match in form.finditer(question)]
        return cls(_named(question) | _iso(question), frozenset(term for text in found for term in terms(text)))

    def held(self, text: str, held: set[str], header: str = "") -> set[str]:
        """The terms `held` by a sentence, or by a row below `header`, as far as its months speak for them.

        With the words of the months asked for when it or its header has one of those in any form; without their years
        when it has other months as ISO dates.
        """
        if self._has(text, header):
            return held | self.words | {MONTH}
        return held - {year for year, _ in self.months} if self.are_missed(text, header) else held

    def are_missed(self, text: str, header: str = "") -> bool:
        """Whether a sentence, or a row below `header`, is of other months than those asked for, by its ISO dates."""
        return bool(self.months and _iso(text)) and not self._has(text, header)

    def _has(self, text: str, header: str) -> bool:
        return bool(self.months and self.months & (_iso(text) | _named(f"{header}\n{text}") | _iso(header)))


def _named(text: str) -> frozenset[_Month]:
    found = ((match["year"], match["month"].lower()[:3]) for match in _NAMED.finditer(text))
    return frozenset((year, _NUMBERS[month]) for year, month in found)


def _iso(text: str) -> frozenset[_Month]:
    return frozenset((match["year"], int(match["month"])) for match in _ISO.finditer(text))


_NUMBERS = {name[:3]: number for number, name in enumerate(_NAMES, start=1)}
