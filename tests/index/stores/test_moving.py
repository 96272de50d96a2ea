"""An index is moved to another store: all of it, once, however often it is broken off."""

import pytest

from index.errors import IndexMismatch, IndexMissing, StoreError
from index.opening import moved_to
from tests.fake_embedder import CountingEmbedder
from tests.index.stores.states import AID, FILES, state_of


@pytest.fixture
def folder(make_corpus):
    return make_corpus(FILES)


def quietly(stage, done, total):
    """Tell nobody."""


def test_a_move_that_was_broken_off_goes_on(folder, in_folder, on_server, monkeypatch):
    in_folder.index(folder).sync()
    monkeypatch.setattr("index.moving.AT_ONCE", 1)

    def stop(stage, done, total):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        moved_to(in_folder.index(folder), on_server.index(folder), stop)
    report = moved_to(in_folder.index(folder), on_server.index(folder), quietly)
    assert (report.documents, report.copied) == (3, 1)
    assert state_of(folder, on_server) == state_of(folder, in_folder)


def test_what_changed_since_is_moved_again(folder, in_folder, on_server, monkeypatch):
    monkeypatch.setattr("index.crew.RECENT_NS", 0)  # else the times of files just written are noted by the next sync
    in_folder.index(folder).sync()
    moved_to(in_folder.index(folder), on_server.index(folder), quietly)
    (folder / "aid" / "colombia.md").write_text(AID.replace("2,500", "3,000"))
    (folder / "oil.txt").unlink()
    in_folder.index(folder).sync()
    report = moved_to(in_folder.index(folder), on_server.index(folder), quietly)
    assert (report.documents, report.copied, report.removed) == (2, 1, 1)
    assert state_of(folder, on_server) == state_of(folder, in_folder)


def test_nothing_is_moved_over_an_index_of_another_model(folder, in_folder, on_server):
    in_folder.index(folder).sync()
    on_server.index(folder, CountingEmbedder(name="other")).sync()
    with pytest.raises(IndexMismatch, match="other"):
        moved_to(in_folder.index(folder), on_server.index(folder), quietly)


def test_what_is_not_there_or_not_whole_is_not_moved(folder, in_folder, on_server):
    with pytest.raises(IndexMissing):
        moved_to(in_folder.index(folder), on_server.index(folder), quietly)
    index = in_folder.index(folder)

    def stop(progress):
        if progress.stage == "reading" and progress.documents:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.sync(stop)
    with pytest.raises(StoreError, match="broken off"):
        moved_to(in_folder.index(folder), on_server.index(folder), quietly)


def test_what_came_back_otherwise_is_said(folder, in_folder, on_server, monkeypatch):
    in_folder.index(folder).sync()
    target = on_server.index(folder)
    put = type(target._connection).call

    def altered(connection, name, *arguments, **options):
        if name == "upsert" and arguments[0].endswith("_passages"):
            for row in arguments[1]:
                row["vector"] = [-value for value in row["vector"]]
        return put(connection, name, *arguments, **options)

    monkeypatch.setattr(type(target._connection), "call", altered)
    with pytest.raises(StoreError, match="is not in the new store as it is in the old one"):
        moved_to(in_folder.index(folder), target, quietly)
