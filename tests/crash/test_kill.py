"""`kill -9` at any moment loses nothing that was committed, and the next sync equals a fresh build."""

import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index import Index, State
from index.checking import Verdict
from qa import Corpus
from tests.fake_embedder import CountingEmbedder

ROOT = Path(__file__).resolve().parent.parent.parent
KILLS = 12
DOCUMENTS = 60


def text_of(number, edition):
    said = f"Edition {edition} of note {number} speaks of subject{number * 7}."
    return f"# Note {number}\n\n{said}\n\nAnd of topic{number}.\n"


def write_documents(folder, edition):
    folder.mkdir(exist_ok=True)
    for number in range(DOCUMENTS):
        if number % 3 != edition % 3 or edition == 0:
            (folder / f"note{number}.md").write_text(text_of(number, edition))
    for number in range(edition, DOCUMENTS, 17):
        (folder / f"note{number}.md").unlink(missing_ok=True)


def killed_while_syncing(folder, steps, delay_s):
    """Start a sync, kill it `delay_s` seconds after its `steps`th sign of progress; True when it was still running."""
    command = [sys.executable, "-m", "tests.crash.slow_sync", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "started\n"
        for _ in range(steps):
            process.stdout.readline()
        time.sleep(delay_s)
        running = process.poll() is None
        process.kill()
        process.stdout.read()
    return running


def found_in(folder, index_folder=None):
    corpus = Corpus(folder, index=index_folder, embedder=CountingEmbedder())
    paths = {d.path: d.passages for d in corpus.documents() if d.state == State.INDEXED}
    found = [corpus.search(f"subject{n * 7} topic{n}", 3) for n in range(0, 60, 9)]
    return paths, [[(h.path, h.start, h.end, round(h.score, 4)) for h in hits] for hits in found]


@pytest.mark.slow
def test_kills_during_sync_lose_nothing(tmp_path):
    folder = tmp_path / "corpus"
    chance = random.Random(20190501)
    interrupted = 0
    committed: set[str] = set()
    for kill in range(KILLS):
        write_documents(folder, edition=kill // 4)
        interrupted += killed_while_syncing(folder, chance.randrange(12), chance.uniform(0.0, 0.02))
        if not (folder / ".footnote" / "index.db").exists():
            continue
        corpus = Corpus(folder, embedder=CountingEmbedder())
        index = Index(folder, embedder=CountingEmbedder())
        with index.snapshot() as snapshot:
            records = snapshot.documents()
            assert all(len(snapshot.document(record.path).text) > 0 for record in records)
            assert sum(record.passages for record in records) == len(snapshot)
        assert all(hit.passage for hit in corpus.search("note", 200))
        present = {record.path for record in records}
        still_there = {path for path in committed if (folder / path).exists()}
        assert still_there <= present, "a committed document is gone"
        committed = present
    assert interrupted >= KILLS // 3, "the kills came too late to prove anything"
    index = Index(folder, embedder=CountingEmbedder())
    index.sync()
    assert [finding for finding in index.check(100) if finding.verdict == Verdict.WRONG] == []
    fresh = tmp_path / "fresh"
    Index(folder, index=fresh, embedder=CountingEmbedder()).sync()
    assert found_in(folder) == found_in(folder, fresh)
    shutil.rmtree(fresh)


def test_a_page_answers_and_sees_new_documents_while_another_process_syncs(tmp_path):
    folder = tmp_path / "corpus"
    write_documents(folder, edition=0)
    reader = Corpus(folder, embedder=CountingEmbedder())
    reader.sync()
    (folder / "late.md").write_text("# Late\n\nThe zeppelin landed at Caracas.\n")
    (folder / "note5.md").write_text(text_of(5, "new"))
    command = [sys.executable, "-m", "tests.crash.slow_sync", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        while process.poll() is None:
            assert reader.search("subject14 topic2", 1)[0].path == "note2.md"
        assert process.returncode == 0
    assert reader.search("zeppelin", 1)[0].path == "late.md"
    assert "Edition new" in reader.search("subject35 topic5", 1)[0].passage
