"""Questions as people write them, and what is said about those that cannot be used."""

import pytest

from qa.answers import Turn
from qa.evaluation import EvaluationError, read_questions
from qa.evaluation.questions import UNANSWERABLE, Gold, check_documents, unknown_documents
from tests.sources import ROOT


def test_everything_that_can_be_said_of_a_question(question_file):
    given = {
        "id": "q7",
        "question": "And in Peru?",
        "answers": ["2,500"],
        "documents": ["a.pdf", {"path": "b.pdf", "page": 9}],
        "page": 4,
        "heading": "Peru",
        "start": 3,
        "end": 8,
        "history": ["How many?", {"question": "Where?", "answer": "Here."}, {"question": "Why?", "found": False}],
        "within": ["reports/*"],
        "note": "names of its owner are left alone",
    }
    [question] = read_questions(question_file([given]))
    assert (question.id, question.question, question.answers) == ("q7", "And in Peru?", ("2,500",))
    assert question.documents == (Gold("a.pdf", {"page": 4}), Gold("b.pdf", {"page": 9}))  # no heading: two documents
    assert (question.start, question.end, question.within) == (3, 8, ("reports/*",))
    assert question.history == (Turn("How many?"), Turn("Where?", "Here."), Turn("Why?", found=False))
    assert question.judgements == {"a.pdf": 1, "b.pdf": 1}


def test_little_is_enough(question_file):
    one, two = read_questions(question_file([{"question": "Who?"}, "", {"question": "Where?", "answers": "here"}]))
    assert (one.id, two.id) == ("1", "3")  # numbers of lines
    assert (one.answers, one.judgements, two.answers) == ((), {}, ("here",))


@pytest.mark.parametrize(
    ("given", "kind"), [(True, UNANSWERABLE), ("out-of-corpus", "out-of-corpus"), (False, ""), (None, ""), ("", "")]
)
def test_the_kind_of_an_unanswerable_question(question_file, given, kind):
    [question] = read_questions(question_file([{"question": "Who?", "unanswerable": given, "documents": ["a.md"]}]))
    assert question.unanswerable == kind
    assert bool(question.judgements) is not bool(kind)


def test_a_heading_counts_for_a_single_document(question_file):
    [question] = read_questions(
        question_file([{"question": "Who?", "documents": ["a.md"], "heading": ["Aid", "Peru"]}])
    )
    assert question.documents == (Gold("a.md", {"heading": "Aid › Peru"}),)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "line 2 is not JSON"),
        ("[1]", "line 2 is not a JSON object but a list"),
        ({"text": "Who?"}, 'line 2 has no "question"'),
        ({"question": " "}, "line 2 has \"question\": ' '; expected a text"),
        ({"question": "Who?", "answer": "me"}, 'line 2 has "answer": write "answers"'),
        ({"question": "Who?", "answers": [1]}, "expected a list of texts"),
        ({"question": "Who?", "documents": [7]}, "expected a list of paths"),
        ({"question": "Who?", "documents": ["a"], "page": "iv"}, "counted from 1"),
        ({"question": "Who?", "documents": ["a"], "page": 0}, "counted from 1"),
        ({"question": "Who?", "documents": ["a"], "start": 4}, 'has "end": None'),
        ({"question": "Who?", "documents": ["a"], "start": 4, "end": 4}, "after start"),
        ({"question": "Who?", "start": 4, "end": 9}, "no document"),
        ({"question": "Who?", "unanswerable": 3}, "or true"),
        ({"question": "Who?", "unanswerable": True, "answers": ["me"]}, "leave one of the two out"),
        ({"question": "Who?", "history": [{"q": "x"}]}, 'has "history"'),
        ({"question": "Who?", "history": [{"question": "x", "found": "no"}]}, 'has "history"'),
        ({"question": "Who?", "id": "1"}, 'has the id "1" of questions.jsonl, line 1'),
    ],
)
def test_a_line_that_cannot_be_used_is_named(question_file, line, said):
    with pytest.raises(EvaluationError) as error:
        read_questions(question_file([{"question": "First?"}, line]))
    assert said in str(error.value)
    assert "questions.jsonl, line 2" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_cannot_be_used_is_named(tmp_path, question_file):
    with pytest.raises(EvaluationError, match=r"there is no .*nowhere\.jsonl: name a"):
        read_questions(tmp_path / "nowhere.jsonl")
    with pytest.raises(EvaluationError, match="holds no question: write one JSON object a line"):
        read_questions(question_file(["", " "]))
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes('{"question": "Où?"}\n'.encode("latin-1"))
    with pytest.raises(EvaluationError, match="not UTF-8"):
        read_questions(latin)


def test_a_document_that_is_not_in_the_corpus_is_named(question_file):
    questions = read_questions(question_file([{"question": "Who?", "documents": ["a.md", "b.md"]}]))
    check_documents(questions, {"a.md", "b.md"})
    assert unknown_documents(questions, {"a.md"}) == 1
    with pytest.raises(EvaluationError, match=r'questions.jsonl, line 1 names "b.md", which is not a document'):
        check_documents(questions, {"a.md"})


def test_the_questions_of_this_repository_can_be_read():
    questions = read_questions(ROOT / "tests" / "quality" / "questions.jsonl")
    assert len(questions) == 139
    assert sum(bool(question.unanswerable) for question in questions) == 30
