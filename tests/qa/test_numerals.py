"""Numbers of a question that a sentence lacks."""

import pytest

from index.analysis import terms
from qa.numerals import missing


@pytest.mark.parametrize(
    ("question", "sentence", "expected"),
    [
        ("What does the four-person tent cost?", "The two-person tent costs 189.", 1),
        ("What does the four-person tent cost?", "A tent for 4 costs 249.", 0),
        ("Who is the second manager?", "The first manager is Ms Quinn.", 1),
        ("Who is the second manager?", "The 2nd manager is Ms Quinn.", 0),
        ("Who was the 3rd king of the twelfth century?", "The third king, of the 12th century.", 0),
        ("How many of the hundred left in 2019 and 1997?", "Of 100, nine left in 2019.", 1),
        ("One of the first?", "None.", 0),
        ("the 2nd tent for four in 2019", "The second tent is for six.", 2),
        ("", "", 0),
    ],
)
def test_known_numbers(question, sentence, expected):
    assert missing(terms(question), set(terms(sentence))) == expected


def test_a_number_asked_twice_is_missing_once():
    assert missing(["2019", "2019", "four"], {"4"}) == 1
