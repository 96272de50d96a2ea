"""The reader and its worker: one bad file costs itself only."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from index.documents import Document, Span
from index.errors import ReadError
from index.reading import Reader, ReadingLimits
from index.reading.opening import document_in
from index.reading.regular import opened
from index.reading.wire import document_from_json, document_to_json
from tests.index.reading.minimal_pdf import lines, pdf
from tests.index.reading.samples import check, word

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
def test_work_without_end_is_stopped(tmp_path):
    """Processor time is counted for each file anew, however much the worker has worked before."""
    path = written(tmp_path, "a.txt", b"words")
    with Reader(ReadingLimits(timeout_s=1, timeout_s_per_mb=0)) as reader:
        for _ in range(3):
            reader.read(path)
        slow = written(tmp_path, "b.json", b"[" + b"[1]," * 3_000_000 + b"[1]]")
        began = time.monotonic()
        with pytest.raises(ReadError, match=r"took more than 1 s of work|longer than"):
            reader.read(slow)
        assert time.monotonic() - began < 20
        assert reader.read(path).text == "words"


@posix
def test_a_dead_worker_is_replaced(tmp_path):
    path = written(tmp_path, "a.txt", b"words")
    with Reader() as reader:
        reader.read(path)
        os.kill(reader._worker.process.pid, signal.SIGKILL)
        reader._worker.process.wait()
        assert reader.read(path).text == "words"


@posix
def test_a_worker_that_dies_at_a_file_gives_a_reason(tmp_path):
    path = written(tmp_path, "a.txt", b"words")
    with Reader() as reader:
        reader.read(path)
        worker = reader._worker.process
        os.kill(worker.pid, signal.SIGSTOP)
        threading.Timer(0.3, worker.kill).start()
        with pytest.raises(ReadError, match=r"stopped at this file: its worker was ended by SIGKILL"):
            reader.read(path)
        assert reader.read(path).text == "words"


@posix
def test_a_worker_that_hangs_is_stopped_in_time(tmp_path):
    path = written(tmp_path, "a.txt", b"words")
    with Reader(ReadingLimits(timeout_s=0.5, timeout_s_per_mb=0)) as reader:
        reader.read(path)
        os.kill(reader._worker.process.pid, signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(
            ReadError, match="stopped at this file: it took longer than 1 s; raise FOOTNOTE_READ_SECONDS"
        ):
            reader.read(path)
        assert time.monotonic() - began < 10


@posix
def test_memory_is_limited(tmp_path):
    path = written(tmp_path, "a.txt", b"word " * 40_000_000)
    with (
        Reader(ReadingLimits(memory_bytes=400 << 20)) as reader,
        pytest.raises(ReadError, match=r"needs more than 400 MB of memory.*FOOTNOTE_READ_MEMORY_MB"),
    ):
        reader.read(path)


def test_large_files_are_refused(tmp_path):
    path = written(tmp_path, "a.txt", b"word " * 1_000)
    with (
        Reader(ReadingLimits(file_bytes=1_000)) as reader,
        pytest.raises(ReadError, match=r"MB at most.*FOOTNOTE_READ_FILE_MB"),
    ):
        reader.read(path)


@pytest.mark.parametrize(
    ("limits", "kept", "setting"),
    [
        (ReadingLimits(text_chars=25), "one one one.\n\nTwo two.", "FOOTNOTE_READ_CHARACTERS"),
        (ReadingLimits(blocks=1), "one one one.", "FOOTNOTE_READ_BLOCKS"),
        (ReadingLimits(text_chars=5), "one o", "FOOTNOTE_READ_CHARACTERS"),
    ],
)
def test_long_texts_are_cut_and_say_so(tmp_path, limits, kept, setting):
    text = "one one one.\n\nTwo two.\n\nThree three three."
    with Reader(limits) as reader:
        document = reader.read(written(tmp_path, "a.txt", text.encode()))
    check(document)
    assert document.text == kept
    assert (
        document.note == f"only the first {len(kept)} of {len(text)} characters are indexed; raise {setting} for more"
    )


def test_the_characters_of_a_cut_pdf_stay_on_their_page(tmp_path):
    path = written(tmp_path, "a.pdf", pdf([lines("First words."), lines("Second words.")]))
    with Reader(ReadingLimits(blocks=1)) as reader:
        document = reader.read(path)
    assert document.text == "First words."
    assert document.characters_of_page(1, Span(0, 12)) == [(0, "First words.")]
    assert document.characters_of_page(2, Span(0, 12)) == []


@posix
def test_only_regular_files_are_opened(reader, tmp_path):
    os.mkfifo(tmp_path / "pipe.txt")
    for path in (tmp_path / "pipe.txt", tmp_path):
        with pytest.raises(ReadError, match="not a regular file"):
            reader.read(path)
    with pytest.raises(ReadError, match="cannot be opened"):
        reader.read(tmp_path / "missing.txt")
    with socket.socket(socket.AF_UNIX) as server, contextlib.chdir(tmp_path):
        server.bind("socket.txt")
        with pytest.raises(ReadError, match="not a regular file"):
            reader.read(Path("socket.txt"))
    with pytest.raises(ReadError, match="not a regular file"):
        reader.read(Path("/dev/zero"))


@posix
def test_links_are_not_followed_whenever_they_come(reader, tmp_path):
    outside, corpus = tmp_path / "outside", tmp_path / "corpus"
    outside.mkdir()
    corpus.mkdir()
    written(outside, "a.txt", b"a secret")
    (corpus / "link.txt").symlink_to(outside / "a.txt")
    (corpus / "folder").symlink_to(outside)
    with pytest.raises(ReadError, match="a link, not a file"):
        reader.read(corpus / "link.txt")
    with pytest.raises(ReadError, match="links are not followed out of the corpus"):
        opened(corpus / "folder" / "a.txt", below=corpus)
    (tmp_path / "entrance").symlink_to(corpus)
    written(corpus, "b.txt", b"words")
    with opened(tmp_path / "entrance" / "b.txt", below=tmp_path / "entrance") as file:
        assert reader.read_open(file).text == "words"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="files of Linux's /proc")
def test_a_file_that_is_longer_than_it_says(reader):
    with opened(Path("/proc/self/status")) as file:
        assert file.size == 0
        assert len(file.digest()) == 32
        assert "VmPeak" in reader.read_open(file).text
        with pytest.raises(ReadError, match="MB at most"):
            file.digest(most=10)


def test_a_sparse_file_of_a_terabyte_costs_nothing(reader, tmp_path):
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    began = time.monotonic()
    with pytest.raises(ReadError, match=r"1,099,512 MB, 512 MB at most.*FOOTNOTE_READ_FILE_MB"), opened(path) as file:
        file.digest(reader.limits.file_bytes)
    with pytest.raises(ReadError, match="512 MB at most"):
        reader.read(path)
    assert time.monotonic() - began < 1


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
        "from index.reading import Reader; r = Reader(); print(r._started().process.pid, flush=True);"
        " import os; os._exit(0)"
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
