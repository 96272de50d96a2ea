"""Questions asked through a corpus: what came of each."""

import pytest

from qa.answers import Turn
from qa.evaluation import EvaluationError, evaluate
from qa.evaluation.questions import Gold, Question, Quote

ARMY = Question(
    id="army",
    question="Who told the army to purge traitors?",
    answers=("purge traitors",),
    documents=(Gold("news/army.md", {"heading": "The purge"}),),
    at="line 1",
)


def outcome_of(corpus, question, **options):
    report = evaluate(corpus, [question], source="test", **options)
    return report.outcomes[0]


def test_a_right_answer(corpus):
    outcome = outcome_of(corpus, ARMY)
    assert outcome.found
    assert outcome.right is outcome.best_right is outcome.place_right is outcome.place_among is True
    assert (outcome.text, outcome.path) == ("He told the army to purge traitors at once.", "news/army.md")
    assert (outcome.rank, outcome.ranked[0], outcome.measures["nDCG@10"]) == (1, "news/army.md", 1.0)
    assert outcome.citations == outcome.exact > 0
    assert outcome.seconds > 0
    assert outcome.place == "The purge"


def test_a_refusal_is_right_only_where_there_is_no_answer(corpus):
    asked = {"id": "1", "question": "Which zebra won the olympic medal?"}
    unanswerable = outcome_of(corpus, Question(**asked, unanswerable="out-of-corpus"))
    assert (unanswerable.found, unanswerable.right, unanswerable.best_right) == (False, True, False)
    assert (unanswerable.ranked, unanswerable.measures) == ((), {})
    answerable = outcome_of(corpus, Question(**asked, answers=("Zoe",)))
    assert (answerable.right, answerable.best_right) == (False, False)


def test_a_wrong_answer_to_a_question_without_one(corpus):
    outcome = outcome_of(corpus, Question(id="1", question=ARMY.question, unanswerable="false premise"))
    assert (outcome.found, outcome.right, outcome.best_right) == (True, False, False)


def test_a_conversation_is_asked_with_its_history(corpus):
    history = (Turn("How many migrants does Colombia host?"),)
    follow_up = Question(
        id="1", question="And how many more each day?", history=history, documents=(Gold("news/aid.md"),), at="line 1"
    )
    outcome = outcome_of(corpus, follow_up)
    assert outcome.history == ("How many migrants does Colombia host?",)
    assert "Colombia" in outcome.carried
    assert outcome.rank == 1


def test_within_limits_what_is_found(corpus):
    outcome = outcome_of(corpus, Question(id="1", question=ARMY.question, documents=ARMY.documents, within=("data/*",)))
    assert set(outcome.ranked) == {"data/pledges.csv"}
    assert outcome.rank is None


def test_a_question_that_cannot_be_asked_is_told_and_the_others_go_on(corpus):
    broken = Question(id="0", question="Who?", answers=("x",), within=("nowhere/*",))
    report = evaluate(corpus, [broken, ARMY], source="test")
    assert "no indexed document matches nowhere/*" in report.outcomes[0].error
    assert (report.outcomes[0].right, report.outcomes[0].seconds) == (False, None)
    assert report.outcomes[1].right
    assert report.notes == ("1 questions could not be asked and count as not answered.",)


def test_a_rejected_quote_given_again_is_wrong(corpus):
    quote = Quote("news/army.md", "He told the army to purge traitors at once.")
    outcome = outcome_of(corpus, Question(id="1", question=ARMY.question, rejected=(quote,)))
    assert (outcome.rejected, outcome.right) == (True, False)


def test_an_unknown_document_ends_it_before_it_begins_unless_it_may_be_gone(corpus):
    gone = Question(id="1", question="Who?", documents=(Gold("gone.md"),), at="q.jsonl, line 1")
    with pytest.raises(EvaluationError, match=r'q.jsonl, line 1 names "gone.md"'):
        evaluate(corpus, [gone], source="test")
    report = evaluate(corpus, [gone], source="test", known_documents=False)
    assert report.notes == ("1 right documents are not in this corpus and count as not found.",)
    assert report.outcomes[0].rank is None


def test_the_report_says_what_was_asked_and_how_far_it_is(corpus):
    told = []
    report = evaluate(corpus, [ARMY, ARMY], source="army.jsonl", tell=lambda *steps: told.append(steps))
    assert told == [(0, 2), (1, 2), (2, 2)]
    facts = report.facts
    assert (facts.source, facts.corpus, facts.model, facts.documents, facts.failed) == (
        "army.jsonl", "corpus", "counting", 3, 0,
    )  # fmt: skip
    assert facts.passages > 0
