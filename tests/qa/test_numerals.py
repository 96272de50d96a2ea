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
        ("Who was the 3rd king of the tenth century?", "The third king, of the 10th century.", 0),
        ("Who left in 2019 with nine others and 1997?", "In 2019, 9 left.", 1),
        ("What is the revenue of the third quarter?", "Revenue in Q3 was 812.", 0),
        ("What is the revenue of the third quarter?", "Revenue in Q2 was 812.", 1),
        ("Who came 2nd or second?", "Ann was first.", 1),
        ("the 2nd tent for four in 2019", "The second tent is for six.", 2),
        ("How many seconds does a scan take?", "Half a minute.", 0),
        ("How many of the five hundred people left?", "Of 500 people, some.", 0),
        ("How many left after twenty-four hours and thirty two minutes?", "After 24 hours.", 0),
        ("What share is two-thirds, or a third of it?", "33 %.", 0),
        ("Which two countries signed?", "France and Spain signed.", 0),
        ("Who are the three winners?", "Ann, Bo and Cy.", 0),
        ("Who won the Second World War?", "World War II was won by the Allies.", 0),
        ("Who won the second world war?", "World War II was won by the Allies.", 0),
        ("Who won the second world war?", "World War I was won by the Allies.", 1),
        ("Who won world war 2, or world war two?", "World War II was won by the Allies.", 0),
        ("What does the fifth chapter say?", "Chapter V says so.", 1),
        ("What does the eighth chapter say?", "Chapter VIII says so.", 0),
        ("What may a third party do, per second?", "Nothing.", 0),
        ("Is a second-hand tent seconded?", "No.", 0),
        ("One of the first?", "None.", 0),
        ("", "", 0),
    ],
)
def test_known_numbers(question, sentence, expected):
    assert missing(question, terms(question), set(terms(sentence))) == expected


def test_a_number_carried_over_from_an_earlier_question_is_missed_too():
    assert missing("And Peru?", ["peru", "2019"], {"peru"}) == 1
