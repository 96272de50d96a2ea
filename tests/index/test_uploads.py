"""Uploads: safe names, nothing overwritten, nothing twice."""

import os
from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import uploads
from index.reading.kinds import READABLE_SUFFIXES
from index.scanning import scan
from index.uploads import UploadError, safe_name, store_upload, store_uploads


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    return folder


@pytest.fixture
def arrive(tmp_path):
    """A file as the page hands it in: somewhere else, under a name of no meaning."""

    def write(content: bytes):
        path = tmp_path / "arrived"
        path.write_bytes(content)
        return path

    return write


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("notes.md", "notes.md"),
        ("../../etc/notes.md", "notes.md"),
        ("C:\\papers\\notes.md", "notes.md"),
        (".notes.md", "notes.md"),
        ("~$notes.docx", "notes.docx"),
        ("Año 2019 (final).PDF", "Año 2019 (final).PDF"),
        ('a<b>:"c|d?*.txt', "abcd.txt"),
        ("evil\u202egnp.txt", "evilgnp.txt"),
        ("line\nbreak\0.txt", "linebreak.txt"),
        ("🙂 report.pdf", "🙂 report.pdf"),
        ("trailing. .txt. ", "trailing.txt"),
        ("nul.txt", "nul_.txt"),
        ("COM1.pdf", "COM1_.pdf"),
        ("aux.2019.md", "aux_.2019.md"),
        ("nullable.txt", "nullable.txt"),
        ("..\\..\\.footnote\\index.txt", "index.txt"),
        (".footnote/.removed/20261125-021314-00000000/a.txt", "a.txt"),
        ("half \ud800 of a character.txt", "half  of a character.txt"),
        ("%2e%2e%2fa.txt", "%2e%2e%2fa.txt"),
    ],
)
def test_a_name_becomes_safe_and_stays_readable(given, safe):
    assert safe_name(given) == safe


@pytest.mark.parametrize(
    "given",
    ["", "..", "/", "program.exe", "noending", ".pdf", "folder/", ".footnote", "a.txt/", "a.txt\\..", "\0", "index.db"],
)
def test_a_name_that_no_document_has_is_refused(given):
    with pytest.raises(UploadError, match="was not stored"):
        safe_name(given)


def test_a_long_name_is_cut_before_its_suffix():
    name = safe_name("ü" * 500 + ".pdf")
    assert name.endswith("ü.pdf")
    assert len(name.encode()) <= uploads.LONGEST_NAME_BYTES


def test_an_upload_is_stored_with_its_bytes(corpus, arrive):
    upload = store_upload(corpus, arrive(b"The bridge is closed."), "sub/folder/bridge.txt")
    assert (upload.path, upload.stored) == ("bridge.txt", True)
    assert [path.name for path in corpus.iterdir()] == ["bridge.txt"]
    assert (corpus / "bridge.txt").read_bytes() == b"The bridge is closed."


def test_nothing_is_overwritten(corpus, arrive):
    names = [store_upload(corpus, arrive(text), "a.txt").path for text in (b"one", b"two", b"three")]
    assert names == ["a.txt", "a (2).txt", "a (3).txt"]
    assert [(corpus / name).read_bytes() for name in names] == [b"one", b"two", b"three"]


def test_the_same_content_is_not_stored_twice(corpus, arrive):
    (corpus / "news").mkdir()
    (corpus / "news" / "bridge.txt").write_bytes(b"The bridge is closed.")
    upload = store_upload(corpus, arrive(b"The bridge is closed."), "copy.txt")
    assert (upload.path, upload.stored) == ("news/bridge.txt", False)
    assert not (corpus / "copy.txt").exists()


def test_a_link_under_the_wanted_name_is_not_followed(corpus, arrive, tmp_path):
    outside = tmp_path / "outside.txt"
    outside.write_text("precious")
    (corpus / "a.txt").symlink_to(outside)
    assert store_upload(corpus, arrive(b"new"), "a.txt").path == "a (2).txt"
    assert outside.read_text() == "precious"


def test_too_large_and_empty_files_are_refused(corpus, arrive, monkeypatch):
    monkeypatch.setattr(uploads, "MAX_UPLOAD_BYTES", 10)
    with pytest.raises(UploadError, match="at most"):
        store_upload(corpus, arrive(b"x" * 11), "a.txt")
    with pytest.raises(UploadError, match="empty"):
        store_upload(corpus, arrive(b""), "a.txt")
    assert list(corpus.iterdir()) == []


def test_a_folder_that_takes_no_files_is_named_in_one_line(corpus, arrive, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(uploads.shutil, "copyfile", full)
    with pytest.raises(UploadError, match=r"a\.txt could not be stored in .* \(No space left on device\)"):
        store_upload(corpus, arrive(b"text"), "a.txt")
    assert list(corpus.iterdir()) == []


def test_many_arrive_at_once_and_one_that_is_refused_stops_none(corpus, tmp_path, monkeypatch):
    (corpus / "old.txt").write_text("text 007")
    walks = []
    monkeypatch.setattr(uploads, "scan", lambda *args: walks.append(args) or scan(*args))
    files = []
    for number in range(500):
        source = tmp_path / f"{number}"
        source.write_text(f"text {number:03d}")
        files.append((source, "program.exe" if number == 250 else f"{number}.txt"))
    outcomes = store_uploads(corpus, files)
    assert len(walks) == 1
    assert (outcomes[7].path, outcomes[7].stored) == ("old.txt", False)
    assert isinstance(outcomes[250], UploadError)
    assert len(list(corpus.iterdir())) == 499
    assert all((corpus / f"{n}.txt").read_text() == f"text {n:03d}" for n in (0, 6, 8, 249, 251, 499))


def test_the_same_file_twice_at_once_is_stored_once(corpus, arrive):
    source = arrive(b"one")
    first, second = store_uploads(corpus, [(source, "a.txt"), (source, "b.txt")])
    assert (first.path, first.stored, second.path, second.stored) == ("a.txt", True, "a.txt", False)


def test_names_that_some_file_system_takes_for_the_same_are_told_apart(corpus, arrive):
    (corpus / "cafe\u0301.txt").write_text("zero")
    names = [
        store_upload(corpus, arrive(text), name).path
        for text, name in ((b"one", "caf\u00e9.txt"), (b"two", "CAF\u00c9.txt"), (b"three", "Cafe.txt"))
    ]
    assert names == ["caf\u00e9 (2).txt", "CAF\u00c9 (3).txt", "Cafe.txt"]


def test_a_folder_that_is_gone_is_said_in_one_line(tmp_path, arrive):
    with pytest.raises(UploadError, match=r"a\.txt could not be stored"):
        store_upload(tmp_path / "gone", arrive(b"one"), "a.txt")


@given(
    st.text(st.characters(), max_size=400) | st.from_regex(r"(?i)(con|nul|aux|com1|lpt9)[ .]*[a-z.]*", fullmatch=True),
    st.sampled_from(["", ".txt", ".PDF", ".md ", ".txt.", "/.md", "\\.txt"]),
)
def test_whatever_a_name_is_the_file_stands_in_the_folder_itself(given_name, ending):
    try:
        name = safe_name(given_name + ending)
    except UploadError:
        return
    assert name == PurePosixPath(name).name == PureWindowsPath(name).name
    assert not PureWindowsPath(name).is_reserved()
    assert name[0] not in ".~"
    assert name.isprintable() or "\xa0" in name or any(c.isspace() for c in name)
    assert len(name.encode()) <= uploads.LONGEST_NAME_BYTES + 1
    assert PurePosixPath(name).suffix.lower() in READABLE_SUFFIXES


def test_a_document_that_became_a_pipe_is_not_waited_for(corpus, arrive, monkeypatch):
    """Or a link that leads out: neither is read to compare it with what arrives."""
    (corpus / "b.txt").write_bytes(b"one")
    (corpus / "c.txt").write_bytes(b"two")
    walked = scan

    def scan_then_swap(*args):
        found = walked(*args)
        (corpus / "b.txt").unlink()
        os.mkfifo(corpus / "b.txt")
        (corpus / "c.txt").unlink()
        (corpus / "c.txt").symlink_to(corpus.parent / "arrived")
        return found

    monkeypatch.setattr(uploads, "scan", scan_then_swap)
    upload = store_upload(corpus, arrive(b"new"), "a.txt")
    assert (upload.path, upload.stored) == ("a.txt", True)


def test_the_folder_is_looked_through_once_for_all_that_arrive(corpus, tmp_path, monkeypatch):
    looked = []
    monkeypatch.setattr(type(corpus), "glob", lambda folder, pattern: looked.append(pattern) or [])
    arrived = [(tmp_path / f"arrived{n}", f"{n}.txt") for n in range(5)]
    for source, name in arrived:
        source.write_text(name)
    assert [upload.path for upload in store_uploads(corpus, arrived)] == [name for _, name in arrived]
    assert looked == [".upload-*"]
