"""An index of another format: an older one is built anew by a sync, with its model; a newer one is refused."""

import re

import pytest

from index import Index, database
from index.checking import Verdict
from index.errors import IndexDamaged, IndexMismatch, ModelError
from index.row_sums import COLUMNS
from index.schema import FORMAT_VERSION, SCHEMA
from index.writing import WritableStore
from qa import Corpus
from tests.fake_embedder import CountingEmbedder
from tests.index.altered import alter

FILES = {
    "army.md": "# The purge\n\nThe president told the army to purge traitors in Carabobo.\n",
    "aid.md": "# Aid\n\nColombia hosts 1.3 million migrants.\n",
}


@pytest.fixture
def loaded(monkeypatch):
    """The names of the models that were loaded; each is a fake one of that name."""
    names = []

    def load(name, **_others):
        names.append(name)
        return CountingEmbedder(name=name or "the default")

    monkeypatch.setattr("index.hiring.load_embedder", load)
    return names


@pytest.fixture
def folder(make_corpus):
    """A folder with an index that was made with the model `custom`."""
    corpus = make_corpus(FILES)
    Index(corpus, embedder=CountingEmbedder(name="custom")).sync()
    return corpus


def run_sql(folder, *statements):
    alter(folder / ".footnote" / "index.db", *statements)


def without_sums(folder):
    """The tables of format 2, which had no checksums."""
    database = folder / ".footnote" / "index.db"
    older = re.sub(r",( *--.*)?(\n?) *crc INTEGER NOT NULL( *--.*)?", r"\2", SCHEMA)
    for table, columns in COLUMNS.items():
        [made] = re.findall(rf"CREATE TABLE {table} .*?;$", older, re.DOTALL | re.MULTILINE)
        copied = f"INSERT INTO {table} SELECT {', '.join(columns)} FROM newer"
        alter(database, f"ALTER TABLE {table} RENAME TO newer", made, copied, "DROP TABLE newer", sealed=())
    alter(database, "UPDATE meta SET value = '2' WHERE name = 'format'", sealed=())


def make_older(folder):
    """Format 1, which had no table of sentences."""
    without_sums(folder)
    older = ("DROP TABLE sentences", "UPDATE meta SET value = '1' WHERE name = 'format'")
    alter(folder / ".footnote" / "index.db", *older, sealed=())


def make_newer(folder):
    run_sql(folder, f"UPDATE meta SET value = '{FORMAT_VERSION + 1}' WHERE name = 'format'")


def test_an_older_index_is_built_anew_with_its_model_and_says_why(folder, loaded):
    Index(folder).judgements.append({"rating": "up"})
    make_older(folder)
    report = Index(folder).sync()
    assert report.rebuilt == f"the index was of format 1, this Footnote keeps format {FORMAT_VERSION}"
    assert (report.new, report.embedded) == (("aid.md", "army.md"), 2)
    assert set(loaded) == {"custom"}
    assert Corpus(folder).search("army purge")[0].path == "army.md"
    assert Index(folder).judgements.entries() == [{"rating": "up"}]
    assert Index(folder).sync().rebuilt == ""


def test_an_index_without_checksums_gets_them_and_embeds_nothing(folder, loaded):
    without_sums(folder)
    with pytest.raises(IndexMismatch, match=r"is of format 2, .*: run `footnote sync` to bring it to this one"):
        Corpus(folder).search("army")
    report = Index(folder).sync()
    assert (report.rebuilt, report.embedded, len(report.unchanged)) == ("", 0, 2)
    assert {finding.name for finding in Index(folder).check(10) if finding.verdict == Verdict.WRONG} == set()
    assert Corpus(folder).search("army purge")[0].path == "army.md"
    assert set(loaded) == {"custom"}


@pytest.mark.parametrize("is_broken", [False, True])
def test_a_damaged_index_without_checksums_is_repaired(folder, is_broken):
    without_sums(folder)
    database = folder / ".footnote" / "index.db"
    if is_broken:
        for log in ("index.db-wal", "index.db-shm"):
            (database.parent / log).unlink(missing_ok=True)
        raw = database.read_bytes()
        at = raw.find(b"The president told the army") // 4096 * 4096
        database.write_bytes(raw[:at] + b"\xff" * 4096 + raw[at + 4096 :])
    embedder, said = CountingEmbedder(name="custom"), []
    Index(folder, embedder=embedder).repair(10, said.append)
    assert any("built anew" in line for line in said) == is_broken
    assert Corpus(folder, embedder=embedder).check().well


def test_an_open_reader_goes_on_after_an_older_index_was_built_anew(folder):
    make_older(folder)
    reader = Corpus(folder, embedder=CountingEmbedder(name="custom"))
    for _ in range(2):
        with pytest.raises(IndexMismatch, match=r"is of format 1, .*: run `footnote sync` to build it anew"):
            reader.search("army")
    Index(folder, embedder=CountingEmbedder(name="custom")).sync()
    assert reader.search("army purge")[0].path == "army.md"


def test_a_newer_index_is_refused_and_kept(folder, loaded):
    make_newer(folder)
    before = (folder / ".footnote" / "index.db").read_bytes()
    for use in (Index(folder).sync, lambda: Corpus(folder).search("army")):
        with pytest.raises(IndexMismatch, match=r"update Footnote, or run `footnote sync --rebuild`"):
            use()
    assert (folder / ".footnote" / "index.db").read_bytes() == before
    assert loaded == []


@pytest.mark.parametrize("change", [lambda _: None, make_older, make_newer])
def test_a_rebuild_keeps_the_model(folder, loaded, change):
    change(folder)
    assert Index(folder).sync(rebuild=True).embedded == 2
    assert loaded == ["custom"]
    assert Corpus(folder).model == "custom"


def test_a_rebuild_with_another_model_takes_that_one(folder, loaded):
    Index(folder, model="other").sync(rebuild=True)
    assert Corpus(folder).model == "other"
    assert loaded == ["other", "other"]


@pytest.mark.parametrize("rebuild", [False, True])
def test_nothing_is_deleted_when_the_model_cannot_be_loaded(folder, loaded, monkeypatch, rebuild):
    def fail(name, **_others):
        raise ModelError(f"no {name}")

    make_older(folder)
    with monkeypatch.context() as patch:
        patch.setattr("index.hiring.load_embedder", fail)
        with pytest.raises(ModelError, match="no custom"):
            Index(folder).sync(rebuild=rebuild)
    assert Index(folder).sync().rebuilt
    assert loaded == ["custom"]


def test_a_damaged_index_says_what_mends_it_and_a_rebuild_does(folder):
    database = folder / ".footnote" / "index.db"
    database.write_bytes(b"junk" * 4096)
    index = Index(folder, embedder=CountingEmbedder())
    with pytest.raises(IndexDamaged, match=r"index\.db is damaged .*: run `footnote check --repair`"):
        index.sync()
    assert index.sync(rebuild=True).documents == 2


def test_a_first_sync_that_was_killed_at_once_goes_on(make_corpus):
    folder = make_corpus(FILES)
    (folder / ".footnote").mkdir()
    (folder / ".footnote" / "index.db").touch()
    assert Index(folder, embedder=CountingEmbedder()).sync().documents == 2


@pytest.mark.parametrize("asks", [1, 2])
def test_another_model_is_refused_however_often_it_asks(folder, asks):
    reader = Corpus(folder, embedder=CountingEmbedder(name="another"))
    for _ in range(asks):
        with pytest.raises(IndexMismatch, match="was made with the model custom, this is another"):
            reader.search("army")


def test_the_same_model_run_another_way_is_refused_by_what_ran_it(folder):
    other = CountingEmbedder(name="custom")
    other.fingerprint = "run-on-a-gpu"
    with pytest.raises(IndexMismatch, match="this is run-on-a-gpu: name the same --device"):
        Corpus(folder, embedder=other).search("army")


def test_an_open_reader_notices_a_sync_with_another_model(folder):
    reader = Corpus(folder, embedder=CountingEmbedder(name="custom"))
    assert reader.search("army purge")[0].path == "army.md"
    Index(folder, embedder=CountingEmbedder(name="another")).sync()
    with pytest.raises(IndexMismatch, match="was made with the model another, this is custom"):
        reader.search("army purge")
    Index(folder, embedder=CountingEmbedder(name="custom")).sync()
    assert reader.search("army purge")[0].path == "army.md"


def test_a_reader_that_meets_a_sync_which_adds_the_sums_takes_that_for_no_damage(folder, monkeypatch):
    without_sums(folder)
    has_sums = database.has_sums

    def added_meanwhile(connection):
        WritableStore.create(folder / ".footnote" / "index.db").close()
        return has_sums(connection)

    monkeypatch.setattr(database, "has_sums", added_meanwhile)
    assert database.recorded(folder / ".footnote" / "index.db").model == "custom"
