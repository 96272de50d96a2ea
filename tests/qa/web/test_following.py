"""The page that watches its folder: a sync by itself, and a page that shows it without a click."""

import errno
import json
import threading
import time

import pytest
from filelock import FileLock
from playwright.sync_api import expect

from qa import Corpus, syncing
from qa.syncing import BackgroundSync, SyncState
from qa.web.browsing import Browsing
from qa.web.record import Record
from qa.web.shelf import Shelf
from qa.web.tried import Suggestions
from tests.fake_embedder import CountingEmbedder
from tests.index.watched_folder import put

PATIENCE_SECONDS = 60
PATIENCE_MS = 120_000


class Counted(Corpus):
    """Counts the syncs that ended, and lets them be awaited."""

    def __init__(self, folder, index=None):
        super().__init__(folder, index=index, embedder=CountingEmbedder())
        self.syncs = threading.Semaphore(0)
        self.count = 0

    def sync(self, on_progress=None, *, rebuild=False, only=None):
        try:
            return super().sync(on_progress, rebuild=rebuild, only=only)
        finally:
            self.only = only
            self.count += 1
            self.syncs.release()

    def expect_sync(self):
        assert self.syncs.acquire(timeout=PATIENCE_SECONDS)


def expect_soon(holds):
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.fixture
def following():
    """A corpus and the sync that follows it: `following(folder)`; it ends with the test."""
    begun = []

    def follow(folder):
        corpus = Counted(folder)
        sync = BackgroundSync(corpus)
        begun.append(sync)
        sync.follow(pytest.fail)
        corpus.expect_sync()
        return corpus, sync

    yield follow
    assert all(sync.stop(PATIENCE_SECONDS) for sync in begun)


def test_every_change_is_one_sync_and_the_index_sets_off_none(make_corpus, following):
    folder = make_corpus({"a.txt": "The army."})
    corpus, sync = following(folder)
    put(folder / "b.txt", "The river.")
    corpus.expect_sync()
    assert sync.wait(PATIENCE_SECONDS)
    assert [document.path for document in corpus.documents()] == ["a.txt", "b.txt"]
    assert (corpus.count, corpus.only) == (2, {"b.txt"})
    put(folder / "c.txt", "The ferry.")  # what the index had set off would come before it, or with it
    corpus.expect_sync()
    assert (corpus.count, corpus.only) == (3, {"c.txt"})


def test_a_tab_is_told_only_what_it_has_not_seen(make_corpus, following):
    folder = make_corpus({"a.txt": "The army."})
    corpus, sync = following(folder)
    shelf = Shelf(corpus, sync, Record(corpus.conversations), Suggestions(corpus))
    assert sync.wait(PATIENCE_SECONDS)
    listed, _, seen, following = shelf.look("", Browsing())[3:]
    assert "a.txt" in listed
    assert "Follows the folder" in following
    quiet = shelf.look_again("", Browsing(), seen)
    assert "a.txt" not in str(quiet)
    make_corpus({"b.txt": "The river."})
    corpus.expect_sync()
    assert sync.wait(PATIENCE_SECONDS)
    assert "b.txt" in str(shelf.look_again("", Browsing(), seen))


def test_a_list_that_the_tab_drops_for_an_older_wish_comes_again(make_corpus, following):
    corpus, sync = following(make_corpus({"a.txt": "The army."}))
    shelf = Shelf(corpus, sync, Record(corpus.conversations), Suggestions(corpus))
    assert sync.wait(PATIENCE_SECONDS)
    *_, seen, _ = shelf.look("", Browsing(heard=1))
    listed = shelf.look_again("", Browsing(heard=2), seen)[3]
    assert json.loads(listed)["heard"] == 2


def test_suggestions_stay_under_the_pointer_until_the_documents_are_read(make_corpus):
    corpus = Corpus(make_corpus({"a.txt": "The army."}), embedder=CountingEmbedder())
    corpus.sync()
    reading, offered = Told(), Offered()
    shelf = Shelf(corpus, reading, Record(corpus.conversations), offered)
    *_, log, seen, _ = shelf.look("", Browsing())
    assert "first 1" in log
    offered.round = "second"
    *_, log, seen, _ = shelf.look_again("", Browsing(), seen)
    assert "first" not in str(log)
    assert "second" not in str(log)
    reading.state = SyncState(number=1)
    assert "second 4" in shelf.look_again("", Browsing(), seen)[4]


class Told:
    """A sync that is under way until it is told otherwise."""

    state, folder_is_gone, follows = SyncState(running=True), False, True


class Offered:
    """Suggestions that change."""

    round = "first"

    def now(self, documents, *, still_reading=False):
        return tuple(f"{self.round} {number}" for number in range(1, 5))


def test_a_folder_that_goes_is_said_on_the_page_and_when_it_is_back(make_corpus, tmp_path, monkeypatch):
    monkeypatch.setattr("index.watching.ROOT_SECONDS", 0.05)
    folder = make_corpus({"a.txt": "The army."})
    corpus, said = Counted(folder, index=tmp_path / "index"), []
    sync = BackgroundSync(corpus)
    sync.follow(said.append)
    corpus.expect_sync()
    assert sync.wait(PATIENCE_SECONDS)
    shelf = Shelf(corpus, sync, Record(corpus.conversations), Suggestions(corpus))
    seen = shelf.look("", Browsing())[5]
    folder.rename(tmp_path / "away")
    expect_soon(lambda: sync.folder_is_gone)
    *_, seen, following = shelf.look_again("", Browsing(), seen)
    assert "The folder is not there" in following
    assert "a.txt" in shelf.look("", Browsing())[3]
    (tmp_path / "away").rename(folder)
    expect_soon(lambda: not sync.folder_is_gone)
    assert "Follows the folder" in shelf.look_again("", Browsing(), seen)[-1]
    assert ["gone" in line for line in said] == [True, False]
    assert sync.stop(PATIENCE_SECONDS)


def test_a_sync_that_finds_another_under_way_is_tried_again(make_corpus, following, monkeypatch):
    monkeypatch.setattr(syncing, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr("index.writer.LOCK_SECONDS", 0.1)
    folder = make_corpus({"a.txt": "The army."})
    (folder / ".footnote").mkdir()
    with FileLock(folder / ".footnote" / "writer.lock"):
        corpus, sync = following(folder)
        corpus.expect_sync()
        assert not corpus.is_built
    while not sync.state.report:
        corpus.expect_sync()
        sync.wait(PATIENCE_SECONDS)
    assert [document.path for document in corpus.documents()] == ["a.txt"]


def test_a_folder_that_may_not_be_written_is_said_and_answers_and_is_tried_again(make_corpus, following, monkeypatch):
    monkeypatch.setattr(syncing, "RETRY_SECONDS", 0.1)
    folder = make_corpus({"a.txt": "The army marched to the river."})
    Counted(folder).sync()
    make_corpus({"b.txt": "The ferry sails on Sunday."})

    def refused(_lock, **_options):
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as closed:
        closed.setattr("index.writer.FileLock.acquire", refused)
        corpus, sync = following(folder)
        expect_soon(lambda: "cannot be written (Permission denied" in sync.state.error)
        assert [hit.path for hit in corpus.search("river army")] == ["a.txt"]
    expect_soon(lambda: sync.state.report)
    assert [document.path for document in corpus.documents()] == ["a.txt", "b.txt"]


@pytest.mark.slow
@pytest.mark.browser
def test_a_page_shows_a_new_document_without_a_click(make_corpus, serve_page, page):
    folder = make_corpus({"river.txt": "The river Tachira marks the border near Cucuta.\n"})
    page.goto(serve_page(folder, "--watch"))
    expect(page.locator(".fn-documents")).to_contain_text("river.txt", timeout=PATIENCE_MS)
    expect(page.locator("#fn-sync")).to_have_text("Sync", timeout=PATIENCE_MS)
    put(folder / "ferry.txt", "The ferry to the islands sails from pier nine every Sunday.\n")
    expect(page.locator(".fn-documents")).to_contain_text("ferry.txt", timeout=PATIENCE_MS)
    expect(page.locator("#fn-progress")).to_contain_text("1 new", timeout=PATIENCE_MS)
    (folder / "river.txt").unlink()
    expect(page.locator(".fn-documents")).not_to_contain_text("river.txt", timeout=PATIENCE_MS)
    page.locator("#fn-question textarea").fill("When does the ferry sail?")
    page.keyboard.press("Enter")
    expect(page.locator(".fn-exchange blockquote")).to_contain_text("every Sunday", timeout=PATIENCE_MS)
