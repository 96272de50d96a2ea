"""What a follow-up question takes from the conversation, and when it takes nothing."""

import pytest

from qa import Turn
from qa.followup import carried_words

HISTORY = [Turn("What is the capital of Brazil?"), Turn("How many Venezuelan migrants live in Colombia?")]


@pytest.mark.parametrize(
    ("question", "carried"),
    [
        ("And in Brazil?", ("Venezuelan", "migrants", "live", "Colombia")),
        ("How many of them are children?", ("Venezuelan", "migrants", "live", "Colombia")),
        ("Why?", ("Venezuelan", "migrants", "live", "Colombia")),
        ("What about migrants in Peru?", ("Venezuelan", "live", "Colombia")),
        ("Who is the foreign minister of Colombia?", ()),
        ("Which sanctions hit the oil company PDVSA?", ()),
    ],
)
def test_known_follow_ups(question, carried):
    assert carried_words(question, HISTORY) == carried


def test_without_a_conversation_nothing_is_carried():
    assert carried_words("And in Brazil?", []) == ()


def test_an_earlier_question_without_words_is_passed_over():
    assert carried_words("And when?", [HISTORY[1], Turn("Why?")]) == ("Venezuelan", "migrants", "live", "Colombia")
