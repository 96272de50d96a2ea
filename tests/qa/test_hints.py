"""Words that hint at what is asked for, in sentences without a figure or date of it."""

import pytest

from qa.answer_types import AnswerType
from qa.hints import hints


@pytest.mark.parametrize(
    ("kind", "sentence", "expected"),
    [
        (AnswerType.DATE, "It was moved after the war.", True),
        (AnswerType.DATE, "Apply as soon as they arrive.", True),
        (AnswerType.DATE, "Taxis are allowed only with heavy equipment.", True),
        (AnswerType.DATE, "The duchy, which began in 911, was large.", True),
        (AnswerType.DATE, "The deposit is due on booking, the rest at check-in.", True),
        (AnswerType.DATE, "Expenses are repaid with the next salary.", True),
        (AnswerType.DATE, "Open Mon to Fri, 9–17", True),
        (AnswerType.DATE, "The season runs from march to June.", True),
        (AnswerType.DATE, "It opens at eight o'clock.", True),
        (AnswerType.DATE, "It opens at 7.", True),
        (AnswerType.DATE, "It erupted in AD 79.", True),
        (AnswerType.DATE, "The club meets on mondays.", True),
        (AnswerType.DATE, "The gates were tested.", False),
        (AnswerType.DATE, "Gate 2 stuck at 40 centimetres; it may rust.", False),
        (AnswerType.DATE, "Thendays and sometimeses", False),
        (AnswerType.NUMBER, "None of the treaties says so.", True),
        (AnswerType.NUMBER, "It cut another trillion.", True),
        (AnswerType.NUMBER, "About one-eighth, or fifty", True),
        (AnswerType.NUMBER, "It is as large as Belgium.", True),
        (AnswerType.NUMBER, "Colombia hosts migrants.", False),
        (AnswerType.AMOUNT, "They pay nothing.", True),
        (AnswerType.AMOUNT, "Breakfast is included.", True),
        (AnswerType.AMOUNT, "Pricing is by weight.", True),
        (AnswerType.AMOUNT, "It is 300 dinars.", True),
        (AnswerType.AMOUNT, "Cucuta has 1,100 and needs at least 3,000.", False),
        (AnswerType.PERSON, "The gates were tested.", True),
        (AnswerType.OPEN, "", True),
        (AnswerType.DATE, "", False),
    ],
)
def test_known_hints(kind, sentence, expected):
    assert hints(kind, sentence, "?") is expected


@pytest.mark.parametrize(
    ("kind", "sentence", "question", "expected"),
    [
        (AnswerType.DATE, "The winter series was dropped.", "When was the winter series dropped?", False),
        (AnswerType.DATE, "It was dropped in winter.", "When was the series dropped?", True),
        (AnswerType.DATE, "It was lost after the war.", "When after the war was it lost?", True),
        (AnswerType.AMOUNT, "A tent costs more than a bed.", "What does a bed cost?", False),
    ],
)
def test_what_the_question_says_itself_hints_at_nothing(kind, sentence, question, expected):
    assert hints(kind, sentence, question) is expected
