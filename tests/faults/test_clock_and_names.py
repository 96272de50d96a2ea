"""Clocks that jump, dates that are old or odd, names that are nearly the same: what has changed is found."""

from __future__ import annotations

import os
import time
import unicodedata

import pytest

import index.crew
import index.intake
from index import Index, State
from qa import Corpus
from tests.fake_embedder import CountingEmbedder
from tests.faults.tasks import AtOnce

LONG_AGO = 1_000_000_000 * 10**9
FIRST, SECOND = "The first ship came on Monday.\n", "The other boat came on Friday.\n"
assert len(FIRST) == len(SECOND)


@pytest.fixture(autouse=True)
def read_at_once(monkeypatch):
    monkeypatch.setattr(index.crew, "Reader", AtOnce)


def synced(folder, where=None):
    made = Index(folder, index=where, embedder=CountingEmbedder())
    return made.sync()


def texts_of(folder, where=None):
    made = Index(folder, index=where, embedder=CountingEmbedder())
    with made.snapshot() as snapshot:
        return {r.path: snapshot.document(r.path).text for r in snapshot.documents() if r.state == State.INDEXED}


def dated(path, text, mtime_ns):
    path.write_text(text)
    os.utime(path, ns=(mtime_ns, mtime_ns))


@pytest.fixture
def clock(monkeypatch):
    """The clock of the sync, set off by some seconds."""
    real = time.time_ns

    def off(seconds):
        monkeypatch.setattr(time, "time_ns", lambda: real() + int(seconds * 1e9))

    return off


@pytest.mark.parametrize("jump_s", [-86_400.0, -10.0, 10.0, 86_400.0])
def test_a_clock_that_jumps_between_syncs_hides_no_change(jump_s, make_corpus, clock):
    folder = make_corpus({"a.txt": FIRST, "b.txt": FIRST})
    clock(5.0)  # so late that the times of the files are believed
    synced(folder)
    clock(5.0 + jump_s)
    assert synced(folder).changed == ()
    was = (folder / "a.txt").stat()
    (folder / "a.txt").write_text(SECOND)
    os.utime(folder / "a.txt", ns=(was.st_atime_ns, was.st_mtime_ns))
    assert synced(folder).changed == ("a.txt",)
    assert texts_of(folder) == {"a.txt": SECOND, "b.txt": FIRST}
    assert synced(folder).changed == ()


@pytest.mark.parametrize("mtime_ns", [0, 1, -1, -(10**18), LONG_AGO, 4_000_000_000 * 10**9, 10**19])
def test_whatever_date_a_document_has_its_changes_are_found(mtime_ns, make_corpus):
    folder = make_corpus({"a.txt": FIRST})
    try:
        dated(folder / "a.txt", FIRST, mtime_ns)
    except OverflowError:
        pytest.skip("the system has no such time")
    assert synced(folder).new == ("a.txt",)
    report = synced(folder)
    assert (report.unchanged, report.embedded) == (("a.txt",), 0)
    dated(folder / "a.txt", SECOND, mtime_ns)
    assert synced(folder).changed == ("a.txt",)
    assert texts_of(folder) == {"a.txt": SECOND}


def test_an_older_document_of_the_same_size_in_place_of_a_newer_one_is_found(make_corpus, tmp_path):
    folder = make_corpus({})
    dated(folder / "a.txt", FIRST, LONG_AGO + 10**15)
    synced(folder)
    dated(tmp_path / "older.txt", SECOND, LONG_AGO)
    (tmp_path / "older.txt").replace(folder / "a.txt")
    assert synced(folder).changed == ("a.txt",)
    assert texts_of(folder) == {"a.txt": SECOND}


def test_the_same_size_and_date_hide_no_change(make_corpus, tmp_path, clock):
    folder = make_corpus({})
    clock(5.0)
    dated(folder / "a.txt", FIRST, LONG_AGO)
    dated(folder / "b.txt", FIRST, LONG_AGO)
    synced(folder)
    dated(folder / "a.txt", SECOND, LONG_AGO)
    dated(tmp_path / "b.txt", SECOND, LONG_AGO)
    (tmp_path / "b.txt").replace(folder / "b.txt")
    assert synced(folder).changed == ("a.txt", "b.txt")


def test_a_document_may_change_within_a_tick_of_its_reading_however_late_that_is_committed(
    make_corpus, monkeypatch, clock
):
    folder = make_corpus({"a.txt": FIRST})
    commit = index.intake.Intake._commit

    def late(intake, **how):
        clock(10.0)
        commit(intake, **how)

    monkeypatch.setattr(index.intake.Intake, "_commit", late)
    synced(folder)
    known = Index(folder, embedder=CountingEmbedder())._store().known_files()[b"a.txt"]
    assert (known.facts.mtime_ns, known.facts.ctime_ns) == (0, 0), "times of a file that was too fresh are believed"


COMPOSED, APART = unicodedata.normalize("NFC", "résumé.txt"), unicodedata.normalize("NFD", "résumé.txt")


@pytest.mark.parametrize("name", [COMPOSED, APART], ids=["NFC", "NFD"])
@pytest.mark.parametrize("asked", [COMPOSED, APART], ids=["asked NFC", "asked NFD"])
def test_within_finds_a_name_however_its_accents_are_written(name, asked, make_corpus):
    folder = make_corpus({name: FIRST, f"Für/{name}": FIRST.replace("ship", "cart"), "other.txt": FIRST})
    synced(folder)
    corpus = Corpus(folder, embedder=CountingEmbedder())
    assert {hit.path for hit in corpus.search("came", 9, within=[asked])} == {name}
    for pattern in (unicodedata.normalize(form, "Für/*") for form in ("NFC", "NFD")):
        assert {hit.path for hit in corpus.search("came", 9, within=[pattern])} == {f"Für/{name}"}
    answer = corpus.ask("Which ship came on Monday?", within=[asked])
    cited = answer.citations[0]
    assert corpus.document_text(cited.path)[cited.start : cited.end] == cited.quote != ""
    assert (folder / cited.path).is_file()


def test_names_that_differ_only_in_how_accents_are_written_are_two_documents(make_corpus):
    folder = make_corpus({COMPOSED: FIRST, APART: SECOND})
    if len(list(folder.iterdir())) < 2:
        pytest.skip("the file system takes the two names for one")
    synced(folder)
    corpus = Corpus(folder, embedder=CountingEmbedder())
    for name in (COMPOSED, APART):
        assert [hit.path for hit in corpus.search("came", 9, within=[name])] == [name]


@pytest.mark.parametrize(("before", "after"), [("a.txt", "A.txt"), (COMPOSED, APART), ("Aid/a.txt", "AID/a.txt")])
def test_another_spelling_of_a_name_is_a_rename_that_embeds_nothing(before, after, make_corpus, tmp_path):
    folder = make_corpus({before: FIRST, "other.txt": SECOND})
    synced(folder)
    (folder / before.split("/")[0]).rename(folder / after.split("/")[0])
    report = synced(folder)
    assert (report.renamed, report.embedded, report.removed) == (((before, after),), 0, ())
    synced(folder, tmp_path / "fresh")
    assert texts_of(folder) == texts_of(folder, tmp_path / "fresh") == {after: FIRST, "other.txt": SECOND}


def test_names_that_differ_only_in_case_are_two_documents(make_corpus):
    folder = make_corpus({"a.txt": FIRST, "A.txt": SECOND})
    if len(list(folder.glob("?.txt"))) < 2:
        pytest.skip("the file system takes the two names for one")
    synced(folder)
    assert texts_of(folder) == {"a.txt": FIRST, "A.txt": SECOND}
    (folder / "A.txt").unlink()
    assert synced(folder).removed == ("A.txt",)


def test_a_name_that_is_no_text_is_followed_through_changes_and_renames(make_corpus):
    folder = make_corpus({"b.txt": FIRST})
    odd, other = os.fsencode(folder) + b"/caf\xe9.txt", os.fsencode(folder) + b"/th\xe9.txt"
    try:
        with open(odd, "w") as file:  # noqa: PTH123
            file.write(SECOND)
    except OSError:
        pytest.skip("the file system takes no such name")
    synced(folder)
    assert texts_of(folder) == {"b.txt": FIRST, "caf\\xe9.txt": SECOND}
    os.rename(odd, other)  # noqa: PTH104
    assert synced(folder).renamed == (("caf\\xe9.txt", "th\\xe9.txt"),)
    corpus = Corpus(folder, embedder=CountingEmbedder())
    (cited,) = corpus.ask("Which boat came on Friday?", within=["th\\xe9.txt"]).citations
    assert corpus.document_text(cited.path)[cited.start : cited.end] == cited.quote
