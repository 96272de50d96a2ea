"""How much a question leans on the conversation, by its words alone."""

import time

import pytest

import qa.leaning
from qa.corpus import MAX_QUESTION_CHARACTERS
from qa.leaning import PRONOUNS, Lean, leaning, names, points_back, speaks_of_someone, without_courtesies

LEANING = {
    Lean.PLAINLY: [
        "Why?",
        "And Peru?",
        "What about migrants in Peru?",
        "More than Peru?",
        "What else?",
        "What did he say about it?",
        "What was his job before politics?",
        "Who lost his job?",
        "Who runs it?",
        "Where are its refineries?",
        "What happened there?",
        "What does that mean?",
        "Can a school refuse one?",
        "How many meals does it serve each day?",
        "How many of them are children?",
        "the of and",
        "",
    ],
    Lean.PERHAPS: [
        "What did engineers think caused it?",
        "Unpaid bills?",
        "Peru?",
        "How many people were aboard?",
        "And the foreign minister of Colombia?",
        "OK thanks, and Brazil?",
        "Whose old brick house did his brother buy?",
        "So which sanctions hit the oil company PDVSA?",
    ],
    Lean.ALONE: [
        "When did Tesla say he would come?",
        "Did Maduro lose his job?",
        "What is Citgo and where are its refineries?",
        "Where did Pompeo say he met Lavrov?",
        "PDVSA?",
        "What is PDVSA?",
        "Who painted the Night Watch?",
        "Is there a bridge in Cucuta?",
        "How many shelters are there in Roraima?",
        "Who told the army that traitors must go?",
        "Which old sanctions hit the oil company hardest?",
        "How many people died on 23 February?",
    ],
}


@pytest.mark.parametrize(("lean", "question"), [(lean, q) for lean, questions in LEANING.items() for q in questions])
def test_known_questions(lean, question):
    assert leaning(question) == lean


def test_more_leaning_is_more():
    assert Lean.ALONE < Lean.PERHAPS < Lean.PLAINLY


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Where did Pompeo and Lavrov meet in Rome?", ["Pompeo", "Lavrov", "Rome"]),
        ("Who stood beside Juan Guaidó at La Carlota?", ["Juan Guaidó", "La Carlota"]),
        ("How many of the 1,100 beds in 2019?", ["1,100", "2019"]),
        ("PDVSA has debts", ["PDVSA"]),
        ("Unpaid bills", []),
        ("Sergei Ryabkov spoke", ["Ryabkov"]),
        ("¿Perú?", []),
        ("what is citgo", []),
        ("The O'Brien-Smith & Sons", ["O'Brien-Smith", "Sons"]),
        ("", []),
    ],
)
def test_names_are_capitalised_within_a_sentence(text, found):
    assert names(text) == found


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What did he say?", True),
        ("Where are ITS refineries?", True),
        ("Where do they live?", False),
        ("The item", False),
    ],
)
def test_pronouns_of_one_are_told_from_those_of_many(question, expected):
    assert speaks_of_someone(question) is expected


@pytest.fixture
def looked_at(monkeypatch):
    """The pronouns that were judged, in order; no question is remembered from before."""
    judged = []

    def watched(judge):
        return lambda word, *around: judged.append(word) or judge(word, *around)

    for name in ("_of_person", "_of_thing"):
        monkeypatch.setattr(qa.leaning, name, watched(getattr(qa.leaning, name)))
    leaning.cache_clear()
    return judged


def test_what_leans_plainly_is_read_no_further(looked_at):
    assert leaning("Does it matter to him that his bridge fell on them?") == Lean.PLAINLY
    assert looked_at == ["it"]


def test_the_first_pronouns_are_looked_at(looked_at):
    tail = "does it matter to him"
    assert leaning("is there " * (PRONOUNS - 1) + tail) == Lean.PLAINLY
    assert looked_at == ["there"] * (PRONOUNS - 1) + ["it"]
    looked_at.clear()
    assert leaning("is there " * PRONOUNS + f"a bridge in Cucuta {tail}") == Lean.ALONE
    assert looked_at == ["there"] * PRONOUNS


def test_a_question_is_judged_once(looked_at):
    assert [leaning("Who built Peru and what did he say?") for _ in range(6)] == [Lean.ALONE] * 6
    assert looked_at == ["he"]


@pytest.mark.parametrize(
    "unit",
    ["he bridge ", "Peru him ", "it ", "his ", "this a-", "ok ", "A", "A ", "A-", "and ", "1,", "does it ", "日", "?"],
)
def test_the_longest_question_takes_no_time(unit):
    question = unit * (MAX_QUESTION_CHARACTERS // len(unit))
    begun = time.perf_counter()
    leaning(question)
    names(question)
    assert time.perf_counter() - begun < 5  # about .2 s on a busy machine


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("Hello, how many?", "     , how many?"),
        ("OK thanks, and Brazil?", "         , and Brazil?"),
        ("Thanks to whom is it open?", "Thanks to whom is it open?"),
        ("Great!", "      "),
        ("Great Britain?", "Great Britain?"),
        ("ok, got it", "          "),
    ],
)
def test_courtesies_are_blanked(said, left):
    assert without_courtesies(said) == left


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("And Peru?", True),
        ("I meant paid ones", True),
        ("What did engineers think caused it?", True),
        ("Unpaid bills?", False),
        ("How much is a bottle of water?", False),
        ("When did Tesla say he would come?", False),
    ],
)
def test_a_question_points_back_in_words(question, expected):
    assert points_back(question) is expected
