"""The sync in the background: stopped, begun once more, waiting for another process; and answers meanwhile."""

import threading
import time

import pytest
from filelock import FileLock

from index import SyncProgress, SyncReport
from index.report import READING_SHARE
from qa import Corpus, syncing
from qa.syncing import BackgroundSync
from tests.fake_embedder import CountingEmbedder
from tests.small_steps import SMALL_STEPS

PATIENCE_SECONDS = 30


class SlowEmbedder(CountingEmbedder):
    """Embeds passages only when it is let."""

    def __init__(self):
        super().__init__()
        self.may_go_on, self.began = threading.Event(), threading.Event()
        self.may_go_on.set()

    def embed_passages(self, texts):
        self.began.set()
        assert self.may_go_on.wait(PATIENCE_SECONDS)
        return super().embed_passages(texts)


@pytest.fixture
def slow(make_corpus, monkeypatch):
    """A corpus with one document that was read, its sync, and the embedder that holds further ones."""
    for module, name, value in SMALL_STEPS:
        monkeypatch.setattr(module, name, value)
    embedder = SlowEmbedder()
    corpus = Corpus(make_corpus({"a.txt": "The army marched to the river on Monday."}), embedder=embedder)
    corpus.sync()
    embedder.began.clear()
    embedder.may_go_on.clear()
    sync = BackgroundSync(corpus)
    yield corpus, sync, embedder
    embedder.may_go_on.set()
    assert sync.stop(PATIENCE_SECONDS)


def test_answers_are_not_held_by_a_sync(slow, make_corpus):
    corpus, sync, embedder = slow
    make_corpus({"b.txt": "The aid came by ship."})
    sync.start()
    assert embedder.began.wait(PATIENCE_SECONDS)
    found = []
    asking = threading.Thread(target=lambda: found.extend(corpus.search("army river")), daemon=True)
    asking.start()
    asking.join(PATIENCE_SECONDS)
    assert sync.state.running
    assert [hit.path for hit in found] == ["a.txt"]
    assert [document.path for document in corpus.holdings.listing().documents] == ["a.txt", "b.txt"]


def test_a_stopped_sync_keeps_what_was_committed_and_goes_on_from_there(slow, make_corpus):
    corpus, sync, embedder = slow
    make_corpus({f"{n}.txt": f"The aid came {n} times." for n in range(20)})
    sync.start(by_hand=True)
    assert embedder.began.wait(PATIENCE_SECONDS)
    sync.interrupt()
    embedder.may_go_on.set()
    assert sync.wait(PATIENCE_SECONDS)
    assert sync.state.was_stopped
    assert not sync.state.running
    assert not sync.state.error
    assert len(corpus.documents()) == 21
    assert [hit.path for hit in corpus.search("aid came 13 times", 1)] == ["13.txt"]
    done = len(embedder.embedded)
    assert done < 30
    sync.start()
    assert sync.wait(PATIENCE_SECONDS)
    assert sync.state.report.documents == 21
    with corpus._index.snapshot() as snapshot:
        assert snapshot.by_words_only == 0


def test_what_comes_during_a_sync_is_read_by_one_that_follows(slow, make_corpus):
    corpus, sync, embedder = slow
    make_corpus({"b.txt": "The aid came by ship."})
    sync.start()
    assert embedder.began.wait(PATIENCE_SECONDS)
    make_corpus({"c.txt": "The bridge is closed."})
    sync.start()
    sync.start(once_more=True)
    embedder.may_go_on.set()
    while sync.state.number < 2 or sync.state.running:
        sync.wait(PATIENCE_SECONDS)
    assert sync.state.number == 2
    assert [document.path for document in corpus.documents()] == ["a.txt", "b.txt", "c.txt"]


def test_only_what_changed_is_looked_at_once_all_was(slow, make_corpus):
    _, sync, embedder = slow
    embedder.may_go_on.set()

    def new_after(**named):
        sync.start(**named)
        assert sync.wait(PATIENCE_SECONDS)
        return sync.state.report.new

    make_corpus({"b.txt": "The aid came by ship.", "c.txt": "The bridge is closed."})
    assert new_after(only=frozenset({"b.txt"})) == ("b.txt", "c.txt")  # no sync of this process has looked at all yet
    make_corpus({"d.txt": "The harbour is open.", "e.txt": "The road is dry."})
    assert new_after(only=frozenset({"d.txt"})) == ("d.txt",)
    assert new_after() == ("e.txt",)


def test_a_sync_that_finds_nothing_leaves_the_report_of_the_one_before_unless_it_was_asked_for(slow, make_corpus):
    _, sync, embedder = slow
    embedder.may_go_on.set()

    def told_after(**named):
        sync.start(**named)
        assert sync.wait(PATIENCE_SECONDS)
        return sync.state.told and (sync.state.told.new, sync.state.told_by_hand)

    assert told_after() is None
    make_corpus({"b.txt": "The aid came by ship."})
    assert told_after() == (("b.txt",), False)
    assert told_after() == (("b.txt",), False)
    assert sync.state.report.new == ()
    assert told_after(by_hand=True) == ((), True)
    assert told_after() == ((), True)


def test_of_two_syncs_each_is_by_hand_when_it_was_asked_for(slow, make_corpus):
    _, sync, embedder = slow

    def told_after(name, *by_hand):
        embedder.may_go_on.clear()
        embedder.began.clear()
        make_corpus({name: f"The aid {name} came by ship."})
        sync.start(by_hand=by_hand[0])
        assert embedder.began.wait(PATIENCE_SECONDS)
        sync.start(by_hand=by_hand[1], once_more=True)
        sync.start(once_more=True)
        embedder.may_go_on.set()
        while sync.state.running:
            sync.wait(PATIENCE_SECONDS)
        return sync.state.told.new, sync.state.told_by_hand

    assert told_after("b.txt", True, False) == (("b.txt",), True)
    assert told_after("c.txt", False, True) == ((), True)
    assert told_after("d.txt", False, False) == (("d.txt",), False)


def test_after_a_sync_that_was_stopped_all_is_looked_at(slow, make_corpus):
    corpus, sync, embedder = slow
    embedder.may_go_on.set()
    sync.start()
    assert sync.wait(PATIENCE_SECONDS)
    embedder.began.clear()
    embedder.may_go_on.clear()
    make_corpus({f"{n}.txt": f"The aid came {n} times." for n in range(9)})
    sync.start(only=frozenset(f"{n}.txt" for n in range(9)))
    assert embedder.began.wait(PATIENCE_SECONDS)
    sync.interrupt()
    embedder.may_go_on.set()
    assert sync.wait(PATIENCE_SECONDS)
    assert sync.state.was_stopped
    make_corpus({"z.txt": "The harbour is open."})
    sync.start(only=frozenset({"z.txt"}))
    assert sync.wait(PATIENCE_SECONDS)
    assert len(corpus.documents()) == 11


def test_what_comes_during_a_sync_is_joined_for_the_one_that_follows(slow, make_corpus):
    _, sync, embedder = slow
    embedder.may_go_on.set()
    sync.start()
    assert sync.wait(PATIENCE_SECONDS)
    embedder.began.clear()
    embedder.may_go_on.clear()
    make_corpus({"b.txt": "The aid came by ship."})
    sync.start(only=frozenset({"b.txt"}))
    assert embedder.began.wait(PATIENCE_SECONDS)
    make_corpus({f"{name}.txt": f"The bridge {name} is closed." for name in "cde"})
    sync.start(once_more=True, only=frozenset({"c.txt"}))
    sync.start(once_more=True, only=frozenset({"d.txt"}))
    embedder.may_go_on.set()
    while sync.state.running:
        sync.wait(PATIENCE_SECONDS)
    assert sync.state.report.new == ("c.txt", "d.txt")


def test_while_another_process_reads_the_state_stays_the_same(slow, make_corpus, monkeypatch):
    monkeypatch.setattr(syncing, "RETRY_SECONDS", 0.02)
    monkeypatch.setattr("index.writer.LOCK_SECONDS", 0.02)
    corpus, sync, embedder = slow
    embedder.may_go_on.set()
    folder = make_corpus({"b.txt": "The aid came by ship."})
    tries, try_once = threading.Semaphore(0), corpus.sync
    monkeypatch.setattr(corpus, "sync", lambda tell, only: (tries.release(), try_once(tell, only=only))[1])
    with FileLock(folder / ".footnote" / "writer.lock"):
        sync.start(by_hand=True)
        for _ in range(2):
            assert tries.acquire(timeout=PATIENCE_SECONDS)
        for _ in range(3):  # the first one has ended by now
            assert (sync.state.running, sync.state.is_waiting, sync.state.error) == (True, True, "")
            assert tries.acquire(timeout=PATIENCE_SECONDS)
    assert sync.wait(PATIENCE_SECONDS)
    assert sync.state.report.new == ("b.txt",)
    assert not sync.state.is_waiting


def test_waiting_for_another_process_can_be_stopped(slow, make_corpus, monkeypatch):
    monkeypatch.setattr("index.writer.LOCK_SECONDS", 0.02)
    _, sync, _ = slow
    folder = make_corpus({})
    with FileLock(folder / ".footnote" / "writer.lock"):
        sync.start()
        while not sync.state.is_waiting:
            assert not sync.wait(0.02)
        sync.interrupt()
        assert sync.wait(PATIENCE_SECONDS)
    assert sync.state.was_stopped


def test_the_pace_is_known_while_it_runs():
    class Told(Corpus):
        def sync(self, on_progress=None, *, rebuild=False, **_):
            for done in (1, 2, 3):
                on_progress(SyncProgress("reading", done, 4, bytes=done, bytes_total=4, seconds=10.0 * done))
                self.foretold.append(sync.state.seconds_left)
            return SyncReport()

    corpus = Told("nowhere", embedder=CountingEmbedder())
    corpus.foretold = []
    sync = BackgroundSync(corpus)
    sync.start()
    assert sync.wait(PATIENCE_SECONDS)
    first, *_, last = corpus.foretold
    assert first is None
    assert last == pytest.approx(10 * (1 - 0.75 * READING_SHARE) / (0.25 * READING_SHARE))


def test_a_sync_that_is_stopped_stays_so_though_a_change_waits_for_its_end(slow, make_corpus, monkeypatch):
    corpus, sync, embedder = slow
    waits, went_on, wait = threading.Event(), threading.Event(), sync.wait

    def changes(_stop, _say):
        yield frozenset({"c.txt"})
        went_on.set()

    def waited(timeout_seconds=None):
        waits.set()
        return wait(timeout_seconds)

    monkeypatch.setattr(corpus, "changes", changes)
    monkeypatch.setattr(sync, "wait", waited)
    make_corpus({"b.txt": "The aid came by ship.", "c.txt": "The river rose."})
    sync.start(by_hand=True)
    assert embedder.began.wait(PATIENCE_SECONDS)
    sync.follow(pytest.fail)
    assert waits.wait(PATIENCE_SECONDS)
    sync.interrupt()
    embedder.may_go_on.set()
    assert went_on.wait(PATIENCE_SECONDS)
    assert sync.state.was_stopped


def test_a_followed_folder_is_read_on_after_a_stop_when_it_changes(slow, make_corpus):
    corpus, sync, embedder = slow
    make_corpus({f"{n}.txt": f"The aid came {n} times." for n in range(20)})
    sync.follow(pytest.fail)
    assert embedder.began.wait(PATIENCE_SECONDS)
    sync.interrupt()
    embedder.may_go_on.set()
    assert sync.wait(PATIENCE_SECONDS)
    assert sync.state.was_stopped
    make_corpus({"last.txt": "The river rose."})
    until = time.monotonic() + PATIENCE_SECONDS
    while not sync.state.report:
        assert time.monotonic() < until
        time.sleep(0.02)
    assert len(corpus.documents()) == 22
