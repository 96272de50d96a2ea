"""Months of a year in questions and in sentences."""

import pytest

from index.analysis import terms
from qa import Corpus
from qa.months import MONTH, AskedMonths
from tests.fake_embedder import CountingEmbedder


@pytest.mark.parametrize(
    ("question", "months"),
    [
        ("How many deserters were there in March 2019?", {("2019", 3)}),
        ("Exits in May 2019 and Sept. 2018?", {("2019", 5), ("2018", 9)}),
        ("What happened on December 24, 2018?", {("2018", 12)}),
        ("What happened on 24 December of 2018?", {("2018", 12)}),
        ("What stands at 2019-03-14?", {("2019", 3)}),
        ("What may 2,019 people do in March?", set()),
        ("Who may leave in 2019? Marching 2019 men.", set()),
        ("Which 2011-13 season, 1-2019-03 or 2019-031?", set()),
    ],
)
def test_the_months_of_a_question(question, months):
    assert AskedMonths.of(question).months == months


@pytest.mark.parametrize(
    ("sentence", "gains", "loses"),
    [
        ("2019-03-01,603", {"march", MONTH}, set()),
        ("In March 2019 there were 603.", {MONTH}, set()),
        ("2019-01-01,411", set(), {"2019"}),
        ("In January 2019 there were 411.", set(), set()),
        ("In the year 2019 there were 5,000.", set(), set()),
        ("From 2019-01-01 to 2019-03-31: 1,500", {"march", MONTH}, set()),
    ],
)
def test_what_a_sentence_holds_of_the_month_asked_for(sentence, gains, loses):
    months, held = AskedMonths.of("How many deserters were there in March 2019?"), set(terms(sentence))
    assert months.held(sentence, held) == (held | gains) - loses


@pytest.mark.parametrize(
    ("sentence", "header", "are_missed"),
    [
        ("2019-01-01,411", "", True),
        ("2019-03-01,603", "", False),
        ("In January 2019 there were 411.", "", False),
        ("Peru,768000", "", False),
        ("2018-12-31,603", "day of count,people_march_2019", False),
    ],
)
def test_other_months_are_told_by_their_iso_dates_alone(sentence, header, are_missed):
    assert AskedMonths.of("How many deserters were there in March 2019?").are_missed(sentence, header) == are_missed
    assert not AskedMonths.of("How many in 2019?").are_missed(sentence, header)


def test_the_rows_below_a_header_with_the_month_have_it_too():
    months = AskedMonths.of("How many were in Peru in June 2019?")
    for header in ("country,people_june_2019", "Country | June 2019", "country,2018-12,2019-06"):
        assert months.held("Peru,768000", {"peru"}, header) == {"peru", "june", "2019", MONTH}
    assert months.held("Peru,768000", {"peru"}, "country,people_may_2019") == {"peru"}


def test_without_a_month_in_the_question_nothing_changes():
    assert AskedMonths.of("How many in 2019?").held("2019-03-01,603", {"2019"}) == {"2019"}


@pytest.mark.parametrize(("month", "row"), [("March 2019", "2019-03-01,603"), ("May 2019", "2019-05-01,77")])
def test_the_row_of_the_month_is_quoted(make_corpus, month, row):
    rows = ["2019-01-01,411", "2019-02-01,502", "2019-03-01,603", "2019-04-01,704", "2019-05-01,77", "2018-03-01,58"]
    table = "\n".join(["month,deserters", *rows])
    corpus = Corpus(make_corpus({"border.csv": table}), embedder=CountingEmbedder())
    corpus.sync()
    assert corpus.ask(f"How many deserters were registered in {month}?").citations[0].quote == row
