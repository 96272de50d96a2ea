"""A report against an earlier one."""

import io

import pytest
from rich.console import Console

from qa.evaluation import EvaluationError
from qa.evaluation.comparing import compared
from qa.evaluation.table import print_comparison, print_evaluation
from tests.qa.evaluation.made import outcome, refusal, report


def printed(show, value):
    console = Console(file=io.StringIO(), width=120)
    show(value, console)
    return console.file.getvalue()


def changes(now, before):
    return {change.id: change.kinds for change in compared(report(*now), report(*before), "r.json").changes}


def test_each_way_a_question_can_change():
    wrong = {"right": False, "best_right": False}
    refused = {"found": False, "right": False}
    before = [
        outcome("a", **wrong),
        outcome("b"),
        outcome("c"),
        outcome("d", **refused),
        outcome("e", rank=2),
        outcome("f"),
    ]
    now = [outcome("a"), outcome("b", **wrong), outcome("c", **refused), outcome("d"), outcome("e"), outcome("f")]
    assert changes(now, before) == {
        "a": ("newly right",),
        "d": ("newly right", "refused before, answered now"),
        "b": ("newly wrong",),
        "c": ("newly wrong", "answered before, refused now"),
        "e": ("right document first",),
    }


def test_another_answer_is_told_with_both():
    comparison = compared(report(outcome("a", text="New.")), report(outcome("a")), "r.json")
    [change] = comparison.changes
    assert (change.kinds, change.before, change.now) == (("another answer",), "Yes.", "New.")


def test_differences_are_over_the_common_questions_with_paired_intervals():
    half = [outcome(str(n), right=n % 2 == 0, best_right=n % 2 == 0) for n in range(100)]
    more = [outcome(str(n), right=n % 2 == 0 or n < 40, best_right=True) for n in range(100)]
    comparison = compared(report(*more, outcome("new")), report(*half, outcome("old"), refusal("older")), "r.json")
    assert (comparison.common, comparison.only_before, comparison.only_now) == (100, 2, 1)
    difference = next(d for d in comparison.differences if d.name == "answer-sentence accuracy")
    assert (difference.before, difference.now, difference.difference) == (0.5, 0.7, pytest.approx(0.2))
    assert 0.1 < difference.low < 0.2 < difference.high < 0.3
    assert difference.verdict == "better"


def test_lower_is_better_where_it_is():
    slow = report(*(outcome(str(n), seconds=0.2) for n in range(20)))
    fast = report(*(outcome(str(n), seconds=0.1) for n in range(20)))
    verdicts = {d.name: d.verdict for d in compared(fast, slow, "r.json").differences}
    assert (verdicts["latency p50"], verdicts["recall@1"]) == ("better", "")


def test_a_report_against_itself_changes_nothing():
    same = report(outcome("a"), refusal("b"))
    comparison = compared(same, same, "r.json")
    assert comparison.changes == ()
    assert {d.difference for d in comparison.differences} == {0}
    assert "No question went otherwise than before." in printed(print_comparison, comparison)


def test_reports_of_other_questions_cannot_be_compared():
    with pytest.raises(EvaluationError, match=r"r\.json has no question in common"):
        compared(report(outcome("a")), report(outcome("a", question="Another?")), "r.json")


def test_the_tables_say_it():
    before = report(*(outcome(str(n), right=n % 2 == 0, best_right=n % 2 == 0) for n in range(30)))
    now = report(*(outcome(str(n), question=f"Question {n}?") for n in range(30)))
    shown = printed(print_comparison, compared(now, before, "old.json"))
    assert "Against old.json (2026-11-24, Footnote 0.1.0): 30 questions in common" in shown
    assert any(
        "answer-sentence accuracy" in line and "+50.0 %" in line and "better" in line for line in shown.splitlines()
    )
    assert "15 newly right" in shown
    assert "  1  Question 1?" in shown


def test_the_table_of_a_report_says_how_sure_each_figure_is():
    shown = printed(print_evaluation, report(outcome("1"), outcome("2", right=False, best_right=False), refusal("3")))
    assert "questions.jsonl: 3 questions to 3 documents, 9 passages of papers (counting)" in shown
    assert any(
        "answer-sentence accuracy" in line and "50.0 %" in line and "0.0 – 100 %" in line for line in shown.splitlines()
    )
    assert "80 – 90 %" in shown


def test_text_of_people_commands_no_terminal():
    odd = "Who\x1b[31m [bold]was[/bold] [/nonsense]?"
    before, now = report(outcome("a", question=odd)), report(outcome("a", question=odd, found=False, right=False))
    shown = printed(print_comparison, compared(now, before, "r.json"))
    assert "\x1b" not in shown
    assert "[bold]was[/bold] [/nonsense]?" in shown
