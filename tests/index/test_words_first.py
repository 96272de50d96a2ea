"""A large sync is answerable by words at once; vectors follow in order, and no work is done twice."""

import os
import threading
import time

import numpy as np
import pytest

from index import Index
from index.checking import Verdict
from qa import Corpus
from qa.by_words import EMBEDDED_NOW
from tests.fake_embedder import CountingEmbedder
from tests.small_steps import SMALL_STEPS

PATIENCE_SECONDS = 30
FILES = {f"note{n:02d}.txt": f"Note {n} tells of subject{n * 7} and of the river." for n in range(30)}


class Halting(CountingEmbedder):
    """Embeds so many passages for the sync, then waits; questions are embedded at any time."""

    def __init__(self, most):
        super().__init__()
        self.left, self.halted, self.may_go_on = most, threading.Event(), threading.Event()

    def embed_passages(self, texts):
        if threading.current_thread().name.startswith("footnote-embed"):
            self.left -= len(texts)
            if self.left < 0:
                self.halted.set()
                assert self.may_go_on.wait(PATIENCE_SECONDS)
        return super().embed_passages(texts)


@pytest.fixture
def small_steps(monkeypatch):
    for module, name, value in SMALL_STEPS:
        monkeypatch.setattr(module, name, value)


@pytest.fixture
def halfway(make_corpus, small_steps):
    """A folder whose sync in another thread has embedded 10 of 30 passages, and goes on when it may."""
    embedder = Halting(10)
    index = Index(make_corpus(FILES), embedder=embedder)
    told, ended = [], []
    thread = threading.Thread(target=lambda: ended.append(index.sync(told.append)), daemon=True)
    thread.start()
    assert embedder.halted.wait(PATIENCE_SECONDS)
    while not (told and told[-1].by_words == 20):
        assert thread.is_alive()
    yield index, told, embedder
    embedder.may_go_on.set()
    thread.join(PATIENCE_SECONDS)
    assert ended[0].embedded == 30


def test_all_is_found_before_all_is_embedded(halfway):
    index, told, embedder = halfway
    before = len(embedder.embedded)
    reader = Corpus(index.corpus, embedder=CountingEmbedder())
    with reader._index.snapshot() as snapshot:
        assert (len(snapshot), snapshot.by_words_only) == (30, 20)
        assert np.isnan(snapshot.cosines(snapshot.embed_question("x"), np.arange(1, 31))).tolist() == [
            *[False] * 10,
            *[True] * 20,
        ]
        assert len(set(snapshot.keys_of(np.arange(1, 31)).tolist())) == 30
    for number in (0, 29):
        assert reader.search(f"subject{number * 7}", 1)[0].path == f"note{number:02d}.txt"
        assert reader.ask(f"What tells of subject{number * 7}?").citations[0].path == f"note{number:02d}.txt"
    assert {hit.path for hit in reader.search("the river", 50)} == set(FILES)
    assert len(embedder.embedded) == before, "a question embeds for itself"
    assert (told[-1].by_words, told[-1].by_words_total, told[-1].searchable) == (20, 30, 30)


def test_what_has_no_vector_yet_stands_where_it_would_with_one(halfway, make_corpus, tmp_path):
    index, _, _ = halfway
    whole = Index(index.corpus, index=tmp_path / "whole", embedder=CountingEmbedder())
    whole.sync()
    there = Corpus(index.corpus, index=whole.folder, embedder=CountingEmbedder())
    now = Corpus(index.corpus, embedder=CountingEmbedder())
    for number in (3, 25):
        question = f"Which note tells of subject{number * 7}?"
        one, other = now.ask(question), there.ask(question)
        assert (one.text, one.found) == (other.text, other.found)
        assert one.confidence == pytest.approx(other.confidence, abs=0.1)
    found = [hit.score for hit in now.search("river", 30)]
    assert len(found) == 30 > EMBEDDED_NOW
    assert np.isfinite(found).all()


def test_check_says_what_waits_and_calls_it_no_damage(halfway):
    index, _, _ = halfway
    found = {f.name: f for f in Index(index.corpus, embedder=CountingEmbedder()).check(100)}
    assert {f.verdict for f in found.values()} <= {Verdict.OK, Verdict.NOTE}
    assert "20 passages are searched by their words until a sync" in found["counts"].said
    assert found["vectors"].facts["passages_waiting"] == 20
    assert (found["derived"].facts["faiss"], found["derived"].facts["bm25"]) == (10, 30)


def test_vectors_follow_by_ascending_passage(halfway, make_corpus):
    index, _, embedder = halfway
    embedder.may_go_on.set()
    while index.sync().embedded:  # waits for the one under way
        pass
    with index.snapshot() as snapshot:
        records = snapshot.passages(list(range(1, 31)))
        assert snapshot.by_words_only == 0
    assert embedder.embedded[:30] == [record.text for record in records]
    assert len(embedder.embedded) == 60, "passages once, and their sentences once"


class Stopping(CountingEmbedder):
    """Is stopped by its user after so many texts."""

    def __init__(self, most):
        super().__init__()
        self.left = most

    def embed_passages(self, texts):
        self.left -= len(texts)
        if self.left < 0:
            raise KeyboardInterrupt
        return super().embed_passages(texts)


@pytest.mark.parametrize("cores", [1, 8], ids=["reading first", "embedding meanwhile"])
def test_stopped_anywhere_it_embeds_nothing_twice(make_corpus, small_steps, monkeypatch, tmp_path, cores):
    monkeypatch.setattr("index.sync.os.cpu_count", lambda: cores)
    folder, done = make_corpus(FILES), []
    for most in (0, 1, 7, 13, 40):
        stopping = Stopping(most)
        try:
            Index(folder, embedder=stopping).sync()
        except KeyboardInterrupt:
            assert len(stopping.embedded) == most
        done += stopping.embedded
    last = CountingEmbedder()
    made = Index(folder, embedder=last)
    made.sync()
    assert len(done + last.embedded) == 60
    assert [f for f in made.check(100) if f.verdict == Verdict.WRONG] == []
    fresh = Index(folder, index=tmp_path / "fresh", embedder=CountingEmbedder())
    fresh.sync()
    assert found_in(made) == found_in(fresh)


def found_in(index):
    corpus = Corpus(index.corpus, index=index.folder, embedder=CountingEmbedder())
    return [[(h.path, round(h.score, 4)) for h in corpus.search(q, 30)] for q in ("river", "subject14 note", "tells")]


def test_a_small_change_is_seen_at_one_stroke(make_corpus):
    folder = make_corpus(FILES)
    for path in folder.iterdir():
        os.utime(path, (1, 1))
    time.sleep(2.1)  # a file that was changed a moment ago is looked at again, which is a change of its own
    index = Index(folder, embedder=CountingEmbedder())
    index.sync()
    with index.snapshot() as snapshot:
        change = snapshot.change
    make_corpus({"note03.txt": "Note 3 tells of something else now.", "note31.txt": "A new one."})
    index.sync()
    with index.snapshot() as snapshot:
        assert snapshot.by_words_only == 0
        assert snapshot.change == change + 2, "one commit of documents with their vectors, one of their sentences"


def test_the_same_text_is_embedded_once(make_corpus, small_steps):
    embedder = CountingEmbedder()
    index = Index(make_corpus({f"{n}.txt": "The same words here." for n in range(9)}), embedder=embedder)
    report = index.sync()
    assert (report.documents, report.passages, report.embedded) == (9, 9, 1)
    assert embedder.embedded == ["The same words here."] * 2
