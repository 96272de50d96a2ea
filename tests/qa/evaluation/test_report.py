"""Reports as JSON and back."""

import json

import pytest

from qa.evaluation import EvaluationError, read_report
from qa.evaluation.command import write_report
from qa.evaluation.report import FORMAT, FORMAT_VERSION
from tests.qa.evaluation.made import outcome, refusal, report

MADE = report(outcome("1"), outcome("2", right=False, best_right=False, history=("Who?",), rank=3), refusal("3"))


def test_a_report_comes_back_as_it_was(tmp_path):
    write_report(tmp_path / "r.json", MADE)
    assert read_report(tmp_path / "r.json") == MADE


def test_programs_find_everything_in_it(tmp_path):
    write_report(tmp_path / "r.json", MADE)
    raw = json.loads((tmp_path / "r.json").read_text())
    assert (raw["format"], raw["version"], raw["facts"]["model"]) == (FORMAT, FORMAT_VERSION, "counting")
    figure = next(figure for figure in raw["figures"] if figure["name"] == "answer-sentence accuracy")
    assert (figure["value"], figure["n"]) == (0.5, 2)
    assert raw["bootstrap"] == {"resamples": 1000, "seed": 20190501, "level": 0.95}
    assert sum(part["n"] for part in raw["reliability"]) == 3
    assert raw["risk_coverage"][-1]["coverage"] == 1
    assert [question["id"] for question in raw["questions"]] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a report of footnote eval"),
        ('{"format": "other"}', "is not a report of footnote eval"),
        (json.dumps({"format": FORMAT, "version": 99}), "has format version 99"),
        (json.dumps({"format": FORMAT, "version": FORMAT_VERSION, "facts": {}}), "is incomplete"),
        (json.dumps({"format": FORMAT, "version": FORMAT_VERSION, "facts": []}), "is incomplete"),
    ],
)
def test_what_is_no_report_is_one_line(tmp_path, text, said):
    path = tmp_path / "r.json"
    path.write_text(text)
    with pytest.raises(EvaluationError) as error:
        read_report(path)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_fields_of_later_versions_are_passed_over(tmp_path):
    raw = MADE.as_json()
    raw["questions"][0]["mood"] = "good"
    raw["facts"]["weather"] = "fine"
    path = tmp_path / "r.json"
    path.write_text(json.dumps(raw))
    assert read_report(path) == MADE


def test_a_place_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "r.json").mkdir()
    with pytest.raises(EvaluationError, match="cannot be written"):
        write_report(tmp_path / "r.json", MADE)


def test_a_long_curve_is_thinned_and_keeps_its_end():
    curve = report(*(outcome(str(n), confidence=n / 5000, best_right=n % 2 > 0) for n in range(5000))).curve
    assert len(curve) < 500
    assert curve[-1] == (1.0, 0.5)
