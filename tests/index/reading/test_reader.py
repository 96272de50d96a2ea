"""The reader and its worker: one bad file costs itself only."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from index.documents import Document
from index.errors import ReadError
from index.reading import Reader, ReadingLimits
from index.reading.opening import document_in
from index.reading.wire import document_from_json, document_to_json
from tests.index.reading.minimal_pdf import lines, pdf
from tests.index.reading.samples import word

posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of POSIX")


@pytest.fixture(scope="module")
def reader():
    with Reader() as reader:
        yield reader


def written(folder, name, data):
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.md", b"# Aid\n\n| a | b |\n|--|--|\n| 1 | 2 |\n"),
        ("a.docx", word("#Aid", "Late.")),
        ("a.pdf", pdf([lines("Aid")])),
    ],
)
def test_the_worker_reads_what_reading_here_gives(reader, tmp_path, name, data):
    path = written(tmp_path, name, data)
    assert reader.read(path) == document_in(str(path), ReadingLimits())


def test_a_document_survives_the_wire(tmp_path):
    document = document_in(str(written(tmp_path, "a.pdf", pdf([lines("Aid di-", "vided")]))), ReadingLimits())
    assert document_from_json(document_to_json(document)) == document
    assert isinstance(document, Document)


def test_a_bad_file_does_not_disturb_the_next(reader, tmp_path):
    with pytest.raises(ReadError, match="damaged"):
        reader.read(written(tmp_path, "a.docx", b"PK\3\4 broken"))
    assert reader.read(written(tmp_path, "a.txt", b"words")).text == "words"


@posix
def test_a_dead_worker_is_replaced(tmp_path):
    path = written(tmp_path, "a.txt", b"words")
    with Reader() as reader:
        reader.read(path)
        os.kill(reader._worker.pid, signal.SIGKILL)
        reader._worker.wait()
        assert reader.read(path).text == "words"


@posix
def test_a_worker_that_dies_at_a_file_gives_a_reason(tmp_path):
    path = written(tmp_path, "a.txt", b"words")
    with Reader() as reader:
        reader.read(path)
        worker = reader._worker
        os.kill(worker.pid, signal.SIGSTOP)
        threading.Timer(0.3, worker.kill).start()
        with pytest.raises(ReadError, match=r"stopped at this file: its worker was ended by SIGKILL"):
            reader.read(path)
        assert reader.read(path).text == "words"


@posix
def test_a_worker_that_hangs_is_stopped_in_time(tmp_path):
    path = written(tmp_path, "a.txt", b"words")
    with Reader(ReadingLimits(timeout_s=0.5, timeout_s_per_mb=0)) as reader:
        reader._started()
        os.kill(reader._worker.pid, signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(ReadError, match="stopped at this file: it took longer than"):
            reader.read(path)
        assert time.monotonic() - began < 10


@posix
def test_memory_is_limited(tmp_path):
    path = written(tmp_path, "a.txt", b"word " * 40_000_000)
    with (
        Reader(ReadingLimits(memory_bytes=400 << 20)) as reader,
        pytest.raises(ReadError, match=r"more memory|stopped at"),
    ):
        reader.read(path)


def test_large_files_and_long_texts_are_refused(tmp_path):
    path = written(tmp_path, "a.txt", b"word " * 1_000)
    with Reader(ReadingLimits(file_bytes=1_000)) as reader, pytest.raises(ReadError, match="MB at most"):
        reader.read(path)
    with Reader(ReadingLimits(text_chars=1_000)) as reader, pytest.raises(ReadError, match="characters of text"):
        reader.read(path)


@posix
def test_only_regular_files_are_opened(reader, tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    for path in (tmp_path / "pipe.txt", tmp_path):
        with pytest.raises(ReadError, match="not a regular file"):
            reader.read(path)
    with pytest.raises(ReadError, match="cannot be opened"):
        reader.read(tmp_path / "missing.txt")


@posix
def test_a_name_that_is_not_utf8(reader, tmp_path):
    path = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    with os.fdopen(descriptor, "wb") as file:
        file.write(b"words")
    assert reader.read(tmp_path / os.fsdecode(b"caf\xe9.txt")).text == "words"


@posix
def test_the_worker_ends_with_its_owner(tmp_path):
    program = (
        "from index.reading import Reader; r = Reader(); print(r._started().pid, flush=True); import os; os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    for _ in range(100):
        try:
            os.kill(int(done.stdout), 0)
        except ProcessLookupError:
            return
        if _is_zombie(int(done.stdout)):
            return
        time.sleep(0.05)
    pytest.fail("the worker outlived its owner")


def _is_zombie(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return False


def test_a_reader_can_be_closed_twice_and_used_again(tmp_path):
    reader = Reader()
    reader.close()
    assert reader.read(written(tmp_path, "a.txt", b"words")).text == "words"
    reader.close()
    reader.close()
