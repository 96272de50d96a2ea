"""`footnote eval` as users run it."""

import json
from pathlib import Path

import pytest

from index.judgements import JUDGEMENTS_FILE
from qa import Corpus
from qa.cli import main
from qa.evaluation import EvaluationError, read_report
from qa.evaluation.command import FEEDBACK, Settings, evaluated
from tests.fake_embedder import CountingEmbedder
from tests.qa.evaluation.made import outcome, report

QUESTIONS = [
    {
        "id": "army",
        "question": "Who told the army to purge traitors?",
        "answers": ["purge"],
        "documents": ["news/army.md"],
    },
    {"id": "zebra", "question": "Which zebra won the olympic medal?", "unanswerable": "out-of-corpus"},
]


@pytest.fixture
def open_corpus():
    """Opens a folder with an embedder that needs no model; remembers which."""

    def opened(folder):
        opened.folders.append(folder)
        corpus = Corpus(folder, embedder=CountingEmbedder(dimension=512))
        corpus.sync()
        return corpus

    opened.folders = []
    return opened


def test_a_file_of_questions_is_asked_and_reported(corpus, make_corpus, question_file, open_corpus, tmp_path):
    reports = tmp_path / "r.json", tmp_path / "r.html"
    settings = Settings(questions=question_file(QUESTIONS), corpus=make_corpus({}), reports=reports)
    found = evaluated(settings, open_corpus)
    assert found.report.figure("answer-sentence accuracy").value == 1
    assert found.report.figure("AUROC").value == 1
    assert read_report(reports[0]) == found.report
    assert "<h1><bdi>questions.jsonl</bdi></h1>" in reports[1].read_text()


def test_against_an_earlier_report(corpus, make_corpus, question_file, open_corpus, tmp_path):
    earlier = tmp_path / "old.json"
    wrong = outcome("army", question=QUESTIONS[0]["question"], right=False, best_right=False, found=False)
    earlier.write_text(json.dumps(report(wrong).as_json()))
    reports = tmp_path / "new.json", tmp_path / "new.html"
    settings = Settings(questions=question_file(QUESTIONS), corpus=make_corpus({}), against=earlier, reports=reports)
    comparison = evaluated(settings, open_corpus).comparison
    assert (comparison.common, comparison.only_now, comparison.count("newly right")) == (1, 1, 1)
    raw = json.loads(reports[0].read_text())
    assert raw["against"]["counts"]["newly right"] == 1
    assert "What changed" in reports[1].read_text()
    assert read_report(reports[0])  # a comparison does not keep a report from being compared with


def test_a_beir_folder_is_indexed_and_asked(tmp_path, open_corpus):
    folder = tmp_path / "set"
    (folder / "qrels").mkdir(parents=True)
    texts = {"a/1": "About 2,500 migrants arrive each day.", "b": "The army was purged.", "c": "It rained."}
    (folder / "corpus.jsonl").write_text(
        "".join(json.dumps({"_id": name, "title": f"T {name}", "text": text}) + "\n" for name, text in texts.items())
    )
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "How many migrants arrive each day?"}\n')
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq\ta/1\t1\nq\tgone\t1\n")
    work = tmp_path / "work"
    found = evaluated(Settings(questions=folder, work=work), open_corpus)
    assert found.report.outcomes[0].ranked[0] == "a%2F1.txt"
    assert found.report.figure("recall@5").value == 0.5
    assert found.report.figure("answer-sentence accuracy") is None  # nothing is known of answers
    assert found.report.notes == ("1 right documents are not in this corpus and count as not found.",)
    assert (work / "documents" / ".footnote").is_dir()
    evaluated(Settings(questions=folder), open_corpus)
    assert not open_corpus.folders[-1].exists()
    with pytest.raises(EvaluationError, match="leave --corpus out"):
        evaluated(Settings(questions=folder, corpus=work), open_corpus)


def test_thumbs_are_read_from_the_index_or_from_their_file(corpus, make_corpus, open_corpus):
    folder = make_corpus({})
    answer = corpus.ask("Who told the army to purge traitors?")
    thumb = {"exchange": "1", "question": answer.question, "found": True, "answer": answer.text, "path": "news/army.md"}
    corpus.judgements.append({**thumb, "rating": "up"})
    of_index = evaluated(Settings(questions=Path(FEEDBACK), corpus=folder), open_corpus)
    of_file = evaluated(Settings(questions=folder / ".footnote" / JUDGEMENTS_FILE), open_corpus)
    for found in (of_index, of_file):
        assert found.report.figure("answer-sentence accuracy").value == 1
    assert open_corpus.folders[-1] == folder


def test_json_and_table_go_to_standard_output(corpus, make_corpus, question_file, capsys, monkeypatch):
    monkeypatch.setattr("qa.cli.Corpus", lambda *_, **__: corpus)
    arguments = ["eval", str(question_file(QUESTIONS)), "--corpus", str(make_corpus({}))]
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--json"])
    captured = capsys.readouterr()
    assert ended.value.code == 0
    assert json.loads(captured.out)["facts"]["source"] == "questions.jsonl"
    with pytest.raises(SystemExit):
        main(arguments)
    shown = capsys.readouterr().out
    assert "answer-sentence accuracy" in shown
    assert "95 % interval" in shown


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.jsonl"], "there is no nowhere.jsonl: name a JSON Lines file"),
        (["{folder}"], "has no corpus.jsonl"),
        (["{questions}", "--report", "r.txt"], "--report r.txt ends in neither .json nor .html"),
        (["{questions}", "--report", "nowhere/r.json"], "there is no folder"),
        (["{questions}", "--against", "nowhere.json"], "nowhere.json cannot be read"),
        (["{questions}", "--against", "{questions}"], "is not a report of footnote eval"),
        (["{questions}", "--corpus", "nowhere"], "there is no folder nowhere"),
        (["{empty}"], "holds no question"),
    ],
)
def test_errors_are_one_line_before_anything_is_asked(question_file, tmp_path, capsys, monkeypatch, arguments, said):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    places = {
        "{folder}": str(tmp_path / "here"),
        "{questions}": str(question_file([json.dumps(QUESTIONS[0])])),
        "{empty}": str(question_file([""], "empty.jsonl")),
    }
    with pytest.raises(SystemExit) as ended:
        main(["eval", *(places.get(argument, argument) for argument in arguments)])
    captured = capsys.readouterr()
    assert (ended.value.code, captured.out) == (2, "")
    assert captured.err.startswith("footnote: ")
    assert said in captured.err
    assert captured.err.strip().count("\n") == 0
