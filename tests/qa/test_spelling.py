"""Misspelt words of a question, read as words of the corpus and said so."""

import re
import time

import pytest

from qa import Corpus
from qa.corpus import MAX_QUESTION_CHARACTERS
from qa.spelling import LOOKED_AT, spelt
from tests.fake_embedder import CountingEmbedder

KNOWN = {"slovakia", "cuba", "crossing", "government", "who", "fled", "how", "many", "people", "the", "of"}


class PieceEmbedder(CountingEmbedder):
    """Knows some words whole; cuts the others into pieces of three letters, as tokenizers cut what they do not know.

    Remembers what it was asked to cut.
    """

    def __init__(self):
        super().__init__()
        self.cut = []

    def token_spans(self, texts):
        self.cut.extend(texts)
        return [[span for match in re.finditer(r"\w+", text) for span in _pieces(match)] for text in texts]


def _pieces(match):
    start, end = match.span()
    if match.group().lower() in KNOWN:
        return [(start, end)]
    return [(at, min(at + 3, end)) for at in range(start, end, 3)]


@pytest.fixture
def corpus(make_corpus):
    files = {
        "a.txt": "Many people fled Venezuela. The government of Slovenia sent aid.",
        "b.txt": "Venezuela has oil. Venezuelans have left.",
        "c.txt": "Soldiers crossed the bridge.",
    }
    opened = Corpus(make_corpus(files), embedder=PieceEmbedder())
    opened.sync()
    return opened


@pytest.mark.parametrize(
    ("question", "words", "text"),
    [
        ("Who fled Venezuala?", {"Venezuala": "venezuela"}, "Who fled venezuela?"),
        ("Did the goverment of Slovakia pay?", {"goverment": "govern"}, "Did the government of Slovakia pay?"),
        ("Many soldeirs on brigdes?", {"soldeirs": "soldier", "brigdes": "bridg"}, "Many soldiers on bridges?"),
        ("Who fled Zimbabwes or Cubas?", {}, "Who fled Zimbabwes or Cubas?"),
        ("Who fled Venezuela?", {}, "Who fled Venezuela?"),
        ("Who fled Zimbabwe?", {}, "Who fled Zimbabwe?"),
        ("Who?", {}, "Who?"),
        ("日本 ... 2,500?", {}, "日本 ... 2,500?"),
        (
            "Venezuala's or Venezuala?",
            {"Venezuala's": "venezuela", "Venezuala": "venezuela"},
            "venezuela or venezuela?",
        ),
        ("Is it Venezualans'Slovenja?", {}, "Is it Venezualans'Slovenja?"),
        ("Is it Venezuala大統領?", {}, "Is it Venezuala大統領?"),
    ],
)
def test_known_misspellings(corpus, question, words, text):
    with corpus._index.snapshot() as snapshot:
        found = spelt(snapshot, question)
    assert (found.words, found.text) == (words, text)


def test_a_word_spelt_well_that_stands_nowhere_is_strange(corpus):
    with corpus._index.snapshot() as snapshot:
        assert spelt(snapshot, "How many of the people of Slovakia fled Xyzzyland?").strange == {"slovakia"}


def test_the_plural_of_a_word_spelt_well_is_strange(corpus):
    with corpus._index.snapshot() as snapshot:
        found = spelt(snapshot, "Which crossings, and which crossed?")
    assert (found.words, found.strange) == ({}, frozenset())
    with corpus._index.snapshot() as snapshot:
        assert spelt(snapshot, "How many slovakias?").strange == {"slovakia"}


def test_a_short_word_may_be_strange(corpus):
    with corpus._index.snapshot() as snapshot:
        assert spelt(snapshot, "How many people fled Cuba for Xyzt?").strange == {"cuba"}


def looked_at(corpus, question):
    """The words that the model is asked for."""
    with corpus._index.snapshot() as snapshot:
        snapshot._embedder.cut.clear()
        spelt(snapshot, question)
        return list(snapshot._embedder.cut)


def test_each_word_is_looked_at_once(corpus):
    assert looked_at(corpus, "Venezuala or Cuba or Venezuala or Cuba?") == ["Venezuala", "Cuba"]


def test_a_word_is_replaced_wherever_it_stands_and_the_words_after_the_limit_are_not(corpus):
    others = [f"xyz{chr(97 + n)}" for n in range(LOOKED_AT - 1)]
    question = " ".join(["Venezuala", *others, "Slovenja", "Venezuala"])
    assert looked_at(corpus, question) == ["Venezuala", *others]
    with corpus._index.snapshot() as snapshot:
        assert spelt(snapshot, question).text == " ".join(["venezuela", *others, "Slovenja", "venezuela"])


@pytest.mark.parametrize("first", ["一", "가", "ぁ"])
def test_words_without_spaces_are_not_looked_at(corpus, first):
    question = "".join(chr(ord(first) + n * n % 79) for n in range(MAX_QUESTION_CHARACTERS))
    begun = time.perf_counter()
    assert looked_at(corpus, question) == []
    assert looked_at(corpus, f"{first} {first * 2}") == []
    assert time.perf_counter() - begun < 2  # about .05 s


def test_an_answer_says_what_was_looked_for_instead(corpus):
    answer = corpus.ask("How many people fled Venezuala?")
    assert answer.citations[0].path == "a.txt"
    assert answer.read_as == (("Venezuala", "Venezuela"),)


def test_a_word_that_is_there_is_left_alone(corpus):
    assert corpus.ask("Who fled Venezuela?").read_as == ()


def test_removed_words_are_not_offered(make_corpus):
    folder = make_corpus({"a.txt": "Many fled Venezuela.", "b.txt": "Soldiers crossed."})
    corpus = Corpus(folder, embedder=PieceEmbedder())
    corpus.sync()
    (folder / "a.txt").unlink()
    corpus.sync()
    assert corpus.ask("Who fled Venezuala?").read_as == ()
