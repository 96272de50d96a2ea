"""Labels that name what stands beside them: in rows of two cells, as forms have them, and in lines.

    Cinema: | Downtown Multiplex                    "Which cinema is the order for?"
    Date of next meeting: Tuesday 12 November       "When is the next meeting of the club?"

A label is asked for when the question holds all of its words, or names them by its kind: "when" a date.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from index.analysis import terms
from index.documents import Span
from index.reading.tables import CELL_GAP
from qa.answer_types import AnswerType

__all__ = ["is_asked_for", "label_of", "with_measures"]

SOON = 12
"""Characters after a label within which the answer begins: ": about 2,500"."""

_LABEL = re.compile(r"(?P<words>[^\W\d_](?:[\w'’/#.-]*\s){0,5}[\w'’/#.-]*):\s+\S")
"""At the beginning of a line, of at most six words."""

_NAMED_BY: Mapping[AnswerType, frozenset[str]] = {
    kind: frozenset(terms(words))
    for kind, words in {
        AnswerType.PERSON: "name names person contact",
        AnswerType.PLACE: "place location address venue",
        AnswerType.DATE: "date dates day time",
        AnswerType.NUMBER: "number count quantity total",
        AnswerType.AMOUNT: "price cost sum amount fee total",
        AnswerType.DURATION: "duration period time length",
        AnswerType.SHARE: "share percentage rate",
        AnswerType.REASON: "reason cause",
    }.items()
}
"""Words of labels that a kind of question stands for."""


_MEASURES: Mapping[str, frozenset[str]] = {
    one: frozenset(others)
    for measure, ways in {
        "weight": "heavy",
        "length": "long",
        "height": "high tall",
        "width": "wide",
        "depth": "deep",
        "distance": "far",
        "speed": "fast",
        "age": "old",
        "size": "big large",
    }.items()
    for one, others in [(terms(measure)[0], terms(ways)), *((way, terms(measure)) for way in terms(ways))]
}
"""What a label calls it, and how a question does: "how heavy" is asked of a weight."""


def with_measures(words: Collection[str]) -> set[str]:
    """The terms, and what each is called that is one of `_MEASURES`, either way: "heavy" with "weight"."""
    return {other for term in words for other in (term, *_MEASURES.get(term, ()))}


def label_of(text: str) -> str:
    """The first of two cells, or what stands before the colon at the beginning; "" where there is neither."""
    cells = text.split(CELL_GAP)
    found = None if len(cells) == 2 else _LABEL.match(text)
    return cells[0] if len(cells) == 2 else found["words"] if found else ""


def is_asked_for(
    text: str, heading: str, asked: Collection[str], kind: AnswerType, of_kind: Sequence[Span], named: Collection[str]
) -> bool:
    """Whether `text`, a row or a sentence below `heading`, begins with a label that a question asks for.

    Where the question's kind names the whole label ("who": "Name"), the heading is what is labelled. Something of that
    kind has to stand right beside the label; without a kind, the label has to hold what is asked for first.

    Args:
        text: A row of a table, or a sentence.
        heading: The nearest one above it.
        asked: The question's terms, in its order.
        kind: What it asks for.
        of_kind: What the text has of that kind.
        named: The terms of the question's names: who speaks in a dialogue stands there like a label.
    """
    label = label_of(text)
    words, known = set(terms(label)), with_measures(asked)
    if not words <= known | _NAMED_BY.get(kind, frozenset()):
        return False
    above = set(terms(heading))
    if words.isdisjoint(known) and not (words and above and above <= known):
        return False
    if kind in {AnswerType.OPEN, AnswerType.PERSON} and words.issubset(named):
        return False
    if kind is AnswerType.OPEN:
        return next(iter(asked)) in words
    return any(0 <= start - len(label) <= SOON for start, _ in of_kind)
