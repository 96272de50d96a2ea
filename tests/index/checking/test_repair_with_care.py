"""A repair loses nothing on its way: not the model, no conversation, no file of others, and no commit in a log."""

import sqlite3
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from index import Index
from index.checking import database as checked_database
from index.database import connect, recorded
from index.errors import IndexNotWritable, StoreError
from index.repairing import Mend, repaired
from index.repairing.aside import free_name
from tests.fake_embedder import CountingEmbedder
from tests.index.altered import alter

FILES = {f"note{n}.md": f"# Note {n}\n\nThe army of note {n} was told to purge subject{n}.\n" for n in range(8)}

DAMAGED_META = "UPDATE meta SET value = '9' WHERE name = 'change'"


@pytest.fixture
def models(monkeypatch):
    """The models that were loaded by name."""
    found = []

    def load(name, **_others):
        found.append(CountingEmbedder(name=name or "the default"))
        return found[-1]

    monkeypatch.setattr("index.hiring.load_embedder", load)
    return found


@pytest.fixture
def folder(make_corpus):
    """A folder with an index of the model `custom`, which recognises text in German."""
    corpus = make_corpus(FILES)
    Index(corpus, embedder=CountingEmbedder(name="custom")).sync()
    alter(corpus / ".footnote" / "index.db", "UPDATE meta SET value = 'deu' WHERE name = 'ocr'")
    return corpus


def database_of(folder):
    return folder / ".footnote" / "index.db"


def cut(database):
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for log in ("index.db-wal", "index.db-shm"):
        (database.parent / log).unlink(missing_ok=True)
    database.write_bytes(database.read_bytes()[:-5000])


DAMAGES = {
    "a fact": lambda database: alter(database, DAMAGED_META, sealed=()),
    "cut": cut,
    "whole and wrong": lambda database: alter(database, "UPDATE passages SET text = replace(text, 'army', 'navy')"),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_model_and_text_recognition_stay_as_the_index_was_made(folder, models, damage):
    damage(database_of(folder))
    index = Index(folder)
    index.check(20)
    index.repair(20, lambda _line: None)
    found = recorded(database_of(folder))
    assert (found.model, found.ocr) == ("custom", "deu")
    assert {finding.verdict for finding in Index(folder).check(20)} <= {"ok", "note"}
    assert not [text for model in models if model.name != "custom" for text in model.embedded]


def test_they_stay_too_when_a_damaged_index_is_built_anew(folder, models):
    alter(database_of(folder), DAMAGED_META, sealed=())
    Index(folder).sync(rebuild=True)
    found = recorded(database_of(folder))
    assert (found.model, found.ocr, {model.name for model in models}) == ("custom", "deu", {"custom"})


def test_a_link_where_a_copy_is_to_stand_is_not_written_through(folder, models, tmp_path):
    precious = tmp_path / "precious"
    precious.write_text("mine")
    cut(database_of(folder))
    for name in ("index.db.copy", "index.db.copy-wal", "index.db.repairing"):
        (folder / ".footnote" / name).symlink_to(precious)
    Index(folder).repair(20, lambda _line: None)
    assert precious.read_text() == "mine"


def test_a_name_is_not_free_when_a_link_to_nowhere_has_it(tmp_path):
    taken = free_name(tmp_path / "index.db")
    taken.symlink_to(tmp_path / "nowhere")
    assert not free_name(tmp_path / "index.db").is_symlink()


def test_a_repair_killed_while_it_mends_a_conversation_leaves_it_in_its_place(folder, models, monkeypatch):
    index, owner, conversation = Index(folder), "somebody", "a" * 32
    for number in range(3):
        index.conversations.append(owner, conversation, {"exchange": {"key": f"k{number}", "question": "Why?"}})
    [path] = index.folder.glob("conversations/*/*.conversation")
    path.write_bytes(path.read_bytes().replace(b"k1", b"k9"))
    replace = Path.replace

    def killed(self, target):
        if self.suffix == ".repairing":
            raise KeyboardInterrupt
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            index.repair(20, lambda _line: None)
    for _ in range(2):
        assert [e["key"] for e in index.conversations.read(owner, conversation).exchanges] == ["k0", "k2"]
        index.repair(20, lambda _line: None)


@pytest.mark.parametrize("damaged", ["passages SET text = 'navy'", "vectors SET vector = zeroblob(128)"])
def test_a_repair_killed_once_damaged_rows_are_out_is_gone_on_with_by_the_next(folder, models, monkeypatch, damaged):
    alter(database_of(folder), f"UPDATE {damaged} WHERE rowid = 2", sealed=())

    def killed(*_given):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("index.repairing.repair._built", killed)
        with pytest.raises(KeyboardInterrupt):
            Index(folder).repair(20, lambda _line: None)
    said = []
    Index(folder).repair(20, said.append)
    assert not any("built anew" in line for line in said)
    found = {finding.name: finding for finding in Index(folder).check(20)}
    assert found["folder"].said == "in step: 8 documents as indexed"
    assert {finding.verdict for finding in found.values()} <= {"ok", "note"}


def test_a_new_store_whose_log_was_not_taken_over_is_not_put_in_place(folder, models):
    alter(database_of(folder), DAMAGED_META, sealed=())
    before = database_of(folder).read_bytes()
    index = Index(folder)
    with ExitStack() as open_until_the_end:

        def build(database):
            reader = open_until_the_end.enter_context(closing(connect(database, "ro")))
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM meta").fetchone()
            return index._built(database)

        with pytest.raises(IndexNotWritable, match="was not taken over into its database"):
            repaired(Mend(index.folder, build=build, check=lambda: index.check(20), say=lambda _line: None))
    assert database_of(folder).read_bytes() == before
    index.repair(20, lambda _line: None)
    assert {finding.verdict for finding in index.check(20)} <= {"ok", "note"}


@pytest.mark.parametrize("mend", [lambda index: index.repair(20, print), lambda index: index.sync(rebuild=True)])
def test_what_a_killed_repair_left_is_deleted_and_nothing_of_others(folder, models, mend):
    index = Index(folder)
    for name in ("index.db.copy", "index.db.copy-wal", "index.db.repairing", "index.db.repairing-shm"):
        (index.folder / name).write_bytes(b"left")
    kept = [index.folder / name for name in ("index.db.damaged-2026-11-30-0915", "minutes.fn.md")]
    for path in kept:
        path.write_bytes(b"kept")
    mend(index)
    assert not [*index.folder.glob("index.db.copy*"), *index.folder.glob("index.db.repairing*")]
    assert all(path.read_bytes() == b"kept" for path in kept)


def failing(*_given):
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    raise error


@pytest.mark.parametrize("use", [lambda index: index.check(20), lambda index: index.repair(20, print)])
def test_a_disk_that_cannot_be_read_is_said_by_a_check_and_a_repair(folder, models, monkeypatch, use):
    monkeypatch.setattr(checked_database, "connect", failing)
    with pytest.raises(StoreError, match=r"cannot be read \(disk I/O error\): free some disk space, or mend the disk"):
        use(Index(folder))


def test_a_disk_that_cannot_be_read_is_said_by_a_sync(folder, models, monkeypatch):
    monkeypatch.setattr("index.store.known_files", failing)
    with pytest.raises(StoreError, match=r"cannot be read \(disk I/O error\)"):
        Index(folder).sync()
