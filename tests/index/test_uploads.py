"""Uploads: safe names, nothing overwritten, nothing twice."""

import pytest

from index import uploads
from index.uploads import UploadError, safe_name, store_upload


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
    ],
)
def test_a_name_becomes_safe_and_stays_readable(given, safe):
    assert safe_name(given) == safe


@pytest.mark.parametrize("given", ["", "..", "/", "program.exe", "noending", ".pdf", "folder/"])
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
