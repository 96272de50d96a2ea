"""Documents that are added, taken out and put back: a fault at any call loses none and leaves none in part."""

from __future__ import annotations

import errno
import time

import pytest

from tests.faults.folders import EDITIONS, put
from tests.faults.writing import Fault, Task

ARRIVING = "arriving.md"
TEXT = "# Arriving\n\n" + "The ship arrives in the harbour. " * 3000


@pytest.fixture
def moved(watched, tmp_path):
    """Do something to the documents of a new folder; a function that does, and gives what stands where afterwards."""

    def move(do, fault=None):
        home = tmp_path / f"home{time.monotonic_ns()}"
        home.mkdir()
        put(home / "corpus", {"kept.md": EDITIONS[0]["note1.md"], "taken.md": EDITIONS[0]["note2.md"]})
        (tmp_path / ARRIVING).write_text(TEXT)
        where = (str(home / "corpus"), str(home / "index"))
        if do == "restore":
            assert watched.do(Task("remove", *where, watch=False, arguments=("taken.md",))).ended == "well"
        given = {"remove": ("taken.md",), "add": (str(tmp_path / ARRIVING),), "restore": ()}[do]
        outcome = watched.do(Task(do, *where, fault, arguments=given))
        seen = {
            path.relative_to(home).as_posix(): path.read_text()
            for path in home.rglob("*.md")
            if not path.name.startswith(".")
        }
        return home, outcome, seen

    return move


def assert_nothing_is_lost(do, seen):
    texts = list(seen.values())
    assert seen["corpus/kept.md"] == EDITIONS[0]["note1.md"]
    assert EDITIONS[0]["note2.md"] in texts
    assert set(texts) <= {EDITIONS[0]["note1.md"], EDITIONS[0]["note2.md"], TEXT}, "a document in part"
    if do == "add":
        assert seen["corpus/taken.md"] == EDITIONS[0]["note2.md"]


@pytest.mark.parametrize("do", ["add", "remove", "restore"])
def test_killed_at_any_call_no_document_is_lost_or_there_in_part(do, moved):
    _, whole, _ = moved(do)
    assert whole.ended == "well"
    for at in range(1, len(whole.calls) + 1):
        _, outcome, seen = moved(do, Fault("kill", at))
        assert outcome.ended == "killed"
        assert_nothing_is_lost(do, seen)


@pytest.mark.parametrize("do", ["add", "remove", "restore"])
@pytest.mark.parametrize("kind", ["refuse", "full"])
def test_on_a_full_disk_it_is_said_in_one_line_and_nothing_is_left_in_part(do, kind, moved):
    _, whole, _ = moved(do)
    for at in [at for at, (name, _) in enumerate(whole.calls, 1) if name != "unlink"]:
        home, outcome, seen = moved(do, Fault(kind, at, errno=errno.ENOSPC))
        assert outcome.ended == "well" or outcome.ended.startswith("error: "), outcome.ended
        assert_nothing_is_lost(do, seen)
        if outcome.ended != "well":
            assert "No space left" in outcome.ended
            assert "corpus/arriving.md" not in seen
        assert not list((home / "corpus").glob(".*"))


def test_what_a_killed_upload_left_is_cleared_away_by_a_later_one(moved, monkeypatch):
    home, outcome, _ = moved("add", Fault("kill", 2))
    assert outcome.ended == "killed"
    assert len(list((home / "corpus").glob(".upload-*"))) == 1
    monkeypatch.setattr("index.uploads.LEFT_SECONDS", -1.0)
    from index.uploads import store_upload

    (home / "other.md").write_text("# Other\n\nAnother text.\n")
    store_upload(home / "corpus", home / "other.md", "other.md")
    assert sorted(path.name for path in (home / "corpus").iterdir()) == ["kept.md", "other.md", "taken.md"]
