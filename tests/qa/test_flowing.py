"""Text that was broken where a line was full, and indented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import Span
from qa.answer_types import answering, asked_for
from qa.flowing import flowing, spans_before


def test_white_space_becomes_one_character():
    assert flowing("for  twelve\n      months.\n\n2.2 The\trent") == "for twelve\nmonths.\n2.2 The\trent"


@given(st.text("ab \n", max_size=40), st.data())
def test_spans_stand_where_they_stood(text, data):
    there = flowing(text)
    start = data.draw(st.integers(0, max(0, len(there) - 1)))
    end = data.draw(st.integers(start + 1, max(start + 1, len(there))))
    if end > len(there):
        return
    (span,) = spans_before(text, [Span(start, end)])
    assert flowing(text[span.start : span.end]).strip() == there[start:end].strip()


@pytest.mark.parametrize(
    ("question", "sentence", "words"),
    [
        ("How long is the term?", "It is a fixed term of twelve\n    months.", "twelve\n    months"),
        ("When does it begin?", "The tenancy begins on 1\n      March 2025.", "1\n      March 2025"),
        ("Who lives there?", "It is let to Piet\n    Vermeer.", "Piet\n    Vermeer"),
    ],
)
def test_words_of_a_kind_are_found_over_the_end_of_a_line(question, sentence, words):
    (span,) = answering(asked_for(question), sentence, question)
    assert sentence[span.start : span.end] == words
