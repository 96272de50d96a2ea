"""What can be wrong with a server, or with what is asked of it: a line each, and nothing half-written."""

import shutil
import sys
import threading

import pytest

from index.errors import (
    FootnoteError,
    IndexLocked,
    IndexMismatch,
    IndexNotWritable,
    SettingError,
    StoreError,
)
from index.milvus import connection, lease
from index.opening import opened
from qa import Corpus
from tests.fake_embedder import CountingEmbedder
from tests.index.stores.server import Server
from tests.index.stores.states import FILES, state_of


@pytest.fixture
def folder(make_corpus):
    return make_corpus(FILES)


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(connection, "PATIENCE_SECONDS", 1.0)
    monkeypatch.setattr(connection, "FIRST_PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 1.0)


def at(folder, store, embedder=None):
    return opened(folder, store=store, embedder=embedder or CountingEmbedder())


def said_by(action, kind=StoreError):
    """The one line of the error."""
    with pytest.raises(kind) as said:
        action()
    assert isinstance(said.value, FootnoteError)
    assert "\n" not in str(said.value)
    return str(said.value)


@pytest.mark.usefixtures("impatient")
def test_a_server_that_is_not_there(folder):
    index = at(folder, "milvus://127.0.0.1:1/papers")
    for action in (index.sync, lambda: index.exists, lambda: index.snapshot().__enter__()):
        assert "does not answer" in said_by(action)
    assert list(folder.glob(".footnote")) == []


def test_a_server_that_goes_in_mid_sync_and_comes_back(folder, tmp_path, in_folder, monkeypatch):
    pytest.importorskip("milvus_lite")
    server = Server(tmp_path)
    server.start()
    index, call = at(folder, server.address("papers")), connection.Connection.call
    writes = []

    def stopping(name, *arguments, **options):
        if name == "upsert" and len(writes) < 9:
            writes.append(name)
            if len(writes) == 8:
                server.stop()
        return call(index._connection, name, *arguments, **options)

    index._connection.call = stopping
    with monkeypatch.context() as impatient:
        impatient.setattr(connection, "PATIENCE_SECONDS", 0.5)
        impatient.setattr(connection, "CONNECT_SECONDS", 1.0)
        assert "does not answer" in said_by(index.sync)
    server.start()
    try:
        index._connection.call = lambda *arguments, **options: call(index._connection, *arguments, **options)
        lease_ended(index)
        index.sync()
        in_folder.index(folder).sync()
        place = type(in_folder)(server.address("papers"), tmp_path / "state")
        assert state_of(folder, place) == state_of(folder, in_folder)
    finally:
        server.stop()


def lease_ended(index):
    """As if a minute had gone by since the writer was last heard of."""
    fetched = index._fetched()
    lease._put(fetched, {})


def test_a_front_end_goes_on_when_its_server_was_restarted(folder, tmp_path):
    pytest.importorskip("milvus_lite")
    server = Server(tmp_path)
    server.start()
    try:
        at(folder, server.address("papers")).sync()
        corpus = Corpus(folder, store=server.address("papers"), embedder=CountingEmbedder())
        before = [(hit.path, hit.passage) for hit in corpus.search("army")]
        server.stop(kill=True)
        server.start()
        assert [(hit.path, hit.passage) for hit in corpus.search("army")] == before
        assert len(corpus.documents()) == len(FILES)
    finally:
        server.stop()


def test_another_programs_collection(folder, milvus):
    from pymilvus import DataType, MilvusClient

    client = MilvusClient(uri=f"http://127.0.0.1:{milvus.port}", dedicated=True)
    schema = client.create_schema()
    schema.add_field("id", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=8)
    client.create_collection("theirs_passages", schema=schema)
    said = said_by(at(folder, milvus.address("theirs")).sync, IndexMismatch)
    assert "was not made by this version of Footnote" in said
    client.close()


def test_vectors_of_another_dimension(folder, milvus):
    at(folder, milvus.address("narrow"), CountingEmbedder(dimension=32)).sync()
    said = said_by(at(folder, milvus.address("narrow", "other")).sync, IndexMismatch)
    assert "32 dimensions" in said
    assert "64" in said


def test_a_corpus_of_another_version(folder, on_server, monkeypatch):
    on_server.index(folder).sync()
    monkeypatch.setattr("index.milvus.standing.SCHEMA_VERSION", "2")
    assert "version 1" in said_by(on_server.index(folder).sync, IndexMismatch)


def test_another_folder_of_the_same_name_takes_nothing_away(folder, on_server, tmp_path):
    on_server.index(folder).sync()
    other = tmp_path / "elsewhere" / folder.name
    shutil.copytree(folder, other)
    (other / "army.md").unlink()
    said = said_by(on_server.index(other).sync, IndexMismatch)
    assert "?corpus=" in said
    assert "--rebuild" in said
    assert not on_server.index(folder).sync().did_something
    assert on_server.index(other).sync(rebuild=True).documents == 2


def test_it_is_not_asked_with_another_model(folder, on_server):
    on_server.index(folder).sync()
    asked = on_server.corpus(folder, CountingEmbedder(name="other"))
    assert "--model counting" in said_by(lambda: asked.ask("Who purges the army?"), IndexMismatch)


def test_without_the_client_it_says_what_to_install(folder, milvus, monkeypatch):
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    assert "footnote-qa[milvus]" in said_by(at(folder, milvus.address("papers")).sync, SettingError)


@pytest.mark.parametrize(
    ("version", "has_words"),
    [("v2.3.5-lite", False), ("2.5.1", True), ("v2.6.0-rc1", True), ("milvus_lite-3.2.2", True)],
)
def test_what_a_server_can_do_follows_from_its_version(folder, version, has_words):
    index = at(folder, "milvus://127.0.0.1:1/papers")
    index._connection.__dict__["_client"] = type("Client", (), {"get_server_version": lambda _, timeout: version})()
    assert index._connection.has_words is has_words
    assert ("no BM25" in index.warning) is not has_words


def test_a_server_that_is_too_old_is_refused(folder):
    index = at(folder, "milvus://127.0.0.1:1/papers")
    index._connection.__dict__["_client"] = type("Client", (), {"get_server_version": lambda _, timeout: "2.2.9"})()
    assert "needs 2.3 or newer" in said_by(index.sync, IndexMismatch)


@pytest.mark.parametrize(
    ("theirs", "kind", "ours"),
    [
        ("quota exceeded[reason=disk quota exceeded, please clean up data]", IndexNotWritable, "give it room"),
        ("deny to write the message: memory quota exceeded", IndexNotWritable, "give it room"),
        ("auth check failure, please check username and password are correct", StoreError, "FOOTNOTE_STORE_TOKEN"),
        ("PrivilegeInsert: permission deny", StoreError, "FOOTNOTE_STORE_TOKEN"),
        ("something\nover two lines", StoreError, "something over two lines"),
    ],
)
def test_what_a_server_refuses_is_said_with_what_to_do(folder, theirs, kind, ours):
    pymilvus = pytest.importorskip("pymilvus")

    def refuse(_, timeout):
        raise pymilvus.MilvusException(message=theirs)

    index = at(folder, "milvus://user:secret@127.0.0.1:1/papers")
    index._connection.__dict__["_client"] = type("Client", (), {"get_server_version": refuse})()
    said = said_by(index.sync, kind)
    assert ours in said
    assert "secret" not in said


def test_a_second_writer_waits_and_then_says_who_writes(folder, on_server, monkeypatch):
    on_server.index(folder).sync()
    monkeypatch.setattr(lease, "WAIT_SECONDS", 0.5)
    monkeypatch.setattr(lease, "LEASE_SECONDS", 4.0)
    with on_server.index(folder)._writing():
        said = said_by(on_server.index(folder).sync, IndexLocked)
        assert "another sync of" in said
        assert "process" in said
        assert on_server.corpus(folder).ask("Who purges the army?").citations
    assert not on_server.index(folder).sync().did_something


def test_the_place_of_a_writer_that_is_gone_is_taken_over(folder, on_server, monkeypatch):
    monkeypatch.setattr(lease, "LEASE_SECONDS", 0.4)
    on_server.index(folder).sync()
    lost = on_server.index(folder)
    fetched = lost._fetched()
    lease._take(fetched, "somebody who was killed")
    on_server.index(folder).sync()


def test_a_writer_that_lost_its_place_writes_no_more(folder, on_server):
    on_server.index(folder).sync()
    (folder / "new.md").write_text("# New\n\nA new one.\n")
    index = on_server.index(folder)
    with index._writing() as writer:
        lease._take(index._fetched(), "another")
        with pytest.raises(IndexLocked, match="lost its place"), writer.committing():
            writer.set_meta("ocr", "eng")
    lease_ended(index)
    assert on_server.index(folder).sync().new == ("new.md",)


def test_a_place_is_kept_for_as_long_as_the_writer_works(folder, on_server, monkeypatch):
    monkeypatch.setattr(lease, "LEASE_SECONDS", 0.8)
    monkeypatch.setattr(lease, "WAIT_SECONDS", 1.6)
    on_server.index(folder).sync()
    with on_server.index(folder)._writing():
        said_by(on_server.index(folder).sync, IndexLocked)
    assert threading.active_count() < 50


def test_a_repair_says_what_to_do_instead(folder, on_server):
    on_server.index(folder).sync()
    assert "--rebuild" in said_by(lambda: on_server.index(folder).repair(10, print), SettingError)
