"""Words that hint at a time, a number or a sum of money where no date, figure or currency tells it.

hints(DATE, "It was moved after the war.", "When was it moved?")             -> True
hints(DATE, "The war was lost.", "When was the war lost?")                   -> False
hints(NUMBER, "A single key opens it.", "How many keys open it?")            -> True
hints(AMOUNT, "Cucuta has 1,100 and needs 3,000.", "What does it cost?")     -> False
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from index.analysis import terms
from qa.answer_types import AnswerType
from qa.money import MONEY

__all__ = ["hints"]

_TIME = re.compile(
    r"\b(?:after(?:wards?)?|before|when(?:ever)?|while|whilst|during|since|until|till|once|upon|following|prior|"
    r"as soon as|later|earlier|ago|then|now|today|yesterday|tomorrow|currently|recently|soon|already|immediately|"
    r"simultaneously|next|last|first|early|late|ancient|medieval|past|spring|summer|autumn|winter|morning|noon|"
    r"moon|tide|high water|low water|afternoon|evening|midnight|dawn|dusk|sunrise|sunset|nights?|tonight|lunch|break|"
    r"times?|dates?|seconds?|minutes?|hours?|hourly|days?|daily|weekdays?|weeks?|weekly|weekends?|months?|"
    r"monthly|quarters?|quarterly|seasons?|terms?|"
    r"years?|yearly|annual(?:ly)?|decades?|centur(?:y|ies)|millenni(?:um|a)|eras?|epochs?|periods?|ages?|reign|dynasty|"
    r"wars?|revolution|eve|anniversary|holidays?|christmas|easter|midsummer|(?:mon|tue|wed|thu|fri|sat|sun)s?|within|"
    r"throughout|every|each|always|never|any|if|unless|in case|provided|only|except|in \d{1,3}|"
    r"\d{1,2}\s?(?:-|–|to)\s?\d{1,2}|"
    r"(?:on|at) (?:the )?(?:\w+ing|\w+al|\w+ion|end|beginning|start|outset|close|request|receipt|delivery|departure|"
    r"birth|death|check-?(?:in|out))|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|jan(?:uary)?|feb(?:ruary)?|"
    r"mar(?:ch)?|apr(?:il)?|(?-i:May)|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|"
    r"o['’]clock|a\.?d|b\.?c|\d{1,2}(?:st|nd|rd|th|\.?\d{0,2}\s?h(?:rs?)?)|"
    r"at \d{1,2}(?:[.:]\d\d)?(?=\W*(?:$|on|and|until|to|every|each))|"
    r"q[1-4]|\d\d/\d+|"
    r"at (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)|ramadan|eid|diwali|hanukkah|passover|"
    r"thanksgiving|pentecost)\b|['’]\d0s\b",
    re.IGNORECASE,
)
"""Times, and conditions, which also say when: "only with heavy equipment", "on delivery"."""

_QUANTITY = re.compile(
    r"\d|\b(?:ones?|an(?:other)?|a|single|sole(?:ly)?|alone|none|no|nobody|nothing|few(?:er)?|several|many|much|"
    r"most(?:ly)?|"
    r"more|less|than|as \w+ as|majority|minority|numbers?|numerous|all|both|pairs?|couple|double|triple|only|once|"
    r"twice|half|halves|quarters?|\w+ths?|first|second|third|hundreds?|thousands?|millions?|billions?|"
    r"trillions?|dozens?|"
    r"percentage|shares?|proportion|multiple|various|always|never|every|each|any|unlimited|infinite|zero|two|three|"
    r"four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty)\b|%|\bper\s?cent",
    re.IGNORECASE,
)

_PRICE = re.compile(
    rf"{MONEY.pattern}|\b(?:free|included?|gratis|complimentary|nothing|double|twice|half|discount\w*|refund\w*)\b",
    re.IGNORECASE,
)
"""Sums of money, and what is none: "breakfast is included"."""

_HINTS: Mapping[AnswerType, re.Pattern[str]] = {
    AnswerType.DATE: _TIME,
    AnswerType.NUMBER: _QUANTITY,
    AnswerType.AMOUNT: _PRICE,
}


def hints(kind: AnswerType, sentence: str, question: str) -> bool:
    """Whether the sentence may say what is asked for in words that the question did not say itself.

    Always for kinds that no words tell.
    """
    if kind not in _HINTS:
        return True
    said = set(terms(question))
    found = (terms(match.group()) for match in _HINTS[kind].finditer(sentence))
    return any(not hint or not said.issuperset(hint) for hint in found)
