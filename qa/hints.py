"""Words that hint at a time, a number or a sum of money where no date, figure or currency tells it.

hints(DATE, "It was moved after the war.")              -> True
hints(DATE, "The gates were tested.")                   -> False
hints(NUMBER, "A single key opens it.")                 -> True
hints(AMOUNT, "Cucuta has 1,100 and needs 3,000.")      -> False
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from qa.answer_types import AnswerType
from qa.money import MONEY

__all__ = ["hints"]

_TIME = re.compile(
    r"\b(?:after(?:wards?)?|before|when(?:ever)?|while|whilst|during|since|until|till|once|upon|following|prior|"
    r"as soon as|later|earlier|ago|then|now|today|yesterday|tomorrow|currently|recently|soon|already|immediately|"
    r"simultaneously|early|late|spring|summer|autumn|winter|morning|noon|afternoon|evening|midnight|nights?|tonight|"
    r"times?|dates?|seconds?|minutes?|hours?|hourly|days?|daily|weekdays?|weeks?|weekly|weekends?|months?|monthly|"
    r"quarters?|quarterly|years?|yearly|annual(?:ly)?|decades?|centur(?:y|ies)|eras?|epochs?|periods?|ages?|reign|eve|"
    r"anniversary|christmas|easter|midsummer|within|throughout|every|each|always|never|any|if|at the (?:end|"
    r"beginning|start|outset|close)|unless|in case|provided|only|except|in \d{1,3})\b",
    re.IGNORECASE,
)
"""Times, and conditions, which also say when: "only with heavy equipment"."""

_QUANTITY = re.compile(
    r"\d|\b(?:ones?|an(?:other)?|a|single|sole(?:ly)?|alone|none|no|nobody|nothing|few(?:er)?|several|many|much|most(?:ly)?|more|"
    r"less|majority|minority|numbers?|numerous|all|both|pairs?|couple|double|triple|only|once|twice|half|halves|quarters?|"
    r"\w+ths?|first|second|third|hundreds?|thousands?|millions?|billions?|trillions?|dozens?|percentage|shares?|"
    r"proportion|multiple|various|always|never|every|each|any|unlimited|infinite|zero|two|three|four|five|six|seven|"
    r"eight|nine|ten|eleven|twelve|\w+teen|\w+ty)\b|%|\bper\s?cent",
    re.IGNORECASE,
)

_HINTS: Mapping[AnswerType, re.Pattern[str]] = {
    AnswerType.DATE: _TIME,
    AnswerType.NUMBER: _QUANTITY,
    AnswerType.AMOUNT: MONEY,
}


def hints(kind: AnswerType, sentence: str) -> bool:
    """Whether the sentence may say what is asked for in other words; always for kinds that no words tell."""
    return kind not in _HINTS or _HINTS[kind].search(sentence) is not None
