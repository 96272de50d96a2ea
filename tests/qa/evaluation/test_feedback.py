"""Thumbs from the page as questions."""

import json

import pytest

from qa.answers import Turn
from qa.evaluation import EvaluationError
from qa.evaluation.feedback import RIGHTLY_REFUSED, is_feedback, questions_from_feedback, read_feedback
from qa.evaluation.questions import Gold, Quote


def thumb(rating, exchange="1", **facts):
    usual = {"question": "Who?", "history": [], "found": True, "answer": "Me.", "path": "a.md", "start": 0, "end": 3}
    return {"exchange": exchange, "rating": rating, **usual, **facts}


def test_up_makes_the_quote_a_right_answer():
    [question] = questions_from_feedback([thumb("up")], "x")
    assert (question.question, question.answers, question.documents) == ("Who?", ("Me.",), (Gold("a.md"),))
    assert question.rejected == ()


def test_down_makes_it_a_rejected_one():
    [question] = questions_from_feedback([thumb("down")], "x")
    assert (question.answers, question.documents, question.rejected) == ((), (), (Quote("a.md", "Me."),))


def test_a_later_line_about_the_same_exchange_replaces_the_earlier():
    [question] = questions_from_feedback([thumb("up"), thumb("down")], "x")
    assert question.answers == ()
    with pytest.raises(EvaluationError, match="holds no judgement yet"):
        questions_from_feedback([thumb("up"), thumb("none")], "x")


def test_all_judgements_of_a_question_go_together():
    thumbs = [thumb("down", "1"), thumb("up", "2", answer="You.", path="b.md"), thumb("up", "3", question="Where?")]
    who, where = questions_from_feedback(thumbs, "x")
    assert (who.answers, who.rejected) == (("You.",), (Quote("a.md", "Me."),))
    assert (where.question, where.id) == ("Where?", "2")


def test_a_conversation_makes_it_another_question():
    history = [{"question": "Before?", "answer": "That."}]
    one, two = questions_from_feedback([thumb("up", "1"), thumb("up", "2", history=history)], "x")
    assert (one.history, two.history) == ((), (Turn("Before?", "That."),))


def test_refusals_are_judged_too():
    refused = {"found": False, "answer": "", "path": None, "start": None, "end": None}
    [right] = questions_from_feedback([thumb("up", **refused)], "x")
    assert right.unanswerable == RIGHTLY_REFUSED
    [wrong] = questions_from_feedback([thumb("down", **refused)], "x")
    assert (wrong.unanswerable, wrong.refusal_rejected) == ("", True)


def test_a_file_of_thumbs_is_known_by_its_ratings_and_may_be_torn(question_file):
    path = question_file([thumb("up"), '{"torn', thumb("up", "2", question="Where?")], "feedback.jsonl")
    assert is_feedback(path)
    assert [question.question for question in read_feedback(path)] == ["Who?", "Where?"]
    assert not is_feedback(question_file([{"question": "Who?"}], "questions.jsonl"))
    assert not is_feedback(path.with_name("nowhere"))


def test_a_line_without_its_answer_is_named(question_file):
    path = question_file([json.dumps(thumb("up", answer=""))], "feedback.jsonl")
    with pytest.raises(EvaluationError, match=r"feedback\.jsonl, line 1 has"):
        read_feedback(path)
