"""Numbers as what they are worth, however they are written.

quantities("1,200 of 3.4 million dollars, 12 %")  -> 1200, 3400000 in money, 12 in percent
quantities("twenty-five men on 1 May 2019")       -> 25, 1, 2019
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from index.documents import Span

__all__ = ["Quantity", "Unit", "quantities"]


class Unit(StrEnum):
    """What is said of a number where it stands."""

    PERCENT = "percent"
    MONEY = "money"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number, its worth, and where it stands in the text."""

    value: Decimal
    unit: Unit
    span: Span

    def may_be(self, other: Quantity) -> bool:
        """Whether both may say the same: equal, and not one in percent and the other in money."""
        return self.value == other.value and (self.unit == other.unit or Unit.NONE in (self.unit, other.unit))


_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
).split()
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_WORDS = {word: value for value, word in enumerate(_ONES)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
_ORDINALS = dict(zip("third fourth fifth sixth seventh eighth ninth tenth".split(), range(3, 11), strict=True))
_SCALES = {
    "hundred": 2, "thousand": 3, "k": 3, "million": 6, "mn": 6, "m": 6, "billion": 9, "bn": 9, "b": 9, "trillion": 12,
}  # fmt: skip
"""Powers of ten. The letters count only right behind digits."""

_TEN = "|".join(_TENS)
_ONE = "|".join(_ONES[1:10])
_NUMBER = re.compile(
    r"(?P<digits>(?<![\w.])\d{1,3}(?:[,\u00a0\u202f\u2009]\d{3})+(?!\d)(?:\.\d+)?|(?<![\w.])\d+(?:\.\d+)?"
    r"|(?<=[$€£¥#])\d+(?:[,.]\d+)*)"
    rf"|\b(?P<words>(?:{_TEN})(?:[-\s](?:{_ONE}))?|{'|'.join(_ONES)}|an?(?=\s(?:hundred|thousand|million|billion)\b)"
    rf"|{'|'.join(_ORDINALS)}|dozen|half)\b",
    re.IGNORECASE,
)
_SCALE = re.compile(
    r"(?:[\s-](hundred|thousand|million|billion|trillion)s?\b|[\s]?(k|mn|m|bn|b)\b(?![.'’]))", re.IGNORECASE
)
_PERCENT = re.compile(r"\s?(?:%|per\s?cent\b|percent)", re.IGNORECASE)
_MONEY_BEFORE = re.compile(r"(?:[$€£¥]|\b(?:USD|EUR|GBP|US dollars))\s?\Z", re.IGNORECASE)
_MONEY_AFTER = re.compile(
    r"\s(?:(?:US|American|Canadian)\s)?(?:dollars?|euros?|pounds sterling|pesos|bol[ií]vares|reais|USD|EUR)\b"
    r"|\s?[€£¥](?!\d)",
    re.IGNORECASE,
)


def quantities(text: str) -> list[Quantity]:
    """The numbers of a text in order. "One" counts only before a scale ("one million"): it is a pronoun, too."""
    found: list[Quantity] = []
    for match in _NUMBER.finditer(text):
        value = _value(match)
        end = match.end()
        scaled = False
        while scale := _SCALE.match(text, end):
            word, letter = scale.groups()
            if letter and (not match.group("digits") or scaled):
                break
            value *= 10 ** _SCALES[(word or letter).lower()]
            end, scaled = scale.end(), True
        if match.group().lower() in ("one", "a", "an") and not scaled:
            continue
        found.append(Quantity(value, _unit(text, match.start(), end), Span(match.start(), end)))
    return found


def _value(match: re.Match[str]) -> Decimal:
    if digits := match.group("digits"):
        return Decimal(re.sub(r"[,\u00a0\u202f\u2009]", "", digits)).normalize()
    word = match.group("words").lower()
    if word in ("a", "an"):
        return Decimal(1)
    if word in ("dozen", "half"):
        return Decimal(12) if word == "dozen" else Decimal("0.5")
    return Decimal(_ORDINALS.get(word) or sum(_WORDS[part] for part in re.split(r"[-\s]", word)))


def _unit(text: str, start: int, end: int) -> Unit:
    if _PERCENT.match(text, end):
        return Unit.PERCENT
    if _MONEY_AFTER.match(text, end) or _MONEY_BEFORE.search(text[max(0, start - 12) : start]):
        return Unit.MONEY
    return Unit.NONE
