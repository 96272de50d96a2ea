"""The corpora that large benchmarks are run on: an index and files that a sync finds in step."""

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
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scale")
    (folder / "source").mkdir()
    for name, text in FILES.items():
        (folder / "source" / name).write_text(f"# Mill\n\n{text * 6}")
    Corpus(folder / "source", embedder=CountingEmbedder()).sync()
    make(folder / "source" / ".footnote" / "index.db", folder / "out", 120, 1, sentences=True, files=True)
    return Corpus(folder / "out", embedder=CountingEmbedder())


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
