"""Reading around some characters of a document: slices, places, and what cannot be read."""

import pytest

from index.errors import QuestionError
from qa import Corpus
from qa.excerpts import MAX_EXCERPT_CHARACTERS
from tests.fake_embedder import CountingEmbedder

TEXT = "# Aid\n\nBoats brought flour.\n\n## Peru\n\nPeru sent tents.\n"


@pytest.fixture
def corpus(make_corpus):
    corpus = Corpus(make_corpus({"aid.md": TEXT, "long.txt": "a word " * 10_000}), embedder=CountingEmbedder())
    corpus.sync()
    return corpus


def test_an_excerpt_is_a_slice_around_a_slice(corpus):
    start = TEXT.index("Peru sent")
    read = corpus.excerpt("aid.md", start, start + 9, around=5)
    assert (read.quote, read.text) == ("Peru sent", "eru\n\nPeru sent tent")
    assert (read.text_start, read.text_end, read.length) == (start - 5, start + 14, len(TEXT))
    assert (read.title, read.place, read.at.heading) == ("Aid", "Aid › Peru, line 7", ("Aid", "Peru"))


def test_an_excerpt_ends_where_the_document_does(corpus):
    read = corpus.excerpt("aid.md", 0, len(TEXT), around=100)
    assert read.quote == read.text == corpus.document_text("aid.md")
    assert corpus.excerpt("aid.md", len(TEXT), len(TEXT), around=0).text == ""


def test_each_citation_can_be_read_again(corpus):
    for cited in corpus.ask("What did Peru send?").citations:
        read = corpus.excerpt(cited.path, cited.start, cited.end)
        assert (read.quote, read.place) == (cited.quote, cited.place)


@pytest.mark.parametrize(
    ("path", "start", "end", "around", "words"),
    [
        ("no.md", 0, 1, 0, "there is no document no.md"),
        ("aid.md", -1, 1, 0, "aid.md has no characters -1 to 1"),
        ("aid.md", 2, 1, 0, "aid.md has no characters 2 to 1"),
        ("aid.md", 0, 1_000, 0, f"to 1,000: its text has {len(TEXT)}"),
        ("aid.md", 0, 1, -1, "at least 0 around"),
        ("long.txt", 0, MAX_EXCERPT_CHARACTERS + 1, 0, "at most 50,000 in all"),
        ("long.txt", 0, 1, MAX_EXCERPT_CHARACTERS, "at most 50,000 in all"),
    ],
)
def test_what_is_not_there_is_said(corpus, path, start, end, around, words):
    with pytest.raises(QuestionError, match=words):
        corpus.excerpt(path, start, end, around=around)
