"""What questions and sentences deny."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.negation import Negation, denied, is_negated, negation


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Which cards are not accepted at the desk?", {"accept", "desk"}),
        ("Neither party is liable for loss of profit.", {"parti", "liabl", "loss"}),
        ("It wasn’t inspected, and nobody was without water.", {"inspect", "nobodi", "water"}),
        ("He noted that knots fail.", set()),
        ("Never", set()),
        ("All cards are accepted.", set()),
    ],
)
def test_the_words_denied(text, expected):
    assert denied(text) == expected


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("Which cards are accepted?", "Visa is accepted.", Negation.NEITHER),
        ("Which cards are not accepted?", "Visa is accepted.", Negation.QUESTION),
        ("Which cards are accepted?", "Cheques are not accepted.", Negation.SENTENCE),
        ("Which cards are not accepted?", "We don't accept cheques.", Negation.SAME),
        ("Which cards are not accepted?", "Visa is accepted, and no fee is due.", Negation.OTHER),
    ],
)
def test_which_side_denies(question, sentence, expected):
    assert negation(question, sentence) is expected


@given(st.text())
def test_only_what_is_negated_denies_something(text):
    assert is_negated(text) or not denied(text)
