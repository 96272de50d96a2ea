"""Questions back: a question that points at something it does not name gets one, naming the choices.

    "What does the briefing say about soldiers?"  ->  Which of these do you mean: "Regional briefing", "Donor briefing"?

A question points at something when it says "this report", "the actor" or has no words at all, nothing before it says
which one, and it holds no name that would tell. It is asked back only if the documents leave it open, too: when the
passages found stand in several documents of that kind, with scores that are close.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from index.analysis import terms
from index.schema import PassageRecord
from index.snapshot import Snapshot
from index.stores import Ids
from qa.answers import Choice, Turn
from qa.leaning import names
from qa.retrieve import Retrieved, retrieve

__all__ = ["LOOKED_AT", "NOTHING_ASKED", "Pointer", "choices_among", "pointer", "question_back"]

CHOICES = 5
"""Choices named at most."""

LOOKED_AT = 40
"""Passages looked at for documents that may be meant."""

NEAR = 1.0
"""Documents whose best passage scores within this of the best (standard deviations of the corpus) may be meant."""

NEAR_CALLED = 2.5
"""The same for documents whose title or path says that they are what the question points at."""

NOTHING_ASKED = "The question has no words to search by. Which of these is it about?"

_POINTS = re.compile(
    r"\b(this|these|those|the)\s+(?:[a-z-]+\s+){0,1}?([a-z]{3,})"
    r"(?=['’]s?\b|\s*[?.!,;]|\s*$|\s+(?:is|are|was|were|has|have|had|do|does|did|can|will|say|says|said|tell|tells"
    r"|in|about|for|to|on|from|and|or|with|provide|provides|receive|received|cost|costs|operate|end|begin|mean|work"
    r"|mention|mentions|offer|offers|get|come|hosts?)\b)",
    re.IGNORECASE,
)
"""A determiner and the noun it belongs to, told by the word behind it."""

_DEMONSTRATIVES = {"this", "these", "those"}


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a question points at without naming it."""

    noun: str
    """As it is written; "" for a question without words."""
    is_demonstrative: bool
    """"this report", rather than "the report"."""


def pointer(question: str, history: Sequence[Turn], carried: Sequence[str]) -> Pointer | None:
    """What `question` points at and nothing explains; None for a question that says what it means."""
    if carried:
        return None
    if not terms(question):
        return Pointer("", is_demonstrative=True)
    said = {term for turn in history for term in terms(f"{turn.question} {turn.answer}")}
    for match in _POINTS.finditer(question):
        demonstrative = match[1].lower() in _DEMONSTRATIVES
        named = names(question[: match.end()] if demonstrative else question)
        noun = terms(match[2])
        if noun and not named and noun[0] not in said:
            return Pointer(match[2], demonstrative)
    return None


def choices_among(pointed: Pointer, retrieved: Retrieved) -> tuple[Choice, ...]:
    """The documents that may be meant, best first; none when the documents leave nothing open.

    "the report" is open between documents whose title or path says that they are reports; "this actor", and a question
    without words, also between three or more whose passages speak of one.
    """
    noun = set(terms(pointed.noun))
    called = _documents(retrieved, NEAR_CALLED, lambda p: bool(noun) and noun <= _called(p))
    if len(called) >= 2:
        return _as_choices(called)
    if not pointed.is_demonstrative:
        return ()
    speaking = _documents(retrieved, NEAR, lambda p: noun <= {*_called(p), *terms(f"{p.context} {p.text}")})
    return _as_choices(speaking) if len(speaking) >= 3 else ()


def question_back(
    snapshot: Snapshot, question: str, history: Sequence[Turn], carried: Sequence[str], among: Ids | None = None
) -> tuple[str, tuple[Choice, ...]]:
    """A question back in our own words, with the documents that may be meant; ("", ()) when none is needed.

    `carried`: words that explain the question already. `among`: passages that may be meant; all of them when None.
    """
    pointed = pointer(question, history, carried)
    if pointed is None:
        return "", ()
    choices = choices_among(pointed, retrieve(snapshot, question, k=LOOKED_AT, among=among))
    if not choices:
        return "", ()
    if not pointed.noun:
        return NOTHING_ASKED, choices
    return f"Which of these do you mean: {', '.join(f'“{choice.label}”' for choice in choices)}?", choices


def _documents(retrieved: Retrieved, near: float, may_be: Callable[[PassageRecord], bool]) -> dict[str, str]:
    """Path and title of the documents whose best passage scores nearly as well as the best of all."""
    best: dict[str, str] = {}
    for passage, score in zip(retrieved.passages, retrieved.scores.tolist(), strict=True):
        if score >= float(retrieved.scores[0]) - near and may_be(passage):
            best.setdefault(passage.document.path, passage.document.title)
    return best


def _called(passage: PassageRecord) -> set[str]:
    return set(terms(f"{passage.document.title} {passage.document.path}"))


def _as_choices(documents: Mapping[str, str]) -> tuple[Choice, ...]:
    titles = list(documents.values())
    named = [(title if titles.count(title) == 1 else path, path) for path, title in documents.items()]
    return tuple(Choice(label, within=path) for label, path in named[:CHOICES])
