"""The corpora that large benchmarks are run on: an index and files that a sync finds in step."""

import sqlite3

import pytest

from benchmarks.scale_corpus import make
from qa import Corpus
from tests.fake_embedder import CountingEmbedder

FILES = {
    f"{at}.txt": "\n\n".join(
        f"The mill number {at}.{n} ground {at * n} sacks of rye. It stood still in May." for n in range(9)
    )
    for at in range(1, 8)
}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """The index that the corpora are made from."""
    folder = tmp_path_factory.mktemp("scale") / "source"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(f"# Mill\n\n{text * 6}")
    Corpus(folder, embedder=CountingEmbedder()).sync()
    return folder / ".footnote" / "index.db"


@pytest.fixture(scope="module")
def made(source, tmp_path_factory):
    out = tmp_path_factory.mktemp("made") / "out"
    make(source, out, 120, 1, sentences=True, files=True)
    return Corpus(out, embedder=CountingEmbedder())


def test_a_sync_finds_all_files_as_the_index_has_them(made):
    report = made.sync()
    assert (report.documents, report.passages) == (12, 120)
    assert len(report.unchanged) == 12
    assert report.embedded == 0


def test_its_passages_are_found_and_are_slices_of_their_documents(made):
    made.sync()
    hits = made.search("mill rye sacks", 5)
    assert hits
    for hit in hits:
        assert made.document_text(hit.path)[hit.start : hit.end] == hit.passage


def test_without_vectors_of_sentences_it_says_that_they_are_still_to_come(source, tmp_path):
    make(source, tmp_path / "out", 30, 1, sentences=False, files=False)
    corpus = Corpus(tmp_path / "out", embedder=CountingEmbedder())
    assert corpus.search("mill rye sacks", 5)
    with sqlite3.connect(tmp_path / "out" / ".footnote" / "index.db") as connection:
        assert connection.execute("SELECT value FROM meta WHERE name = 'under_way'").fetchone() == ("yes",)
