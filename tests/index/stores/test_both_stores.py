"""What holds for an index wherever it is kept: beside its folder, or on a server."""

import pytest

from index.errors import IndexMissing, NothingWithin
from tests.fake_embedder import CountingEmbedder
from tests.index.stores.states import AID, ARMY, FILES, OIL, state_of


@pytest.fixture
def folder(make_corpus):
    return make_corpus(FILES)


def changed(folder, how):
    """Change the folder in one of several ways."""
    if how == "added":
        (folder / "aid" / "brazil.md").write_text("# Brazil\n\nRoraima has shelters for 6,000 people.\n")
    elif how == "edited":
        (folder / "army.md").write_text(ARMY.replace("Carabobo", "Zulia"))
    elif how == "renamed":
        (folder / "oil.txt").rename(folder / "aid" / "crude.txt")
    elif how == "folder renamed":
        (folder / "aid").rename(folder / "help")
    elif how == "removed":
        (folder / "army.md").unlink()
    elif how == "copied":
        (folder / "again.md").write_text(ARMY)
    elif how == "unreadable":
        (folder / "oil.txt").write_bytes(b"")
    elif how == "readable again":
        (folder / "oil.txt").write_text(OIL)


HISTORIES = (
    ("added", "edited", "renamed"),
    ("copied", "removed", "unreadable", "readable again"),
    ("folder renamed", "edited", "copied"),
)


@pytest.mark.parametrize("history", HISTORIES, ids="-".join)
def test_after_any_history_it_equals_a_fresh_one(folder, place, another, history):
    index = place.index(folder)
    index.sync()
    for how in history:
        changed(folder, how)
        index.sync()
    another.index(folder).sync()
    assert state_of(folder, place) == state_of(folder, another)


def test_terms_that_are_written_down_are_written_anew_for_another_analyser(folder, place, monkeypatch):
    index = place.index(folder)
    index.sync()
    monkeypatch.setattr("index.milvus.rows._ANALYSED", ", analyser 99")
    report = index.sync()
    assert len(report.changed) == (len(FILES) if place.store else 0)
    assert len(index.sync().unchanged) == len(FILES)


def test_only_new_text_is_embedded(folder, place):
    embedder = CountingEmbedder()
    index = place.index(folder, embedder)
    assert index.sync().embedded == 3
    before = len(embedder.embedded)
    changed(folder, "renamed")
    report = index.sync()
    assert report.renamed == (("oil.txt", "aid/crude.txt"),)
    changed(folder, "copied")
    report = index.sync()
    assert (report.new, report.embedded) == (("again.md",), 0)
    assert len(embedder.embedded) == before
    changed(folder, "added")
    assert index.sync().embedded == 1


def test_a_second_sync_has_nothing_to_do(folder, place):
    place.index(folder).sync()
    report = place.index(folder).sync()
    assert not report.did_something
    assert len(report.unchanged) == 3


def test_before_the_first_sync_it_says_so(folder, place):
    assert not place.index(folder).exists
    with pytest.raises(IndexMissing, match="footnote sync"):
        place.corpus(folder).ask("Who purges the army?")


def test_a_reader_sees_what_another_one_synced(folder, place):
    place.index(folder).sync()
    corpus = place.corpus(folder)
    assert "Carabobo" in corpus.search("purge the army")[0].passage
    changed(folder, "edited")
    place.index(folder).sync()
    assert "Zulia" in corpus.search("purge the army")[0].passage
    assert corpus.document_text("army.md") == ARMY.replace("Carabobo", "Zulia")


def test_within_keeps_to_some_documents(folder, place):
    place.index(folder).sync()
    corpus = place.corpus(folder)
    assert {hit.path for hit in corpus.search("army oil migrants", within=["aid/"])} == {"aid/colombia.md"}
    assert {hit.path for hit in corpus.search("army oil migrants", within=["*.txt"])} == {"oil.txt"}
    with pytest.raises(NothingWithin):
        corpus.search("army", within=["nowhere/"])


def test_a_rebuild_gives_the_same(folder, place):
    index = place.index(folder)
    index.sync()
    before = state_of(folder, place)
    assert index.sync(rebuild=True).new == ("aid/colombia.md", "army.md", "oil.txt")
    assert state_of(folder, place) == before


def test_another_model_embeds_all_anew(folder, place):
    place.index(folder).sync()
    other = CountingEmbedder(name="other")
    report = place.index(folder, other).sync()
    assert report.embedded == 3
    assert "counting" in report.rebuilt
    assert place.index(folder, other).sync().embedded == 0


def test_some_files_can_be_looked_at_alone(folder, place):
    index = place.index(folder)
    index.sync()
    changed(folder, "edited")
    changed(folder, "added")
    assert index.sync(only=["army.md"]).changed == ("army.md",)
    assert index.sync(only=["aid"]).new == ("aid/brazil.md",)


def test_a_long_document_comes_back_as_it_was(make_corpus, place):
    text = "".join(f"Paragraph {number} speaks of the {number}th of many things.\n\n" for number in range(2000))
    folder = make_corpus({"long.txt": text, "aid.md": AID})
    place.index(folder).sync()
    corpus = place.corpus(folder)
    assert corpus.document_text("long.txt") == text
    assert any("Paragraph 1234 " in hit.passage for hit in corpus.search("Paragraph 1234"))


def test_a_check_finds_it_sound(folder, place):
    index = place.index(folder)
    index.sync()
    verdicts = {finding.name: finding.verdict for finding in index.check(50)}
    assert "wrong" not in verdicts.values()
    assert {"store", "counts", "passages", "vectors", "folder"} <= set(verdicts)


def test_an_empty_folder_and_one_where_nothing_can_be_read(make_corpus, place, another):
    place.index(make_corpus({})).sync()
    assert another.index(make_corpus({"no.txt": ""})).sync().failed == (("no.txt", "empty file: it has no bytes"),)


def test_odd_words_are_found(make_corpus, place):
    folder = make_corpus({
        "odd.md": "Die Straße führt zum Café Guaidó; zqxylon and zq4e are words, and 一带一路 a policy.\n",
        "long.md": f"A key: {'a1' * 32} {'ß' * 40}.\n",
    })  # fmt: skip
    place.index(folder).sync()
    corpus = place.corpus(folder)
    for words in ("strasse", "guaido", "zqxylon", "zq4e", "一带一路"):
        assert [hit.path for hit in corpus.search(f'"{words}" {words}', 1)] == ["odd.md"]
    assert [hit.path for hit in corpus.search("a1" * 32, 1)] == ["long.md"]
