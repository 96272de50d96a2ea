"""Numbers of a question that a sentence lacks, in digits or as words: 2019, "a four-person tent", "the second manager".

missing(terms("the 2nd tent for four in 2019"), set(terms("The second tent is for six.")))   -> 2, "four" and "2019"
"""

from __future__ import annotations

from collections.abc import Iterable

from index.analysis import terms

__all__ = ["missing"]

_CARDINALS = "two three four five six seven eight nine ten eleven twelve".split()
_ORDINALS = "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split()
_ENDINGS = {2: "nd", 3: "rd"}

_DIGITS = {
    **{terms(word)[0]: str(number) for number, word in enumerate(_CARDINALS, 2)},
    **{terms(word)[0]: f"{number}{_ENDINGS.get(number, 'th')}" for number, word in enumerate(_ORDINALS, 2)},
    **{terms(word)[0]: digits for word, digits in (("hundred", "100"), ("thousand", "1000"))},
}
"""The terms of numbers as words, with what stands for them in digits. "One" and "first" say too many other things."""

_WORDS = {digits: word for word, digits in _DIGITS.items()}


def missing(asked: Iterable[str], held: set[str]) -> int:
    """How many of the terms asked are numbers, and not among those held in either form."""
    return sum(_is_number(term) and term not in held and _other_form(term) not in held for term in set(asked))


def _is_number(term: str) -> bool:
    return term[0].isdigit() or term in _DIGITS


def _other_form(term: str) -> str:
    return _DIGITS.get(term) or _WORDS.get(term, term)
