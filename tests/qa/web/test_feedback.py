"""Thumbs: what is kept, what the buttons show, and what happens when nothing can be kept."""

import pytest

from index import Judgements
from index.judgements import JUDGEMENTS_FILE
from qa.answers import Answer, Citation
from qa.evaluation.feedback import questions_from_feedback
from qa.evaluation.questions import Quote
from qa.web.conversation import Exchange
from qa.web.feedback import NOT_KEPT, Feedback, Press
from qa.web.rendering import conversation_html
from tests.qa.web.test_rendering import Seen

CITED = Citation(
    path="a.md", title="A", start=7, end=16, quote="It rains.", passage="Today: It rains.", passage_start=0, score=1.0
)
GIVEN = Exchange(
    "Does it rain?", Answer(question="", text="It rains.", found=True, confidence=0.91234, citations=(CITED,))
)
REFUSED = Exchange("And snow?", Answer(question="", text="", found=False, confidence=0.1, citations=(CITED,)))


@pytest.fixture
def judgements(tmp_path):
    return Judgements(tmp_path)


def test_a_thumb_is_kept_with_all_that_was_asked_before(judgements):
    feedback = Feedback(judgements)
    assert feedback.judge([GIVEN, Exchange("Lost", notice="x"), REFUSED], REFUSED.key, "up")
    assert feedback.judge([GIVEN, REFUSED], GIVEN.key, "down")
    refused, given = judgements.entries()
    assert refused["history"] == [{"question": "Does it rain?", "answer": "It rains.", "found": True}]
    assert (refused["found"], refused["path"], refused["answer"]) == (False, None, "")
    assert {name: given[name] for name in ("rating", "question", "answer", "path", "start", "end", "confidence")} == {
        "rating": "down",
        "question": "Does it rain?",
        "answer": "It rains.",
        "path": "a.md",
        "start": 7,
        "end": 16,
        "confidence": 0.9123,
    }
    assert given["date"].endswith("+00:00")


def test_what_is_kept_can_be_evaluated(judgements):
    feedback = Feedback(judgements)
    feedback.judge([GIVEN], GIVEN.key, "up")
    feedback.judge([GIVEN], GIVEN.key, "down")
    [question] = questions_from_feedback(judgements.entries(), "x")
    assert (question.answers, question.rejected) == ((), (Quote("a.md", "It rains."),))


def test_the_buttons_show_what_was_judged_and_can_be_taken_back(judgements):
    feedback = Feedback(judgements)

    def pressed():
        attributes = Seen(feedback.html(GIVEN)).attributes
        return [value for name, value in attributes if name == "aria-pressed"]

    assert pressed() == ["false", "false"]
    feedback.judge([GIVEN], GIVEN.key, "up")
    assert pressed() == ["true", "false"]
    feedback.judge([GIVEN], GIVEN.key, "down")
    assert pressed() == ["false", "true"]
    feedback.judge([GIVEN], GIVEN.key, "none")
    assert pressed() == ["false", "false"]
    assert [entry["rating"] for entry in judgements.entries()] == ["up", "down", "none"]


def test_of_presses_that_overtake_each_other_the_last_one_holds(judgements):
    feedback, page, reloaded = Feedback(judgements), 1_700_000_000_000.5, 1_600_000_000_000

    def pressed(rating, *told):
        assert feedback.judge([GIVEN], GIVEN.key, rating, Press.told(list(told)))
        return judgements.entries()[-1]["rating"]

    assert pressed("up", page, 1) == "up"
    assert pressed("none", page, 3) == "none"
    assert pressed("down", page, 2) == "none"
    assert pressed("down", page, 4) == "down"
    assert pressed("up", reloaded, 1) == "up"
    assert 'aria-pressed="true" aria-label="Right answer"' in feedback.html(GIVEN)


@pytest.mark.parametrize("said", [None, "1", [], [1], ["1", 2], {"page": 1}])
def test_a_press_that_does_not_say_which_one_it_was_is_kept(judgements, said):
    assert Feedback(judgements).judge([GIVEN], GIVEN.key, "up", Press.told(said))
    assert [entry["rating"] for entry in judgements.entries()] == ["up"]


def test_every_answer_has_two_named_buttons_and_a_notice_has_none(judgements):
    html = conversation_html([GIVEN, REFUSED, Exchange("x", notice="y")], thumbs=Feedback(judgements).html)
    names = [value for name, value in Seen(html).attributes if name == "aria-label"]
    assert [name for name in names if name.startswith(("Right", "Wrong"))] == [
        "Right answer", "Wrong answer", "Right, it is not there", "Wrong, it is there",
    ]  # fmt: skip
    assert Seen(html).open == []


@pytest.mark.parametrize(
    ("key", "rating"),
    [("unknown", "up"), (GIVEN.key, "<script>"), (GIVEN.key, "")],
    ids=["another answer", "a script", "nothing"],
)
def test_what_the_page_does_not_offer_is_passed_over(judgements, key, rating):
    assert Feedback(judgements).judge([GIVEN], key, rating)
    assert judgements.entries() == []


def test_where_nothing_can_be_kept_the_buttons_are_off_and_say_why(judgements, tmp_path):
    (tmp_path / JUDGEMENTS_FILE).mkdir()
    feedback = Feedback(judgements)
    html = feedback.html(GIVEN)
    assert html.count(" disabled") == 2
    assert NOT_KEPT in html
    assert not feedback.judge([GIVEN], GIVEN.key, "up")


def test_a_disk_that_fills_up_turns_them_off(judgements, monkeypatch):
    feedback = Feedback(judgements)
    assert " disabled" not in feedback.html(GIVEN)
    monkeypatch.setattr("index.judgements.os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    assert not feedback.judge([GIVEN], GIVEN.key, "up")
    assert feedback.html(GIVEN).count(" disabled") == 2
