"""Confidence: by hand, and what moves it which way."""

import pytest

from qa import Corpus
from qa.judge import ANSWERED_FROM, FACT, SENTENCE, SUBJECT, SUBJECT_POWER, Logistic, confidence, features
from qa.pick import pick
from qa.retrieve import retrieve
from tests.fake_embedder import CountingEmbedder

FILES = {
    "army.md": "# The purge\n\nIn Carabobo the president spoke. He told the army to purge traitors at once.\n",
    "aid.md": "# Aid\n\nColombia hosts 1.3 million migrants. Canada did not pay for tents.\n",
    "oil.txt": "Exports of oil fell in March. The refinery at Amuay stood still.",
    "rows.csv": "month,deserters\n2019-01,411\n2019-02,502\n",
}


@pytest.fixture
def asked(make_corpus):
    corpus = Corpus(make_corpus(FILES), embedder=CountingEmbedder(dimension=512))
    corpus.sync()

    def ask(question):
        with corpus._index.snapshot() as snapshot:
            retrieved = retrieve(snapshot, question, k=10)
            return features(retrieved, pick(snapshot, retrieved, question))

    return ask


def test_a_logistic_model_by_hand():
    # 1 / (1 + exp(-(0.5 + 2 * 1 - 3 * 0.5))) = 1 / (1 + exp(-1))
    model = Logistic(0.5, {"a": 2.0, "b": -3.0})
    assert model.probability({"a": 1.0, "b": 0.5, "c": 9.0}) == pytest.approx(0.7310586)


@pytest.mark.parametrize(("logit", "probability"), [(1e9, 1.0), (-1e9, 0.0)])
def test_extremes_do_not_overflow(logit, probability):
    assert Logistic(0.0, {"a": 1.0}).probability({"a": logit}) == pytest.approx(probability)


def test_confidence_is_the_product_of_the_three(asked):
    values = asked("Who told the army to purge traitors?")
    parts = [model.probability(values) for model in (SUBJECT, FACT, SENTENCE)]
    assert confidence(values) == pytest.approx(parts[0] ** SUBJECT_POWER * parts[1] * parts[2])
    assert 0 < confidence(values) < 1


def test_every_weight_has_its_feature(asked):
    values = asked("Who told the army?")
    for model in (SUBJECT, FACT, SENTENCE):
        assert set(model.weights) <= set(values)


def test_what_is_there_is_surer_than_what_is_not(asked):
    there = confidence(asked("Who told the army to purge traitors?"))
    other_name = confidence(asked("Who told Norway to purge traitors in Zanzibar?"))
    strange = confidence(asked("Which zebra won the olympic medal?"))
    assert there > ANSWERED_FROM > strange
    assert there > other_name > strange


@pytest.mark.parametrize(
    ("question", "name", "value"),
    [
        ("Who told the army?", "negated: question", 0.0),
        ("Who told the army?", "negated: sentence", 0.0),
        ("Who did not tell the army?", "negated: question", 1.0),
        ("Who paid for tents?", "negated: sentence", 1.0),
        ("Who didn't pay for the tents?", "negated: question", 0.0),
        ("Who didn't pay for the tents?", "negated: same", 1.0),
        ("Which tents did Canada pay for and not burn?", "negated: other", 1.0),
        ("When did exports of oil fall?", "of kind", 1.0),
        ("When did the refinery at Amuay stand still?", "none of kind", 1.0),
        ("When did exports of oil fall?", "time missing", 0.0),
        ("When did the refinery at Amuay stand still?", "time missing", 1.0),
        ("When did the refinery at Amuay stand still?", "count missing", 0.0),
        ("When did the refinery at Amuay stand still?", "no hint", 1.0),
        ("When did exports of oil fall?", "no hint", 0.0),
        ("When did he tell the army to purge traitors?", "no hint", 0.0),
        ("Who stood still at Amuay?", "no hint", 0.0),
        ("How much money does Amuay need?", "no hint", 1.0),
        ("How much did Canada pay for tents?", "no hint", 1.0),
        ("How many migrants does Colombia host?", "no hint", 0.0),
        ("How many refineries stood still at Amuay?", "count missing", 1.0),
        ("Who told the army to purge?", "count missing", 0.0),
        ("Did two refineries at Amuay stand still?", "numbers missing", 1.0),
        ("Did the two refineries at Amuay stand still?", "numbers missing", 0.0),
        ("What did the army purge?", "asks for a kind", 0.0),
        ("Why did exports fall?", "asks why", 1.0),
        ('Who told the "whole army"?', "literal or month missing", 1.0),
        ('Who told "the army"?', "literal or month missing", 0.0),
        ("How many deserters were there in February 2019?", "literal or month missing", 0.0),
        ("How many deserters were there in September 2019?", "literal or month missing", 1.0),
        ("How many deserters were there in February 2019?", "numbers missing", 0.0),
        ("Did exports of oil fall in 1997 by 30 %?", "numbers missing", 2.0),
        ("Did exports of oil fall in 1995, 1996, 1997 or 1998?", "numbers missing", 2.0),
        ("Did exports of oil to Zanzibar fall?", "strange names", 1.0),
        ("Did exports of oil fall?", "strange names", 0.0),
        ("Were there exports of oil in March?", "unknown", 0.0),
    ],
)
def test_known_features(asked, question, name, value):
    assert asked(question)[name] == value


def test_a_year_that_the_sentence_lacks_speaks_against_it(asked):
    with_year = asked("Did exports of oil fall in March 1997?")
    assert confidence(with_year) < confidence({**with_year, "numbers missing": 0.0})


@pytest.mark.parametrize("stamp", ["Revised in May 2019", "Last updated by Ana on 3 May 2019, 14:05 UTC"])
def test_the_stamp_of_a_document_does_not_say_when_anything_happened(make_corpus, stamp):
    files = {"a.txt": f"HYPERINFLATION EXPLAINED\n\nAll about hyperinflation\n{stamp}\n"}
    corpus = Corpus(make_corpus(files), embedder=CountingEmbedder(dimension=512))
    corpus.sync()
    assert not corpus.ask("When did the hyperinflation begin?").found
    assert corpus.ask("When was the hyperinflation paper updated?").citations[0].marks


@pytest.mark.parametrize("model", [SUBJECT, FACT])
def test_another_month_speaks_against_it_as_a_missing_literal_does(asked, model):
    other = asked("How many deserters were there in September 2019?")
    assert model.probability(other) < model.probability({**other, "literal or month missing": 0.0})


def test_a_number_in_the_headings_or_the_header_is_not_missing(make_corpus):
    files = {"a.md": "# Events of 1997\n\nExports of oil fell in March.\n", "b.csv": "country,people_1997\nPeru,768\n"}
    corpus = Corpus(make_corpus(files), embedder=CountingEmbedder(dimension=512))
    corpus.sync()
    with corpus._index.snapshot() as snapshot:
        for question in ("Did exports of oil fall in March 1997?", "How many people of Peru in 1997?"):
            retrieved = retrieve(snapshot, question, k=10)
            assert features(retrieved, pick(snapshot, retrieved, question))["numbers missing"] == 0


def test_a_negated_question_is_answered_by_what_denies_the_same(asked):
    same = confidence(asked("Who did not pay for tents?"))
    other = asked("Which tents did Canada pay for and not burn?")
    alone = confidence(asked("Who did not tell the army to purge traitors?"))
    assert same > ANSWERED_FROM > alone
    assert confidence(other) < confidence({**other, "negated: other": 0.0, "negated: same": 1.0}) / 2


def test_a_question_without_words_has_features_too(asked):
    assert 0 <= confidence(asked("What is it?")) <= 1
