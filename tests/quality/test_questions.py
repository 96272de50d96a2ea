"""The sample corpus asked with the real model: right sentences, right places, honest refusals.

The thresholds stand a little below what was measured, so that only a loss of quality fails them.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qa import Corpus

QUESTIONS = [json.loads(line) for line in (Path(__file__).parent / "questions.jsonl").read_text().splitlines()]
ANSWERABLE = [q for q in QUESTIONS if q["answers"]]
OUT_OF_CORPUS = [q for q in QUESTIONS if q.get("unanswerable") == "out-of-corpus"]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory, indexed_sample):
    opened = Corpus(indexed_sample(tmp_path_factory.mktemp("quality") / "corpus"))
    report = opened.sync()
    assert not report.failed
    return opened


@pytest.fixture(scope="module")
def answers(corpus):
    return {question["id"]: corpus.ask(question["question"]) for question in QUESTIONS}


def flat(text):
    return " ".join(text.split())


def is_right(question, text):
    return any(flat(gold).casefold() in flat(text).casefold() for gold in question["answers"])


def share(values):
    values = list(values)
    return sum(values) / len(values)


def test_the_answer_sentence_is_right(answers):
    assert share(is_right(q, answers[q["id"]].text) for q in ANSWERABLE) >= 0.80


def test_a_right_document_is_among_the_citations(answers):
    cited = {q["id"]: {c.path for c in answers[q["id"]].citations} for q in ANSWERABLE}
    assert share(bool(cited[q["id"]] & set(q["documents"])) for q in ANSWERABLE) >= 0.90


def test_right_answers_name_the_right_place(answers):
    for question in ANSWERABLE:
        first = next(iter(answers[question["id"]].citations))
        if not is_right(question, first.quote) or question["documents"] != [first.path]:
            continue
        for name in ("page", "sheet", "slide"):
            if name in question:
                assert getattr(first, name) == question[name], question["question"]


def test_what_is_out_of_the_corpus_is_refused(answers):
    assert share(not answers[q["id"]].found for q in OUT_OF_CORPUS) >= 0.95


def test_every_citation_is_a_slice_of_its_document(corpus, answers):
    texts = {document.path: corpus.document_text(document.path) for document in corpus.documents()}
    for answer in answers.values():
        for cited in answer.citations:
            assert texts[cited.path][cited.start : cited.end] == cited.quote


def test_a_page_is_cited_again_only_behind_all_others(answers):
    again = 0
    for answer in answers.values():
        pages = [(c.path, c.page) for c in answer.citations if c.page is not None]
        is_new = [page not in pages[:at] for at, page in enumerate(pages)]
        assert is_new == sorted(is_new, reverse=True)
        again += len(set(pages)) > 1
    assert again > 10


def test_marks_and_leads_are_of_the_document(corpus, answers):
    marked = leads = 0
    for answer in answers.values():
        for cited in answer.citations:
            text = corpus.document_text(cited.path)
            assert all(cited.start <= mark.start < mark.end <= cited.end for mark in cited.marks)
            assert cited.lead in text or cited.lead in cited.passage
            marked += bool(cited.marks)
            leads += bool(cited.lead)
    assert marked > 100
    assert leads > 30


@pytest.mark.parametrize(
    ("question", "expected", "path"),
    [
        ("Who was told to purge the army, and where?", ["army", "Carabobo"], "news/purge-order-carabobo.txt"),
        ("How many migrants reach Colombia each day?", ["2,500"], None),
    ],
)
def test_the_questions_of_the_readme(corpus, question, expected, path):
    answer = corpus.ask(question)
    assert answer.found
    assert all(word in answer.text for word in expected)
    assert path in (None, answer.citations[0].path)
    assert answer.citations[0].place
