"""A repair keeps what is whole, makes the rest again from the documents, says what it did, and can be run again."""

import errno
import sqlite3
from contextlib import closing

import pytest

from index import Index, State
from index.arrays import read_arrays
from index.checking import Verdict
from index.errors import IndexDamaged, IndexLocked, IndexMismatch, IndexMissing, IndexNotWritable
from index.repairing import repair
from index.writer import writing
from qa import Corpus
from tests.fake_embedder import CountingEmbedder
from tests.index.altered import alter

FILES = {f"note{n}.md": f"# Note {n}\n\nThe army of note {n} was told to purge subject{n}.\n" for n in range(8)}


@pytest.fixture
def index(make_corpus):
    made = Index(make_corpus(FILES), embedder=CountingEmbedder())
    made.sync()
    made.judgements.append({"rating": "up"})
    return made


def again(index):
    return Index(index.corpus, embedder=CountingEmbedder())


def repaired(index):
    """What was said, and the texts that were embedded again."""
    said, mender = [], again(index)
    mender.repair(20, said.append)
    return said, mender.embedder.embedded


def is_well(index):
    found = {finding.name: finding for finding in again(index).check(20)}
    assert {f.verdict for f in found.values() if f.name != "folder"} == {Verdict.OK}, found
    assert found["folder"].said == "in step: 8 documents as indexed"
    corpus = Corpus(index.corpus, embedder=CountingEmbedder())
    assert [corpus.search(f"subject{n}", 1)[0].path for n in range(8)] == list(FILES)
    return True


def damaged_files(index):
    return sorted(path.name for path in index.folder.iterdir() if ".damaged-" in path.name)


def test_a_sound_index_is_left_as_it_is(index):
    before = {path: path.read_bytes() for path in index.folder.iterdir() if path.suffix in {".fn", ".db"}}
    said, _ = repaired(index)
    assert said == []
    assert {path: path.read_bytes() for path in before} == before


def test_a_damaged_vector_is_made_again_and_no_other(index):
    one = "WHERE key = (SELECT key FROM passages WHERE id = 3)"
    alter(index.folder / "index.db", f"UPDATE vectors SET vector = zeroblob(128) {one}", sealed=())
    said, _ = repaired(index)
    assert said[0] == "index.db: 1 vectors are damaged; they are made again"
    assert is_well(index)
    assert damaged_files(index) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE passages SET text = 'navy' WHERE document = 2",
        "UPDATE texts SET layout = x'00' WHERE document = 2",
        "UPDATE documents SET digest = x'00' WHERE id = 2",
    ],
)
def test_a_document_with_a_damaged_row_is_read_again_and_no_other(index, statement):
    with closing(sqlite3.connect(index.folder / "index.db")) as connection:
        before = dict(connection.execute("SELECT path, id FROM documents"))
    alter(index.folder / "index.db", statement, sealed=())
    said, _ = repaired(index)
    assert said[0] == "index.db: what it holds of note1.md is damaged; it is read again"
    assert "1 new" in said[1]
    assert is_well(index)
    with closing(sqlite3.connect(index.folder / "index.db")) as connection:
        after = dict(connection.execute("SELECT path, id FROM documents"))
    assert {path for path in FILES if before[path] != after[path]} == {"note1.md"}


def cut_in_half(raw):
    return raw[: len(raw) // 2]


def broken_page(raw):
    """The second page, which holds a table's root."""
    return raw[:4096] + b"\xff" * 4096 + raw[8192:]


def broken_header(raw):
    return b"junk" + raw[4:]


@pytest.mark.parametrize("damage", [cut_in_half, broken_page, broken_header, lambda raw: b""])
def test_a_broken_store_is_built_anew_beside_it_and_kept(index, damage):
    database = index.folder / "index.db"
    damaged = damage(database.read_bytes())
    database.write_bytes(damaged)
    for log in ("index.db-wal", "index.db-shm"):
        (index.folder / log).unlink(missing_ok=True)
    said, _ = repaired(index)
    [kept] = [name for name in damaged_files(index) if not name.endswith("-wal")]
    assert said[-1].startswith(f"index.db: built anew; the damaged file is kept as {kept}")
    assert (index.folder / kept).read_bytes() == damaged
    assert is_well(index)
    assert again(index).judgements.entries() == [{"rating": "up"}]
    assert not list(index.folder.glob("*.repairing*"))


def test_what_is_whole_of_a_broken_store_is_not_embedded_again(index):
    alter(index.folder / "index.db", "UPDATE documents SET id = 99 WHERE path = 'note1.md'")
    said, embedded = repaired(index)
    assert "index.db: 7 documents and 8 vectors of it are whole" in said
    assert is_well(index)
    assert len(embedded) < 200


def test_of_a_store_that_was_cut_the_pages_that_are_there_are_kept(index):
    database = index.folder / "index.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (index.folder / "index.db-shm").unlink(missing_ok=True)
    database.write_bytes(database.read_bytes()[:-5000])
    said, _ = repaired(index)
    kept = next(line for line in said if line.endswith("of it are whole"))
    assert kept not in {"index.db: 0 documents and 0 vectors of it are whole"}
    assert is_well(index)
    assert not list(index.folder.glob("*.copy*"))


def test_rows_that_are_whole_and_wrong_are_made_anew(index):
    alter(index.folder / "index.db", "UPDATE passages SET text = replace(text, 'army', 'navy')")
    said, _ = repaired(index)
    assert "it is built anew from the documents" in " ".join(said)
    assert is_well(index)
    [kept] = [name for name in damaged_files(index) if not name.endswith("-wal")]
    assert said[-1].startswith(f"index.db: built anew; the damaged file is kept as {kept},")


def test_a_repair_that_was_stopped_can_be_run_again(index, monkeypatch):
    database = index.folder / "index.db"
    database.write_bytes(broken_page(database.read_bytes()))
    for step in ("_built", "_put_in_place"):
        with monkeypatch.context() as patch:

            def stop(*_given):
                raise KeyboardInterrupt

            patch.setattr(repair, step, stop)
            with pytest.raises(KeyboardInterrupt):
                repaired(index)
    repaired(index)
    assert is_well(index)


def test_a_full_disk_is_said_and_loses_nothing(index, monkeypatch):
    database = index.folder / "index.db"
    damaged = broken_page(database.read_bytes())
    database.write_bytes(damaged)
    with monkeypatch.context() as patch:

        def full(*_given):
            raise OSError(errno.ENOSPC, "No space left on device")

        patch.setattr(repair, "_put_in_place", full)
        with pytest.raises(
            IndexNotWritable, match=r"could not go on \(No space left on device\): free some disk space"
        ):
            repaired(index)
    assert database.read_bytes() == damaged
    repaired(index)
    assert is_well(index)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE passages SET text = 'navy' WHERE id = 2",
        "UPDATE removed SET change = change",
        "UPDATE documents SET id = 99 WHERE id = 2",
    ],
)
def test_an_open_reader_goes_on_after_a_repair(index, statement):
    reader = Corpus(index.corpus, embedder=CountingEmbedder())
    assert reader.search("subject1", 1)[0].path == "note1.md"
    alter(index.folder / "index.db", statement, sealed=())
    repaired(index)
    assert [reader.search(f"subject{n}", 1)[0].path for n in range(8)] == list(FILES)
    assert reader.ask("Who was told to purge subject1?").citations[0].path == "note1.md"


def test_while_another_writes_nothing_is_repaired(index, monkeypatch):
    monkeypatch.setattr("index.writer.LOCK_SECONDS", 0.1)
    with writing(index.corpus, index.folder), pytest.raises(IndexLocked, match=r"another sync .* is under way"):
        repaired(index)


def test_an_index_that_is_not_there_or_of_a_later_version_is_no_damage(index, tmp_path):
    with pytest.raises(IndexMissing, match="footnote sync"):
        Index(index.corpus, index=tmp_path / "none", embedder=CountingEmbedder()).repair(5, print)
    alter(index.folder / "index.db", "UPDATE meta SET value = '99' WHERE name = 'format'")
    with pytest.raises(IndexMismatch, match="update Footnote"):
        repaired(index)


def test_damaged_lines_are_put_aside_and_the_others_stay(index):
    owner, conversation = "somebody", "a" * 32
    for number in range(3):
        index.conversations.append(owner, conversation, {"exchange": {"key": f"k{number}", "question": "Why?"}})
        index.judgements.append({"rating": f"down{number}"})
    [path] = index.folder.glob("conversations/*/*.conversation")
    for file, word in ((path, b"k1"), (index.folder / "feedback.jsonl", b"down1")):
        file.write_bytes(file.read_bytes().replace(word, b"other"))
    assert {f.name for f in again(index).check(5) if f.verdict == Verdict.WRONG} == {"kept"}
    said, _ = repaired(index)
    assert [line.partition(": ")[2].partition(";")[0] for line in said] == [
        "1 damaged lines are left out, 2 stay",
        "1 damaged lines are left out, 3 stay",
    ]
    assert is_well(index)
    kept = again(index).conversations.read(owner, conversation)
    assert [exchange["key"] for exchange in kept.exchanges] == ["k0", "k2"]
    assert [entry["rating"] for entry in again(index).judgements.entries()] == ["up", "down0", "down2"]
    assert len(list(index.folder.glob("**/*.damaged-*"))) == 2
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_store_that_was_set_back_is_not_searched_with_later_files(index, make_corpus):
    database = index.folder / "index.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = database.read_bytes()
    make_corpus({f"later{n}.md": f"Later army {n}.\n" for n in range(300)})
    again(index).sync()
    assert any(read_arrays(path).facts.get("change", 0) > 1 for path in index.folder.glob("*.fn"))
    for log in ("index.db-wal", "index.db-shm"):
        (index.folder / log).unlink(missing_ok=True)
    database.write_bytes(before)
    assert {hit.path for hit in Corpus(index.corpus, embedder=CountingEmbedder()).search("army", 50)} == set(FILES)
    for n in range(300):
        (index.corpus / f"later{n}.md").write_text(f"Another navy {n * 7}.\n")
    again(index).sync()
    corpus = Corpus(index.corpus, embedder=CountingEmbedder())
    assert {d.path for d in corpus.documents() if d.state == State.INDEXED} >= set(FILES)
    assert corpus.check().well


def test_a_damaged_name_in_the_tables_of_sqlite_is_said_and_mended(index):
    database = index.folder / "index.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = database.read_bytes()
    database.write_bytes(raw.replace(b"sqlite_autoindex_documents_1", b"sqlite_autoindex_\xe4ocuments_1"))
    with pytest.raises(IndexDamaged, match=r"is damaged \(a text in it is not UTF-8\): run `footnote check --repair`"):
        Corpus(index.corpus, embedder=CountingEmbedder()).search("army")
    repaired(index)
    assert is_well(index)
