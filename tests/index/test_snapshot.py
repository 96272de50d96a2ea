"""What a snapshot adds up over several passages, by hand."""

import os

import numpy as np
import pytest

from index import Index
from index.errors import IndexMissing
from index.writing import WritableStore
from tests.fake_embedder import CountingEmbedder

FILES = {
    "long.md": "# One\n\nalpha\n\n# Two\n\nalpha beta\n\n# Three\n\nbeta\n\n# Four\n\ngamma\n",
    "short.md": "alpha\n",
}


class Counted(CountingEmbedder):
    """One direction for each of three words, whatever else a text says."""

    def __init__(self):
        super().__init__(dimension=4)

    def _vector(self, text):
        found = np.array([text.count(word) for word in ("alpha", "beta", "gamma")] + [0], dtype=np.float32)
        found[3] = not found.any()
        return found / np.linalg.norm(found)


@pytest.fixture
def snapshot(make_corpus):
    made = Index(make_corpus(FILES), embedder=Counted())
    made.sync()
    with made.snapshot() as opened:
        yield opened


def in_order(snapshot, path):
    """Ids of a document's passages in reading order."""
    records = snapshot.passages(snapshot.passages_within([path]).tolist())
    return np.array([record.id for record in sorted(records, key=lambda record: record.start)])


def test_surrounding_cosines_are_the_mean_of_the_neighbours(snapshot):
    # Cosines of the four passages with "alpha": 1, .707, 0, 0.
    ids, question = in_order(snapshot, "long.md"), snapshot.embed_question("alpha")
    assert len(ids) == 4
    near = snapshot.surrounding_cosines(question, ids, 1)
    assert near.tolist() == pytest.approx([0.7071, 0.5, 0.3536, 0.0], abs=1e-3)
    wide = snapshot.surrounding_cosines(question, ids[::-1], 2)
    assert wide.tolist() == pytest.approx([0.3536, 0.5690, 0.3333, 0.3536], abs=1e-3)


def test_a_passage_alone_in_its_document_has_no_surroundings(snapshot):
    alone = snapshot.surrounding_cosines(snapshot.embed_question("alpha"), in_order(snapshot, "short.md"), 2)
    assert np.isnan(alone).tolist() == [True]


def test_the_spread_is_that_of_the_best_sentence_of_each_passage(snapshot):
    # Best sentences with "alpha": 1, .707, 0, 0 and 1; headings say none of the three words.
    best = [1.0, 0.7071, 0.0, 0.0, 1.0]
    spread = snapshot.sentence_spread(snapshot.embed_question("alpha"))
    assert spread == pytest.approx((np.mean(best), np.std(best)), abs=5e-3)


def test_an_empty_index_has_no_spread(tmp_path):
    made = Index(tmp_path, embedder=Counted())
    made.sync()
    with made.snapshot() as opened:
        assert opened.sentence_spread(opened.embed_question("alpha")) == (0.0, 0.0)


NAMES = (
    "report [1].md",
    "report 1.md",
    "report*.md",
    "report two.md",
    "report/three.md",
    "report?.md/four.md",
    "no 1.md",
)


@pytest.mark.parametrize(
    ("patterns", "paths"),
    [
        (["report [1].md"], {"report [1].md"}),
        (["report*.md"], {"report*.md"}),
        (["report 1.md", "report [1].md"], {"report 1.md", "report [1].md"}),
        (["report [12].md"], {"report 1.md"}),
        (["report *.md"], {"report [1].md", "report 1.md", "report two.md"}),
        (["report*.md", "report t*"], {"report*.md", "report two.md"}),
        (["report"], {"report/three.md"}),
        (["report/"], {"report/three.md"}),
        (["report?.md"], {"report?.md/four.md", "report*.md"}),
        (["*"], set(NAMES)),
        (["[1].md", "nowhere/"], set()),
        (["no [1].md"], set()),  # indexed as one that could not be read
    ],
)
def test_the_path_of_a_document_means_that_one_only(make_corpus, patterns, paths):
    files = {name: f"Text {number}.\n" for number, name in enumerate(NAMES)}
    made = Index(make_corpus({**files, "no [1].md": ""}), embedder=Counted())
    made.sync()
    with made.snapshot() as opened:
        found = opened.passages(opened.passages_within(patterns).tolist())
    assert {record.document.path for record in found} == paths


def test_what_lies_in_a_folder_follows_what_is_moved_there(make_corpus):
    folder = make_corpus({"reports/a.txt": "The army.", "b.txt": "The river.", "broken [1].pdf": b"%PDF-"})
    index = Index(folder, embedder=CountingEmbedder())
    index.sync()

    def within(*patterns):
        with index.snapshot() as opened:
            return [passage.document.path for passage in opened.passages(opened.passages_within(patterns).tolist())]

    for _ in range(2):
        assert within("reports") == ["reports/a.txt"]
        assert within("*.txt", "broken [1].pdf") == ["reports/a.txt", "b.txt"]
    (folder / "b.txt").rename(folder / "reports" / "b.txt")
    index.sync(only=["b.txt", "reports/b.txt"])
    assert within("reports") == ["reports/a.txt", "reports/b.txt"]


def test_a_document_is_found_by_its_path_in_any_state_and_spelling(make_corpus):
    folder = make_corpus({"aid/é.txt": "The aid.", "broken.pdf": b"%PDF-"})
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("The café opens at nine.")
    index = Index(folder, embedder=CountingEmbedder())
    index.sync()
    with index.snapshot() as opened:
        for path, state in (("aid/é.txt", "indexed"), ("broken.pdf", "failed"), ("caf\\xe9.txt", "indexed")):
            found = opened.record(path)
            assert (found.path, found.state) == (path, state)
        assert opened.record("aid") is None
        assert opened.document("caf\\xe9.txt").text.startswith("The café")


def test_asking_while_the_first_sync_begins_says_that_there_is_no_index(tmp_path):
    index = Index(tmp_path, embedder=CountingEmbedder())
    index.folder.mkdir()
    WritableStore.create(index.folder / "index.db").close()  # its model is written down a moment later
    with pytest.raises(IndexMissing, match="footnote sync"), index.snapshot():
        pass
