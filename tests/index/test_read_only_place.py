"""An index in a folder that the reader may not write: asked as it is, and as its owner changes it."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from index import Index
from tests.fake_embedder import CountingEmbedder
from tests.sources import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="permissions are others there")

NOBODY = 65534
READER = f"""
import os, sys
from index import Index
from index.errors import FootnoteError
from tests.fake_embedder import CountingEmbedder

def listed(folder):
    with folder.snapshot() as snapshot:
        return [record.path for record in snapshot.documents()]

own, others = (Index(folder, embedder=CountingEmbedder()) for folder in sys.argv[1:])
listed(own)  # so that all is imported
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
for _ in sys.stdin:
    try:
        print(listed(others), flush=True)
    except FootnoteError as error:
        print(error, flush=True)
"""


@pytest.fixture
def place():
    """A folder that others may look into, as pytest's are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)
    shutil.rmtree(folder)


def written(folder, **files):
    """The folder's index, its owner's and closed; `written(folder, aid="text")` adds aid.md."""
    for path in [folder, folder / ".footnote"]:
        path.mkdir(exist_ok=True)
        path.chmod(0o755)
    for name, content in files.items():
        (folder / f"{name}.md").write_text(content)
    index = Index(folder, embedder=CountingEmbedder())
    index.sync()
    (folder / ".footnote").chmod(0o555)
    return index


@contextmanager
def reading(own, others):
    """What asks a process that may not write in `others` for its documents."""
    command = [sys.executable, "-c", READER, str(own), str(others)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, env=environment, **pipes) as process:

        def asked():
            process.stdin.write("\n")
            process.stdin.flush()
            return process.stdout.readline().strip()

        yield asked
        process.stdin.close()


def beside(folder):
    return sorted(path.name for path in (folder / ".footnote").glob("index.db*"))


def test_a_closed_index_is_asked_and_its_later_changes_are_seen(make_corpus, place):
    own = make_corpus({"own.md": "Text."})
    written(own)
    folder = place / "corpus"
    written(folder, aid="The aid came by ship.")
    assert beside(folder) == ["index.db"]
    with reading(own, folder) as asked:
        assert asked() == "['aid.md']"
        assert beside(folder) == ["index.db"]
        written(folder, river="The river rose.")
        assert asked() == "['aid.md', 'river.md']"


def test_an_index_that_its_owner_has_open_is_read_with_its_log(make_corpus, place):
    own = make_corpus({"own.md": "Text."})
    written(own)
    folder = place / "corpus"
    database = folder / ".footnote" / "index.db"
    written(folder, aid="The aid came by ship.")
    with reading(own, folder) as asked:
        assert asked() == "['aid.md']"
        (folder / ".footnote").chmod(0o755)
        with closing(sqlite3.connect(database)) as owner:
            owner.execute("BEGIN")
            owner.execute("SELECT * FROM meta").fetchall()  # holds the log: it is not taken over into the file
            written(folder, river="The river rose.")
            assert database.with_name("index.db-wal").stat().st_size
            assert asked() == "['aid.md', 'river.md']"


def test_a_log_that_only_a_writer_can_open_is_said_in_one_line(make_corpus, place):
    own = make_corpus({"own.md": "Text."})
    written(own)
    folder, copied = place / "corpus", place / "copied"
    database = folder / ".footnote" / "index.db"
    written(folder, aid="The aid came by ship.")
    (folder / ".footnote").chmod(0o755)
    (copied / ".footnote").mkdir(parents=True)
    with closing(sqlite3.connect(database)) as owner:
        owner.execute("BEGIN")
        owner.execute("SELECT * FROM meta").fetchall()
        written(folder, river="The river rose.")
        for name in ("index.db", "index.db-wal"):
            shutil.copy(database.with_name(name), copied / ".footnote" / name)
    (copied / ".footnote").chmod(0o555)
    with reading(own, copied) as asked:
        assert "index.db-wal beside it holds what was written last" in (said := asked())
        assert "Run `footnote sync` as its owner" in said
