"""Figures of outcomes whose values are known."""

import pytest

from qa.evaluation.figures import figures_of
from tests.qa.evaluation.made import outcome, refusal


def named(*outcomes):
    return {figure.name: figure for figure in figures_of(outcomes)}


def test_shares_are_taken_over_the_questions_they_are_about():
    figures = named(
        outcome("1"),
        outcome("2", right=False, best_right=False, measures={"recall@1": 0.0, "MRR@10": 0.5}),
        outcome("3", found=False, right=False, confidence=0.2),
        outcome("4", right=None, best_right=None, answers=(), measures={}),
        refusal("5"),
        refusal("6", found=True, right=False, confidence=0.9),
    )
    values = {name: (figure.value, figure.n) for name, figure in figures.items()}
    assert values["recall@1"] == (pytest.approx(2 / 3), 3)
    assert values["MRR@10"] == (pytest.approx(2.5 / 3), 3)
    assert values["answer-sentence accuracy"] == (pytest.approx(1 / 3), 3)
    assert values["best sentence, refusals aside"] == (pytest.approx(2 / 3), 3)
    assert values["precision of answers given"] == (pytest.approx(1 / 3), 3)
    assert values["answered: answerable"] == (pytest.approx(3 / 4), 4)
    assert values["answered: out-of-corpus"] == (pytest.approx(1 / 2), 2)
    assert values["AUROC"] == (pytest.approx((4 + 0) / 8), 6)  # .9 is above all four, .1 is below all four
    assert figures["ECE"].n == 5
    assert figures["answered: out-of-corpus"].higher_is_better is False


def test_every_figure_lies_in_its_interval():
    outcomes = [outcome(str(n), right=n % 3 > 0, best_right=n % 3 > 0, confidence=n / 60) for n in range(40)]
    figures = figures_of([*outcomes, *(refusal(f"r{n}", confidence=n / 50) for n in range(10))])
    assert len(figures) >= 12
    for figure in figures:
        assert figure.low <= figure.value <= figure.high, figure


def test_kinds_of_unanswerable_questions_are_told_apart():
    figures = named(
        outcome("1", confidence=0.5),
        refusal("2", "out-of-corpus", confidence=0.1),
        refusal("3", "no fact", confidence=0.7),
    )
    assert figures["AUROC"].value == 0.5
    assert figures["AUROC, out-of-corpus"].value == 1
    assert figures["AUROC, no fact"].value == 0
    assert figures["kept at 5 % wrongly answered, no fact"].value == 0


def test_citation_exactness_counts_citations():
    figures = named(
        outcome("1", citations=5, exact=5), outcome("2", citations=1, exact=0), outcome("3", citations=0, exact=0)
    )
    assert figures["citation exactness"].value == pytest.approx(5 / 6)
    assert figures["citation exactness"].n == 2


def test_latency_is_a_time_that_was_measured():
    figures = named(*(outcome(str(n), seconds=n / 1000) for n in range(1, 101)), outcome("x", seconds=None))
    assert [figures[f"latency p{p}"].value for p in (50, 90, 95, 99)] == [0.05, 0.09, 0.095, 0.099]
    assert figures["latency p50"].n == 100


def test_what_cannot_be_measured_is_left_out():
    figures = named(outcome("1", right=None, best_right=None, answers=(), measures={}))
    assert set(figures) == {
        "citation exactness", "answered: answerable", "latency p50", "latency p90", "latency p95", "latency p99",
    }  # fmt: skip
    assert figures_of([]) == ()


def test_a_rejected_answer_alone_says_nothing_of_whether_there_is_one():
    figures = named(outcome("1", answers=(), rejected=True, right=False, best_right=False), outcome("2"), refusal("3"))
    assert figures["rejected answers given again"].value == 1
    assert figures["answered: answerable"].n == 1
    assert figures["AUROC"].n == 2
