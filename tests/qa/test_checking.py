"""A check asks the index for its own passages, and says what cannot be found or cited."""

import errno
import json
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from index import Span
from index.checking import Verdict
from qa import Corpus
from qa.checking import check_as_json, rare_words
from qa.cli import main
from tests.fake_embedder import CountingEmbedder
from tests.index.altered import alter

FILES = {
    "army.md": "# The purge\n\nThe president told the army to purge traitors in Carabobo.\n",
    "aid.md": "# Aid\n\nColombia hosts 1.3 million migrants. About 2,500 more arrive each day.\n",
    "copy.md": "# Aid\n\nColombia hosts 1.3 million migrants. About 2,500 more arrive each day.\n",
    "signs.txt": "§ § §\n",
}


@pytest.fixture
def corpus(make_corpus):
    opened = Corpus(make_corpus(FILES), embedder=CountingEmbedder())
    opened.sync()
    return opened


def findings(corpus, **others):
    return {finding.name: finding for finding in corpus.check(**others).findings}


@pytest.mark.parametrize(
    ("text", "idf", "words"),
    [
        ("The army told the army", {"armi": 1.0, "tell": 2.0}, "army told"),
        ("Norway's aid, 2,500 tons", {"norway": 3.0, "aid": 1.0, "2500": 2.0, "ton": 1.0}, "Norway's aid 2,500 tons"),
        ("a b c d e f g h i j k", dict.fromkeys("bcefghjk", 1.0) | {"k": 9.0}, "b c e f g h j k"),
        ("of the and", {}, ""),
        ("哥伦比亚", {"哥伦": 1.0, "伦比": 1.0, "比亚": 1.0}, "哥伦比亚"),
        ("x" * 200, {"x" * 64: 1.0, "x" * 8: 1.0}, "x" * 64),
    ],
)
def test_a_question_is_made_of_the_rarest_words_as_written(text, idf, words):
    assert rare_words(text, idf) == words


def test_of_many_words_the_rarest_are_taken_in_their_order():
    words = [f"w{n}" for n in range(20)]
    assert rare_words(" ".join(words), {word: float(at) for at, word in enumerate(words)}) == " ".join(words[12:])


def test_a_sound_index_is_well_and_its_passages_are_found(corpus):
    report = corpus.check()
    assert report.well
    found = {finding.name: finding for finding in report.findings}
    assert list(found)[-3:] == ["reachable", "citations", "speed"]
    facts = found["reachable"].facts
    assert (facts["asked"], facts["found"], facts["without_words"], facts["share"]) == (3, 3, 1, 1.0)
    assert found["citations"].facts["answers"] == 3
    assert found["citations"].facts["citations"] >= 3
    assert found["speed"].verdict == Verdict.NOTE
    assert 0 < found["speed"].facts["search_median_ms"] <= found["speed"].facts["search_p95_ms"]


def test_the_sample_bounds_what_is_asked(corpus):
    assert findings(corpus, sample=2)["reachable"].facts["asked"] <= 2


def test_passages_that_search_never_finds_are_named(corpus, monkeypatch):
    search = corpus.search
    monkeypatch.setattr(corpus, "search", lambda *a, **k: [h for h in search(*a, **k) if h.path != "army.md"])
    reachable = findings(corpus)["reachable"]
    assert (reachable.verdict, reachable.facts["found"]) == (Verdict.WRONG, 2)
    assert "2 of 3 passages found" in reachable.said
    assert "footnote sync --rebuild" in reachable.remedy
    [example] = reachable.examples
    assert example.startswith("army.md at 2 (“The purge")
    assert "Carabobo" in example


def test_a_passage_that_says_what_many_others_say_is_no_fault(make_corpus):
    others = {f"{n}.txt": f"Exhibit ten.\n{'z' * n}" for n in range(1, 15)}
    opened = Corpus(make_corpus({"own.txt": "Exhibit ten.", **others}), embedder=CountingEmbedder())
    opened.sync()
    search = opened.search
    opened.search = lambda *a, **k: [h for h in search(*a, **k) if h.path != "own.txt"]
    reachable = findings(opened)["reachable"]
    assert (reachable.verdict, reachable.facts["like_others"], reachable.facts["found"]) == (Verdict.OK, 1, 14)
    assert "1 say what more than 10 others say too" in reachable.said


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"start": 0, "end": 3}, "the quote is not its characters 0 to 3"),
        ({"quote": ""}, "the quote is not its characters"),
        ({"passage_start": 5}, "the passage does not stand at 5"),
        ({"marks": (Span(0, 2),)}, "a mark is outside the quote at"),
        ({"lead": "Made up"}, "the words before the quote at"),
    ],
)
def test_a_citation_that_is_no_slice_is_named(corpus, monkeypatch, change, said):
    ask = corpus.ask

    def bent(question):
        answer = ask(question)
        return replace(answer, citations=tuple(replace(cited, **change) for cited in answer.citations))

    monkeypatch.setattr(corpus, "ask", bent)
    citations = findings(corpus)["citations"]
    assert citations.verdict == Verdict.WRONG
    assert said in " ".join([citations.said, *citations.examples])


def test_an_answer_that_stands_nowhere_is_named(corpus, monkeypatch):
    ask = corpus.ask
    monkeypatch.setattr(corpus, "ask", lambda question: replace(ask(question), found=True, text="Made up."))
    assert "stands in none of the documents it cites" in findings(corpus)["citations"].said


def test_an_index_that_is_wrong_in_itself_is_not_asked(corpus, tmp_path):
    with closing(sqlite3.connect(tmp_path / "corpus" / ".footnote" / "index.db")) as connection:
        connection.execute("UPDATE passages SET text = 'Something else.' WHERE start = 0")
        connection.commit()
    report = corpus.check()
    found = {finding.name: finding for finding in report.findings}
    assert not report.well
    assert found["rows"].verdict == Verdict.WRONG
    assert (found["reachable"].verdict, found["reachable"].said) == (Verdict.NOT_CHECKED, "mend first: rows")


def test_an_empty_index_is_well(tmp_path):
    opened = Corpus(tmp_path, embedder=CountingEmbedder())
    opened.sync()
    report = opened.check()
    assert report.well
    assert report.findings[-1].said == "there is no passage with words to ask for"


def test_a_report_is_json(corpus):
    read = json.loads(json.dumps(check_as_json(corpus.check())))
    assert read["well"] is True
    assert {"name", "verdict", "said", "remedy", "examples", "facts"} == set(read["findings"][0])
    assert [f["verdict"] for f in read["findings"] if f["name"] == "store"] == ["ok"]


def status_of(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(["check", *map(str, arguments)])
    return ended.value.code


def test_the_command_says_how_it_went_and_ends_with_its_status(make_corpus, capsys):
    folder = make_corpus(FILES)
    Corpus(folder).sync()
    assert status_of("--corpus", folder) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ok          store      the SQLite file is sound")
    assert lines[-1].startswith("All is well (")
    (folder / ".footnote" / "vectors.fn").write_bytes(b"junk")
    assert status_of("--corpus", folder, "--json") == 1
    read = json.loads(capsys.readouterr().out)
    assert [f["name"] for f in read["findings"] if f["verdict"] == "wrong"] == ["files"]
    assert [f["name"] for f in read["findings"]][-1] == "speed"
    assert status_of("--corpus", folder) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "Wrong: files."


@pytest.mark.parametrize(("arguments", "said"), [((), "there is no index"), (("--sample", "0"), "--sample")])
def test_wrong_use_ends_with_status_two(tmp_path, capsys, arguments, said):
    assert status_of("--corpus", tmp_path, *arguments) == 2
    assert said in capsys.readouterr().err


def test_a_repair_mends_says_how_and_checks_again(corpus, tmp_path):
    folder = tmp_path / "corpus"
    alter(folder / ".footnote" / "index.db", "UPDATE texts SET text = x'00'", sealed=())
    assert not corpus.check().well
    report = corpus.check(repair=True)
    assert report.well
    read_again = {f"index.db: what it holds of {path} is damaged; it is read again" for path in FILES}
    assert set(report.mended[:-1]) == read_again
    assert check_as_json(report)["mended"] == list(report.mended)
    assert corpus.check(repair=True).mended == ()


def test_the_shell_names_damage_in_one_line_and_repairs_it(corpus, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("index.hiring.load_embedder", lambda *_given, **_named: CountingEmbedder())
    folder = tmp_path / "corpus"
    database = folder / ".footnote" / "index.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.write_bytes(database.read_bytes()[:9000])
    for command in (["ask", "army"], ["search", "army"], ["sync"], ["search", "--no-sync", "army"]):
        with pytest.raises(SystemExit) as ended:
            main([*command, "--corpus", str(folder)])
        assert ended.value.code == 2
        said = capsys.readouterr().err.strip()
        assert said.startswith(f"footnote: the index file {database} is damaged (")
        assert said.endswith("): run `footnote check --repair`")
        assert "\n" not in said
    with pytest.raises(SystemExit) as ended:
        main(["check", "--repair", "--corpus", str(folder)])
    assert ended.value.code in {0, None}
    said = capsys.readouterr().out
    assert "mended      index.db: built anew; the damaged file is kept as index.db.damaged-" in said
    assert "All is well" in said


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_repair_that_ends_in_an_error_says_first_what_it_found_and_did(
    corpus, tmp_path, capsys, monkeypatch, options
):
    monkeypatch.setattr("index.hiring.load_embedder", lambda *_given, **_named: CountingEmbedder())
    folder = tmp_path / "corpus"
    alter(folder / ".footnote" / "index.db", "UPDATE texts SET text = x'00'", sealed=())

    def full(*_given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("index.folder.Index._built", full)
    assert status_of("--corpus", folder, "--repair", *options) == 2
    said = capsys.readouterr()
    lines = (said.err if options else said.out).splitlines()[: len(FILES)]
    assert all(line.startswith("mended      index.db: what it holds of ") for line in lines)
    assert len(lines) == len(FILES)
    assert said.err.splitlines()[-1].startswith("footnote: the repair of the index in ")
    assert not options or not said.out
