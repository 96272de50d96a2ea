"""Damage in a large file is found by a process that lives on, and costs no answer."""

import threading

import pytest

from index import arrays, verifying
from qa import Corpus
from tests.fake_embedder import CountingEmbedder

FILES = {f"{at}.txt": f"The mill number {at} ground {at * 7} sacks of rye." for at in range(300)}


@pytest.fixture
def corpus(make_corpus, monkeypatch):
    monkeypatch.setattr(arrays, "CHECKED_AT_ONCE", 100)
    monkeypatch.setattr(verifying, "CHECKED_AT_ONCE", 100)
    monkeypatch.setattr(verifying, "SECONDS", 0.0)
    folder = make_corpus(FILES)
    Corpus(folder, embedder=CountingEmbedder()).sync()
    return Corpus(folder, embedder=CountingEmbedder())


def verified():
    """Wait until the threads that compare have ended."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.join(30)


def damage(folder):
    [path] = folder.glob("vectors-*.fn")
    raw = bytearray(path.read_bytes())
    at = arrays.offset_of(path, "vectors") + 1
    raw[at] ^= 0x40
    path.write_bytes(raw)
    return path


def test_whole_files_stay(corpus):
    corpus.search("mill 7")
    verified()
    assert list((corpus._index.folder).glob("vectors-*.fn"))


def test_a_damaged_file_is_taken_from_the_store(corpus, caplog):
    expected = [hit.path for hit in corpus.search("mill number 7 rye")]
    verified()
    path = damage(corpus._index.folder)
    other = Corpus(corpus._index.corpus, embedder=CountingEmbedder())
    other.search("mill number 7 rye")
    verified()
    assert "the checksum of vectors differs: it is made anew from the store" in caplog.text
    assert not path.exists()
    assert [hit.path for hit in other.search("mill number 7 rye")] == expected
    other.sync()
    assert path.exists(), "the next sync writes what is missing"
