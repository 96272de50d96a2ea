"""BEIR-style folders become folders of text files and questions, whatever their ids look like."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation import EvaluationError
from qa.evaluation.beir import LONGEST_NAME, MARKER, document_id, document_path, read_beir, write_documents


@pytest.fixture
def beir(tmp_path):
    folder = tmp_path / "set"
    (folder / "qrels").mkdir(parents=True)
    documents = [
        {"_id": "a/1", "title": "Aid", "text": "About 2,500 arrive."},
        {"_id": ".b", "title": "", "text": "Nothing."},
    ]
    queries = [{"_id": "q1", "text": "How many arrive?"}, {"_id": "q2", "text": "Never judged?"}]
    (folder / "corpus.jsonl").write_text("".join(json.dumps(d) + "\n" for d in documents))
    (folder / "queries.jsonl").write_text("".join(json.dumps(q) + "\n" for q in queries))
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\ta/1\t2\nq1\t.b\t0\n")
    (folder / "qrels" / "train.tsv").write_text("query-id\tcorpus-id\tscore\nq2\ta/1\t1\n")
    return folder


@given(st.text())
def test_every_id_is_a_safe_name_and_comes_back(identity):
    path = document_path(identity)
    assert document_id(path) == identity
    assert path.isascii()
    assert path.endswith(".txt")
    for part in path.split("/"):
        assert 0 < len(part) <= LONGEST_NAME + len(".txt")
        assert part[0] not in ".~"
        assert not set(part) & set('\\:*?"<>|\0\n')


@given(st.text(), st.text())
def test_different_ids_have_different_names(one, other):
    assert (document_path(one) == document_path(other)) == (one == other)


def test_names_stay_readable_where_they_can():
    assert document_path("MED-10") == "MED-10.txt"
    assert document_path("a/b c") == "a%2Fb%20c.txt"
    assert document_path("..") == "%2E..txt"
    assert document_path("") == "%.txt"
    assert document_path(unicodedata.normalize("NFC", "é")) != document_path(unicodedata.normalize("NFD", "é"))


def test_the_judged_queries_become_questions(beir):
    questions, notes = read_beir(beir)
    [question] = questions
    assert (question.id, question.question, notes) == ("q1", "How many arrive?", [])
    assert question.judgements == {"a%2F1.txt": 2, "%2Eb.txt": 0}
    assert [gold.path for gold in question.documents] == ["a%2F1.txt"]


def test_judgements_of_trec_and_without_a_test_table(beir):
    (beir / "qrels" / "test.tsv").unlink()
    (beir / "qrels" / "train.tsv").write_text("q2\t0\ta/1\t1\nq9\t0\ta/1\t1\n")
    questions, notes = read_beir(beir)
    assert [question.id for question in questions] == ["q2"]
    assert notes == ["1 judged queries have no text or no relevant document and were not asked."]


def test_documents_become_text_files_and_stay_in_step(beir, tmp_path):
    work = tmp_path / "work"
    documents = write_documents(beir, work)
    assert (documents / "a%2F1.txt").read_text() == "Aid\n\nAbout 2,500 arrive.\n"
    assert (documents / "%2Eb.txt").read_text() == "Nothing.\n"
    before = (documents / "a%2F1.txt").stat().st_mtime_ns
    (beir / "corpus.jsonl").write_text('{"_id": "a/1", "title": "Aid", "text": "About 2,500 arrive."}\n')
    write_documents(beir, work)
    assert (documents / "a%2F1.txt").stat().st_mtime_ns == before
    assert not (documents / "%2Eb.txt").exists()
    assert (work / MARKER).is_file()


def test_a_work_folder_that_holds_something_else_is_left_alone(beir, tmp_path):
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    with pytest.raises(EvaluationError, match="holds other files: give --work an empty or a new folder"):
        write_documents(beir, mine)
    assert [path.name for path in mine.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("corpus.jsonl", None, "has no corpus.jsonl"),
        ("queries.jsonl", None, "has no queries.jsonl"),
        ("qrels/test.tsv", "q1\ta/1\n", "test.tsv, line 1 is not a judgement"),
        ("qrels/test.tsv", "h\th\th\nq1\ta/1\tmuch\n", "test.tsv, line 2 is not a judgement"),
        ("qrels/test.tsv", "", "judges no query"),
        ("qrels/test.tsv", "q1\tunknown\t1\n", "judges no query of queries.jsonl and document of corpus.jsonl"),
        ("corpus.jsonl", '{"text": "x"}\n', "corpus.jsonl, line 1 has no _id"),
        ("queries.jsonl", '{"_id": "q1"}\n', 'queries.jsonl, line 1 has no "text"'),
    ],
)
def test_a_broken_folder_is_one_line(beir, name, text, said):
    (beir / name).unlink() if text is None else (beir / name).write_text(text)
    with pytest.raises(EvaluationError) as error:
        read_beir(beir)
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('{"_id": "a", "text": "x"}\n' * 2, "of an earlier document"),
        ('{"_id": "a"}\n', "has no text"),
        ("", "no document"),
    ],
)
def test_broken_documents_are_one_line(beir, tmp_path, lines, said):
    (beir / "corpus.jsonl").write_text(lines)
    with pytest.raises(EvaluationError, match=said):
        write_documents(beir, tmp_path / "work")
