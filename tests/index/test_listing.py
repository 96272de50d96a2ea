"""All documents of a folder: those that were read, and those that wait to be."""

import os
import time

import pytest

from index import Index
from index.errors import StoreError
from index.holdings import Holdings
from tests.fake_embedder import CountingEmbedder


@pytest.fixture
def corpus(make_corpus):
    return make_corpus({"a.txt": "The army.", "reports/b.md": "The aid.", "photo.jpg": "no document"})


@pytest.fixture
def holdings(corpus):
    return Holdings(corpus, corpus / ".footnote", Index(corpus).held)


def sync(corpus):
    Index(corpus, embedder=CountingEmbedder()).sync()


def waiting(holdings):
    return [(document.path, document.is_new) for document in holdings.listing().waiting]


def test_before_the_first_sync_all_documents_wait(holdings):
    assert waiting(holdings) == [("a.txt", True), ("reports/b.md", True)]
    assert holdings.listing().documents == ()


def test_after_a_sync_none_does(corpus, holdings):
    sync(corpus)
    listing = holdings.listing()
    assert [document.path for document in listing.documents] == ["a.txt", "reports/b.md"]
    assert listing.waiting == ()
    assert listing.folder_is_there


def test_what_is_new_or_changed_since_waits(corpus, holdings):
    sync(corpus)
    (corpus / "c.txt").write_text("The river.")
    (corpus / "a.txt").write_text("The army marched.")
    assert waiting(holdings) == [("a.txt", False), ("c.txt", True)]
    sync(corpus)
    assert waiting(holdings) == []


def test_a_change_of_the_same_length_is_seen_by_its_time(corpus, holdings):
    sync(corpus)
    later = time.time() + 60
    (corpus / "a.txt").write_text("The navy.")
    os.utime(corpus / "a.txt", (later, later))
    assert waiting(holdings) == [("a.txt", False)]


def test_a_document_says_when_its_file_was_changed(corpus, holdings):
    os.utime(corpus / "a.txt", (1_557_662_580, 1_557_662_580))
    sync(corpus)
    old, fresh = holdings.listing().documents
    assert fresh.modified_at == pytest.approx(time.time(), abs=60)
    # Changing the times is a change of the file as well, and too fresh to keep: the next sync remembers them.
    assert old.modified_at in {1_557_662_580, old.indexed_at}


def test_a_folder_that_is_gone_leaves_what_was_read(corpus, holdings, tmp_path):
    sync(corpus)
    apart = Holdings(tmp_path / "gone", corpus / ".footnote", Index(corpus).held)
    assert len(apart.listing().documents) == 2
    assert not apart.listing().folder_is_there


def test_an_index_that_cannot_be_read_is_an_error_of_ours(corpus, holdings):
    sync(corpus)
    for path in (corpus / ".footnote").glob("index.db*"):
        path.write_bytes(b"no database at all" * 1000)
    with pytest.raises(StoreError):
        holdings.listing()
