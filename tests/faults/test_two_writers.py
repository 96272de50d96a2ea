"""One writer at a time: others wait, or are told who holds the place; a holder that dies holds nothing."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from filelock import FileLock

import index.crew
from index import Index
from index.errors import IndexLocked
from tests.fake_embedder import CountingEmbedder
from tests.faults.tasks import AtOnce

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 60
HOLD = """
import sys
from pathlib import Path
from index.writer import writing
with writing(Path("corpus"), Path(sys.argv[1])):
    sys.stdout.write("holding\\n")
    sys.stdout.flush()
    sys.stdin.read()
"""


@pytest.fixture
def corpus(make_corpus, monkeypatch):
    monkeypatch.setattr(index.crew, "Reader", AtOnce)
    folder = make_corpus({"a.md": "# Aid\n\nThe aid came by ship.\n"})
    Index(folder, embedder=CountingEmbedder()).sync()
    return folder


def holding(folder):
    """Another process that holds the place until its standard input ends."""
    command = [sys.executable, "-c", HOLD, str(folder / ".footnote")]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "holding\n"
    return process


def refusal(folder, monkeypatch):
    monkeypatch.setattr("index.writer.LOCK_SECONDS", 0.05)
    with pytest.raises(IndexLocked) as error:
        Index(folder, embedder=CountingEmbedder()).sync()
    return str(error.value)


def test_who_holds_the_place_is_named_with_machine_and_time(corpus, monkeypatch):
    with holding(corpus) as process:
        said = refusal(corpus, monkeypatch)
        process.stdin.close()
    assert said.startswith(f"another sync of {corpus} is under way (process {process.pid}, since 20")
    assert said.endswith("): wait until it ends, then sync again")


def test_a_holder_that_is_killed_frees_the_place_at_once(corpus):
    with holding(corpus) as process:
        process.kill()
        process.wait()
        assert Index(corpus, embedder=CountingEmbedder()).sync().documents == 1


def test_a_second_writer_waits_until_the_first_has_ended(corpus, monkeypatch):
    monkeypatch.setattr("index.writer.LOCK_SECONDS", float(PATIENCE_S))
    with holding(corpus) as process:
        reports = []
        second = Index(corpus, embedder=CountingEmbedder())
        waiting = threading.Thread(target=lambda: reports.append(second.sync()), daemon=True)
        waiting.start()
        time.sleep(0.2)
        assert reports == []
        process.stdin.close()
        waiting.join(PATIENCE_S)
    assert [report.documents for report in reports] == [1]


@pytest.mark.parametrize(
    "note",
    [
        {"pid": 2**22 + 5, "started": 1, "host": platform.node(), "since": 1.7e9},
        {"pid": os.getpid(), "started": 1, "host": platform.node(), "since": 1.7e9},
        {"pid": "x", "started": None, "host": platform.node(), "since": 1.7e9},
        {"pid": 1, "since": 1e300, "host": platform.node(), "started": None},
        {"pid": 7},
        [],
        "",
    ],
    ids=["dead", "its number is another's", "no number", "no time", "of an older version", "a list", "a text"],
)
def test_a_note_of_a_process_that_is_gone_is_not_believed(note, corpus, monkeypatch):
    with FileLock(corpus / ".footnote" / "writer.lock"):
        (corpus / ".footnote" / "writer.json").write_text(json.dumps(note))
        assert "is under way (by an unknown process): wait" in refusal(corpus, monkeypatch)
    assert Index(corpus, embedder=CountingEmbedder()).sync().documents == 1


def test_a_holder_on_another_machine_is_named_with_it(corpus, monkeypatch):
    note = {"pid": 77, "started": 5, "host": "elsewhere", "since": time.time()}
    with FileLock(corpus / ".footnote" / "writer.lock"):
        (corpus / ".footnote" / "writer.json").write_text(json.dumps(note))
        assert "(process 77 of elsewhere, since 20" in refusal(corpus, monkeypatch)


def test_threads_of_one_process_take_turns(corpus, make_corpus):
    make_corpus({f"{n}.md": f"# Note {n}\n\nThe aid came {n} times.\n" for n in range(12)})
    reports, errors = [], []

    def sync():
        try:
            reports.append(Index(corpus, embedder=CountingEmbedder()).sync())
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=sync) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert errors == []
    assert sorted(len(report.new) for report in reports) == [0, 0, 0, 12]
    assert {report.documents for report in reports} == {13}
