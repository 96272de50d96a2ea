"""Which sentence of the passages is chosen."""

from qa import Corpus
from tests.fake_embedder import CountingEmbedder


def first(make_corpus, question, **files):
    corpus = Corpus(make_corpus(files), embedder=CountingEmbedder(dimension=512))
    corpus.sync()
    return corpus.ask(question).citations[0].quote


def test_a_first_row_of_two_cells_may_answer_and_one_of_more_does_not(make_corpus):
    table = "# Viewer\n\n| Type | PDF viewer |\n| --- | --- |\n| License | Apache |\n"
    wide = "# Viewer\n\n| Type | PDF viewer | License |\n| --- | --- | --- |\n| Other | Another | Apache |\n"
    assert first(make_corpus, "What type of viewer is it?", **{"a.md": table}) == "Type | PDF viewer"
    assert first(make_corpus, "What type of viewer is it?", **{"a.md": wide}) != "Type | PDF viewer | License"
