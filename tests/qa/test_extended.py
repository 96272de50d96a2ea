"""When the neighbouring sentence is quoted with the best one."""

from types import SimpleNamespace

import pytest

from index.documents import Place, Span
from index.schema import PassageRecord
from qa.answer_types import AnswerType
from qa.pick import Picked, extended

NUMBER, OPEN = AnswerType.NUMBER, AnswerType.OPEN


def quoted(kind, *sentences, denies=""):
    """What is quoted of sentences that follow each other: (text, score, whether it holds words of the kind).

    `denies`: the one that denies what the question denies.
    """
    text, spans = " ".join(sentence for sentence, _, _ in sentences), []
    for sentence, _, _ in sentences:
        start = spans[-1].end + 1 if spans else 0
        spans.append(Span(start, start + len(sentence)))
    passage = PassageRecord(1, SimpleNamespace(path="a.txt"), 0, len(text), text, "", Place(), tuple(spans), ())
    picked = [
        Picked(
            passage, span, kind, "?", SimpleNamespace(row=0, heading=0, of_kind=of_kind, negated=said == denies), score
        )
        for span, (said, score, of_kind) in zip(spans, sentences, strict=True)
    ]
    return extended(sorted(picked, key=lambda one: -one.score)).text


@pytest.mark.parametrize(
    ("kind", "best", "other", "both"),
    [
        (OPEN, (1.0, False), (0.86, False), True),
        (OPEN, (1.0, False), (0.84, False), False),
        (NUMBER, (1.0, False), (0.84, False), False),
        (NUMBER, (1.0, True), (0.71, False), True),
        (NUMBER, (1.0, True), (0.69, True), False),
        (NUMBER, (1.0, False), (0.41, True), True),
        (NUMBER, (1.0, False), (0.39, True), False),
    ],
)
def test_a_neighbour_is_quoted_when_it_is_nearly_as_good(kind, best, other, both):
    text = quoted(kind, ("He left.", *best), ("It rained.", *other))
    assert text == ("He left. It rained." if both else "He left.")


@pytest.mark.parametrize(("score", "both"), [(0.41, True), (0.39, False)])
def test_what_alone_denies_the_same_is_quoted_though_it_is_further_behind(score, both):
    text = quoted(OPEN, ("He left.", 1.0, False), ("It never rained.", score, False), denies="It never rained.")
    assert text == ("He left. It never rained." if both else "He left.")


@pytest.mark.parametrize("number", ["4.3", "4.", "4)", "(b)"])
def test_two_numbered_clauses_are_never_joined(number):
    assert quoted(NUMBER, ("4.2 He left.", 1.0, False), (f"{number} It rained.", 0.9, True)) == "4.2 He left."
    assert quoted(NUMBER, ("4.2 He left.", 0.9, True), (f"{number} It rained.", 1.0, False)) == f"{number} It rained."
    assert quoted(NUMBER, (f"{number} He left.", 1.0, False), ("It rained.", 0.9, True)).endswith("It rained.")
