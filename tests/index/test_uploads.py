"""Uploads: safe names, nothing overwritten, nothing twice."""

import pytest

from index import uploads
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
