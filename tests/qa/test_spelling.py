"""Misspelt words of a question, read as words of the corpus and said so."""

import re

import pytest

from qa import Corpus
from qa.spelling import spelt
from tests.fake_embedder import CountingEmbedder

KNOWN = {"slovakia", "who", "fled", "how", "many", "people", "the", "of"}


class PieceEmbedder(CountingEmbedder):
    """Knows some words whole; cuts the others into pieces of three letters, as tokenizers cut what they do not know."""

    def token_spans(self, texts):
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
        ("Did the goverment of Slovakia pay?", {"goverment": "govern"}, "Did the govern of Slovakia pay?"),
        ("Who fled Venezuela?", {}, "Who fled Venezuela?"),
        ("Who fled Zimbabwe?", {}, "Who fled Zimbabwe?"),
        ("Who?", {}, "Who?"),
        ("日本 ... 2,500?", {}, "日本 ... 2,500?"),
    ],
)
def test_known_misspellings(corpus, question, words, text):
    with corpus._index.snapshot() as snapshot:
        found = spelt(snapshot, question)
    assert (found.words, found.text) == (words, text)


def test_a_word_spelt_well_that_stands_nowhere_is_strange(corpus):
    with corpus._index.snapshot() as snapshot:
        assert spelt(snapshot, "How many of the people of Slovakia fled Xyzzyland?").strange == {"slovakia"}


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
