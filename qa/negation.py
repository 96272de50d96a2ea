"""What a question or a sentence denies.

    denied("Which cards are not accepted at the desk?")     -> {"accept", "desk"}
    negation(asked, "We do not accept cheques.")            -> Negation.SAME

A "not" on one side only mostly means that the sentence says something else; when both deny the same, it means nothing.
"""

from __future__ import annotations

import re
from enum import StrEnum

from index.analysis import terms

__all__ = ["Negation", "denied", "is_negated", "negation"]

_NEGATION = re.compile(
    r"\b(?:not|no|never|none|without|cannot|nor|neither|except|fail(?:s|ed)?|unlike)\b|n['’]t\b", re.IGNORECASE
)

_SCOPE = 3
"""Terms after a negation that it is about."""

_REACH = 200
"""Characters after a negation that are looked at for them."""


class Negation(StrEnum):
    """How a question and a sentence compare."""

    NEITHER = "neither"
    QUESTION = "question"
    """Only the question denies."""
    SENTENCE = "sentence"
    OTHER = "other"
    """Both deny, and not the same."""
    SAME = "same"


def is_negated(text: str) -> bool:
    """Whether anything is denied in `text`."""
    return _NEGATION.search(text) is not None


def denied(text: str) -> frozenset[str]:
    """The terms that follow a negation in `text`, three of each."""
    found = (terms(text[match.end() : match.end() + _REACH])[:_SCOPE] for match in _NEGATION.finditer(text))
    return frozenset(term for of_one in found for term in of_one)


def negation(question: str, sentence: str) -> Negation:
    """Which of the two denies something, and whether it is the same."""
    asked, said = is_negated(question), is_negated(sentence)
    if asked and said:
        return Negation.SAME if denied(question) & denied(sentence) else Negation.OTHER
    if asked:
        return Negation.QUESTION
    return Negation.SENTENCE if said else Negation.NEITHER
