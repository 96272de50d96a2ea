"""Quoted strings and identifiers: recognised, and honoured to the letter."""

import time

import pytest

from qa import Corpus
from qa.corpus import MAX_QUESTION_CHARACTERS
from qa.literal import Literal, LiteralKind, holds, literals, weights
from tests.fake_embedder import CountingEmbedder


def found(question):
    return [literal.text for literal in literals(question)]


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ('What does "purge the army" mean?', ["purge the army"]),
        ("Wo steht „Zweiter Absatz“?", ["Zweiter Absatz"]),
        ("Qui a dit « bonjour à tous » ?", ["bonjour à tous"]),
        ("Which release fixes CVE-2021-44228 in v2.3?", ["CVE-2021-44228", "v2.3"]),
        ("What is the A380's range?", ["A380"]),
        ("What do clause 10.2, section 3.1.4 and § 5.2 say of 3.5 million in clause 4?", ["10.2", "3.1.4", "5.2"]),
        ("Where is MAX_TOKENS set in src/app.py?", ["MAX_TOKENS", "src/app.py"]),
        ("What do __init__, __a_b__ and std::sort do to _it, it_ and ___?", ["__init__", "__a_b__", "std::sort"]),
        ("Who reads mail to press@example.org?", ["press@example.org"]),
        ("What did p53 and IL-2 do to H1N1?", ["p53", "IL-2", "H1N1"]),
        ("What happened in the mid-1990s, on the 5th, at 10am, to the 20-year-old?", []),
        ("How much is 2,500 of 3.5 million, 40% or $12bn?", []),
        ("Who met the and/or clause of 2019-04-30?", []),
        ('What is \'\' or "" or " ? "?', []),
        ("Don't the soldiers' wives' letters count?", []),
    ],
)
def test_known_questions(question, wanted):
    assert found(question) == wanted


def test_each_literal_once_and_not_too_many():
    assert found('"the army" and "the army"') == ["the army"]
    assert len(literals(" ".join(f"X{number}" for number in range(50)))) == 8


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("the CVE-2021-44228 case", True),
        ("the cve‑2021‑44228, again", True),
        ("(CVE–2021–44228)", True),
        ("CVE-2021-442281", False),
        ("XCVE-2021-44228", False),
        ("CVE 2021 44228", False),
    ],
)
def test_a_literal_stands_as_a_whole(text, held):
    assert holds(text, Literal("CVE-2021-44228", LiteralKind.IDENTIFIER)) is held


def test_white_space_and_case_are_no_difference():
    assert holds("He told them to Purge\n  the army.", Literal("purge the army", LiteralKind.QUOTED))


def test_a_quoted_string_weighs_more_than_an_identifier():
    wanted = literals('"told him" in A17')
    both, quoted, named, none = weights(["A17: told him", "told him", "A17", "told"], wanted)
    assert both > quoted > named > none == 0


@pytest.mark.parametrize("question", ['"' + "a" * 100_000, "A1-" * 30_000, "a_" * 50_000, "x@" * 50_000, "a/" * 50_000])
def test_hostile_questions_take_no_time(question):
    assert len(literals(question)) <= 8


@pytest.mark.parametrize("unit", ["_", "_a", "a_", "a/", "a-", "x@", "a.", "a::", "a@b."])
@pytest.mark.parametrize("end", ["-?", "=", "/"])
def test_what_is_almost_an_address_takes_no_time(unit, end):
    begun = time.perf_counter()
    found(f"Fill in: Name {'_' * 40}{end}")  # each "_" more takes half as long again where a word matches in many ways
    assert time.perf_counter() - begun < 1
    found(unit * (MAX_QUESTION_CHARACTERS // len(unit)) + end)
    assert time.perf_counter() - begun < 2  # about .01 s


@pytest.fixture
def corpus(make_corpus):
    notes = {
        f"note{n}.txt": f"The part number of the pump in hall {n} is ZX-{n}. Ask for the pump part."
        for n in range(1, 9)
    }
    opened = Corpus(
        make_corpus({**notes, "song.txt": "They sang of the last pump standing."}), embedder=CountingEmbedder()
    )
    opened.sync()
    return opened


def test_a_passage_that_holds_the_identifier_comes_first(corpus):
    for number in (1, 5, 8):
        assert corpus.search(f"What pump part has the part number ZX-{number}?")[0].path == f"note{number}.txt"


def test_a_passage_that_holds_the_quoted_string_comes_first(corpus):
    question = 'In which hall is the part number of the pump, "last pump standing"?'
    assert corpus.search(question)[0].path == "song.txt"
    assert corpus.ask(question).citations[0].path == "song.txt"
    assert [hit.path for hit in corpus.search(question, within=["note*"])].count("song.txt") == 0


def test_a_quoted_string_that_stands_nowhere_finds_what_it_can(corpus):
    assert corpus.search('the pump in "hall 99"')


def test_which_passages_are_read_does_not_depend_on_their_history(make_corpus, tmp_path):
    folder = make_corpus({f"d{n:03d}.txt": f"Note {n}: they purge the army." for n in range(400)})
    corpus = Corpus(folder, embedder=CountingEmbedder())
    corpus.sync()
    for n in range(0, 400, 2):
        (folder / f"d{n:03d}.txt").write_text(f"Note {n}: they purge the army!")
    corpus.sync()
    fresh = Corpus(folder, index=tmp_path / "fresh", embedder=CountingEmbedder())
    fresh.sync()
    question = 'What does "purge the army" mean?'
    assert places(corpus.search(question, 30)) == places(fresh.search(question, 30))
    assert places(corpus.ask(question).citations) == places(fresh.ask(question).citations)


def places(hits):
    return [(hit.path, hit.start, [other.path for other in hit.also]) for hit in hits]
