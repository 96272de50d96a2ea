"""Questions that ask when, and those in which "when" begins a clause."""

import pytest

from qa.when import asks_when

ASK = [
    "When did the blackout begin?",
    "when hyperinflation began",
    "And when was it?",
    "Who was told to purge the army, and when?",
    "What is Citgo and when did it begin?",
    "Where and when did they meet?",
    "Do you know when the bridge was closed?",
    "Can you tell me exactly when it was?",
    "I want to know when it began.",
    "Could you confirm when the meeting starts?",
    "Is there a rule about when rent is due?",
    "The church was built when?",
    "The price was stable until when?",
    "Since when has he been minister?",
    "How many pages has it? When was it published?",
    "Hello, when is the office open?",
]
CLAUSES = [
    "What happens when the power fails?",
    "Who ran PDVSA when Chavez died?",
    "When the power fails, what must be done?",
    "When the power fails, do you call the operator?",
    "When a bill is late who pays it?",
    "Was the bridge closed when the trucks came?",
    "Do I have to tell my boss when I am ill?",
    "Malaria is more severe when infection comes late.",
    "What does it cost to leave and when it rains to stay?",
    "Whenever was it?",
    "",
]


@pytest.mark.parametrize("question", ASK)
def test_a_question_that_asks_when(question):
    found = asks_when(question)
    assert found is not None
    assert question[found : found + 4].lower() == "when"


@pytest.mark.parametrize("question", CLAUSES)
def test_a_when_that_begins_a_clause(question):
    assert asks_when(question) is None


def test_the_when_that_asks_is_the_one_found():
    question = "What happens when it rains? When does it rain?"
    assert asks_when(question) == question.index("When")


def test_only_the_first_of_very_many_are_looked_at():
    assert asks_when("What if when " * 21 + "? When was it?") is None
