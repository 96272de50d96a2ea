"""Numbers of a question that a sentence lacks, in digits or as words: 2019, "a four-person tent", "the second manager".

"The second world war" is not missed beside "World War II".

    missing("a 2nd tent for four in 2019", ["2nd", "tent", "four", "2019"], {"second", "tent", "six"})   -> 2

Words that are parts of larger numbers ("twenty-four", "five hundred"), of fractions or of names ("the Second World
War"), and those that only say how many are asked for ("which two countries"), are left out: an answer may lack them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from index.analysis import terms

__all__ = ["missing"]

_CARDINALS = {
    word: str(number) for number, word in enumerate("two three four five six seven eight nine ten".split(), 2)
}
_CARDINALS |= {"eleven": "11", "twelve": "12"}
_ORDINALS = {"second": "2nd", "third": "3rd"} | {
    word: f"{number}th" for number, word in enumerate("fourth fifth sixth seventh eighth ninth tenth".split(), 4)
}
_IN_DIGITS = {terms(word)[0]: digits for word, digits in (_CARDINALS | _ORDINALS).items()}
_AS_WORDS = {digits: word for word, digits in _IN_DIGITS.items()}
_ROMAN = {
    digits: roman
    for found in (_CARDINALS, _ORDINALS)
    for digits, roman in zip(found.values(), "ii iii iv v vi vii viii ix x xi xii".split(), strict=False)
    if len(roman) > 1
}
"""Of numbers and of places in an order; one letter may mean much else."""

_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_LARGE = "hundred|thousand|million|billion|trillion|dozen"
_CARDINAL = re.compile(
    rf"(?<![\w-])(?P<before>(?i:which|what|the|these|those|all|his|her|its|their|our|{_TENS}|half|and|or)\s)?"
    rf"(?P<word>{'|'.join(_CARDINALS)})(?!\w|[\s-]?(?:{_LARGE}|thirds?|fourths?|fifths?)\b)(?P<joint>-)?"
)
_ORDINAL = re.compile(
    rf"(?<![\w-])(?<!\ba\s)(?<!\bper\s)(?<!\beach\s)(?<!\bevery\s)(?<!\bsplit\s)"
    rf"(?P<word>{'|'.join(_ORDINALS)})(?![\w-]|\s(?:of|part(?:y|ies))\b)(?P<quarter>\squarter)?"
)


def missing(question: str, asked: Iterable[str], held: set[str]) -> int:
    """How many numbers of the question, of whose terms are `asked`, are not among the terms held in either form."""
    found = {term: {term, _AS_WORDS.get(term, term), _ROMAN.get(term, term)} for term in asked if term[0].isdigit()}
    for match in _CARDINAL.finditer(question):
        if match["joint"] or not match["before"]:
            found |= _forms(match["word"])
    for match in _ORDINAL.finditer(question):
        found |= _forms(match["word"], f"q{_ORDINALS[match['word']][0]}" if match["quarter"] else "")
    return sum(held.isdisjoint(forms) for forms in found.values())


def _forms(word: str, other: str = "") -> dict[str, set[str]]:
    term = terms(word)[0]
    digits = _IN_DIGITS[term]
    return {digits: {term, digits, _ROMAN.get(digits, digits), other}}
