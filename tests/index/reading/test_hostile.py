"""One sync over a folder of everything that is hostile: each file gets its state and its one line, all else goes on."""

import os
import random
import re
import socket
import sys
import tempfile
import time
from pathlib import Path

import pytest

from index import Index, State
from index.crew import read_ahead
from index.errors import ReadError
from index.reading import Reader
from index.reading.limits import ReadingLimits
from index.scanning import scan
from tests.fake_embedder import CountingEmbedder
from tests.index.reading.hostile_files import EITHER, FAILED, IN_PART, INDEXED, SAID, hostile_files
from tests.index.reading.minimal_pdf import lines, pdf
from tests.index.reading.samples import check, epub, open_document, word
from tests.sources import ROOT

posix = pytest.mark.skipif(sys.platform == "win32", reason="names, links and pipes of POSIX")
FINE = {
    "fine.txt": b"The harbour of Maracaibo was closed on Monday.",
    "fine.md": b"# Harbour\n\nThe pilots went home on Tuesday.",
    "fine.docx": word("#Harbour", "The cranes stood still on Wednesday."),
    "fine.pdf": pdf([lines("The ferries came back on Thursday.")]),
    "fine.epub": epub("<p>The fishermen sang on Friday.</p>"),
}
SPECIAL = {"folder.pdf", "pipe.txt", "socket.txt", "outside.txt", "loop.txt", "round.txt", "up"}


@pytest.fixture(scope="module")
def torn():
    """A folder of hostile files beside fine ones, its sync's report, its index, and how long that took."""
    hostile = hostile_files()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FOOTNOTE_READ_MEMORY_MB", "1024")
        patch.setenv("FOOTNOTE_READ_SECONDS", "30")
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "corpus"
            folder.mkdir()
            for name, data in {**FINE, **{name: file.data for name, file in hostile.items()}}.items():
                (folder / name).write_bytes(data)
            names = special_files(folder)
            index, began = Index(folder, embedder=CountingEmbedder()), time.monotonic()
            report = index.sync()
            yield folder, hostile, names, report, index, time.monotonic() - began


def special_files(folder):
    """What is no document, or lies where no document lies; the names of the documents among it."""
    deep = folder.joinpath(*(f"d{level}" for level in range(40)))
    deep.mkdir(parents=True)
    (deep / "deep.txt").write_text("The lighthouse was lit on Saturday.")
    with (folder / "sparse.txt").open("wb") as file:
        file.truncate(1 << 30)
    names = {"deep.txt": INDEXED, "sparse.txt": FAILED}
    if sys.platform == "win32":
        return names
    (folder / "folder.pdf").mkdir()
    os.mkfifo(folder / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket.txt"))
    (folder / "outside.txt").symlink_to("/etc/hostname")
    (folder / "loop.txt").symlink_to("loop.txt")
    (folder / "round.txt").symlink_to("d0/../round.txt")
    (folder / "up").symlink_to(folder)
    (folder / "closed.txt").write_bytes(b"Nobody may read this.")
    (folder / "closed.txt").chmod(0)
    try:
        Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.txt")).write_text("The market opened on Sunday.")
    except OSError:
        return names
    return {**names, "caf\\xe9.txt": INDEXED}


def test_every_hostile_file_gets_its_state_and_one_line(torn):
    _, hostile, _, report, _, _ = torn
    failed, in_part = dict(report.failed), dict(report.in_part)
    wrong = {}
    for name, file in hostile.items():
        state = FAILED if name in failed else IN_PART if name in in_part else INDEXED
        said = failed.get(name) or in_part.get(name) or ""
        if file.state not in (state, EITHER) or (state == FAILED and not re.search(file.holds, said)):
            wrong[name] = state, said
        assert "\n" not in said
        assert len(said) < 400, said
    assert not wrong
    assert [path for path, _ in report.failed] == sorted(failed), "one line for each"


def test_the_text_that_can_be_had_is_had(torn):
    _, hostile, _, report, index, _ = torn
    failed = dict(report.failed)
    lacking = []
    with index.snapshot() as snapshot:
        for name, file in hostile.items():
            if name not in failed:
                document = snapshot.document(name)
                check(document)
                if "".join(file.holds.split()) not in "".join(document.text.split()):
                    lacking.append((name, document.text[:200]))
    assert not lacking


def test_nothing_else_is_disturbed(torn):
    _, _, names, report, index, _ = torn
    with index.snapshot() as snapshot:
        states = {Path(d.path).name: d.state for d in snapshot.documents()}
    assert {name: states[name] for name in FINE} == dict.fromkeys(FINE, State.INDEXED)
    assert {name: states[name].value for name in names} == names
    assert "FOOTNOTE_READ_FILE_MB" in dict(report.failed)["sparse.txt"]


@posix
def test_what_is_no_file_is_passed_over(torn):
    report = torn[3]
    skipped = dict(report.skipped)
    assert skipped.keys() == SPECIAL - {"folder.pdf"}
    assert {skipped[name] for name in ("outside.txt", "loop.txt", "round.txt", "up")} == {
        "a link: links are not followed out of the corpus"
    }
    assert not any("hostname" in path for path, _ in report.failed)


def test_it_ends_in_time_and_leaves_nothing(torn):
    folder, _, _, _, _, seconds = torn
    assert seconds < 240
    assert not Path("/tmp/climbed.txt").exists()
    assert not list(folder.parent.rglob("climbed*"))


def test_syncing_again_reads_nothing_again(torn):
    _, _, _, report, index, _ = torn
    again = index.sync()
    assert (again.new, again.changed, again.embedded) == ((), (), 0)
    assert (again.failed, again.in_part, again.documents) == (report.failed, report.in_part, report.documents)


@posix
def test_a_file_that_becomes_a_pipe_stops_nobody(make_corpus):
    """Between the listing and the opening anything may be put in a file's place."""
    folder = make_corpus({"a.txt": "words", "b.txt": "more words", "c/d.txt": "last words", "e.txt": "long"})
    found = scan(folder, lambda _: True)
    (folder / "a.txt").unlink()
    os.mkfifo(folder / "a.txt")
    (folder / "c").rename(folder / "elsewhere")
    (folder / "c").symlink_to("elsewhere")
    (folder / "e.txt").unlink()
    began = time.monotonic()
    outcomes = {read.facts.path: read.outcome for read in read_ahead(folder, list(found.files.values())) if read}
    assert time.monotonic() - began < 30
    assert outcomes["b.txt"].text == "more words"
    assert "not a regular file" in str(outcomes["a.txt"])
    assert "links are not followed" in str(outcomes["c/d.txt"])
    assert "cannot be opened" in str(outcomes["e.txt"])


def test_raised_limits_are_tried_at_the_next_sync(make_corpus, monkeypatch):
    folder = make_corpus({"a.txt": "One one.\n\nTwo two.\n\nThree three."})
    monkeypatch.setenv("FOOTNOTE_READ_BLOCKS", "2")
    index = Index(folder, embedder=CountingEmbedder())
    note = "only the first 18 of 32 characters are indexed; raise FOOTNOTE_READ_BLOCKS for more"
    assert index.sync().in_part == (("a.txt", note),)
    assert index.sync().in_part == (("a.txt", note),)
    monkeypatch.delenv("FOOTNOTE_READ_BLOCKS")
    report = index.sync()
    assert (report.changed, report.in_part) == (("a.txt",), ())


SOUND = {
    "a.pdf": pdf([lines(SAID.replace("ú", "u"))] * 3),
    "a.docx": word("#Aid", SAID, "More of it."),
    "a.epub": epub(f"<p>{SAID}</p>", "<p>More of it.</p>"),
    "a.odt": open_document("text", f"<office:text><text:p>{SAID}</text:p></office:text>"),
    "a.html": f"<html><title>Aid</title><body><table><tr><td>{SAID}</table>".encode(),
    "a.eml": f"Subject: Aid\nFrom: a@b\nContent-Type: text/html; charset=utf-8\n\n<p>{SAID}".encode(),
    "a.json": f'{{"aid": [{{"said": "{SAID}"}}, 1, null]}}'.encode(),
    "a.xml": f"<aid><![CDATA[{SAID}]]><p a='1'>{SAID}</p></aid>".encode(),
    "a.csv": f'who,what\n"{SAID}",1\n'.encode(),
    "a.md": f"# Aid\n\n- {SAID}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n".encode(),
    "a.rtf": b"{\\rtf1\\ansi The minister said {\\b that} aid would reach C\\'facuta.\\par}",
    "a.tex": f"\\section{{Aid}} {SAID} \\begin{{itemize}} \\item More \\end{{itemize}}".encode(),
    "a.rst": f"Aid\n===\n\n{SAID}\n\n* more\n".encode(),
    "a.org": f"* Aid\n{SAID}\n| a | b |\n".encode(),
    "a.txt": SAID.encode("utf-16"),
}
"""A small sound file of each format."""


def damaged(data, kind, step, chance):
    """The file cut at a tenth of its length, or with some of its bits turned over."""
    if kind == "cut":
        return data[: len(data) * step // 10]
    body = bytearray(data)
    for _ in range(1 + len(body) * step // 2_000):
        body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)
    return bytes(body)


def read_all_damages(tmp_path, sound, rounds):
    """Every sound file cut and turned over; the number of readings, of documents among them, and the reasons."""
    chance, tried, had, reasons = random.Random(2026), 0, 0, set()
    with Reader(ReadingLimits(memory_bytes=1 << 30, timeout_s=10)) as reader:
        for name, data in sound.items():
            assert reader.read(_written(tmp_path / name, data)).blocks
            for kind, step in [("cut", n) for n in range(1, 10)] + [("flip", n % 10) for n in range(rounds)]:
                tried += 1
                try:
                    check(reader.read(_written(tmp_path / name, damaged(data, kind, step, chance))))
                    had += 1
                except ReadError as error:
                    reasons.add((name, str(error)))
    return tried, had, reasons


def _written(path, data):
    path.write_bytes(data)
    return path


def test_cut_and_turned_over_files_cost_themselves_only(tmp_path):
    tried, had, reasons = read_all_damages(tmp_path, SOUND, rounds=20)
    assert tried == 29 * len(SOUND)
    assert had > 0.6 * tried
    assert not [reason for _, reason in reasons if "stopped at this file" in reason or "cannot be read" in reason]


@pytest.mark.torture
def test_thousands_of_damages_cost_themselves_only(tmp_path):
    samples = [path for path in (ROOT / "corpus").rglob("*") if path.is_file() and ".footnote" not in path.parts]
    sound = SOUND | {path.name: path.read_bytes() for path in samples}
    tried, had, reasons = read_all_damages(tmp_path, sound, rounds=500)
    sys.stdout.write(f"{tried:,} damaged files, {had:,} documents, {len(reasons):,} reasons\n")
    assert tried == 509 * len(sound)
    assert had > 0.6 * tried
    assert not [reason for _, reason in reasons if "stopped at this file" in reason]


@pytest.mark.torture
def test_what_is_large_ends_within_its_limits(tmp_path):
    wrong = {}
    with Reader(ReadingLimits()) as reader:
        for name, file in hostile_files(big=True).items():
            path, began = _written(tmp_path / name, file.data), time.monotonic()
            try:
                document = reader.read(path)
                state, said = (IN_PART if document.note else INDEXED), document.note
            except ReadError as error:
                state, said = FAILED, str(error)
            took = time.monotonic() - began
            sys.stdout.write(f"{took:6.1f} s  {state:<8} {name}  {said[:100]}\n")
            if file.state not in (state, EITHER) or took > reader.limits.patience_for(len(file.data)) + 60:
                wrong[name] = state, said, took
            path.unlink()
    assert not wrong
