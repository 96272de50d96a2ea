"""Some files and folders looked at, as a walk through the whole folder would see them."""

import os
import sys

import pytest

from index import Index
from index.errors import CorpusError
from index.scanning import scan, suffix_of
from index.sync import is_readable
from tests.fake_embedder import CountingEmbedder

FILES = {"a.txt": "One.", "b/c.txt": "Two.", "b/d/e.md": "Three.", "b.txt": "Four.", "b/photo.jpg": b"\xff"}


def names(found):
    return [os.fsdecode(name) for name in found.files]


def indexed(folder):
    index = Index(folder, embedder=CountingEmbedder())
    index.sync()
    return index


@pytest.mark.parametrize(
    ("only", "expected"),
    [
        (["a.txt"], ["a.txt"]),
        ("a.txt", ["a.txt"]),
        (["b"], ["b/c.txt", "b/d/e.md"]),
        (["b/d/", "b/c.txt", "b/c.txt/"], ["b/c.txt", "b/d/e.md"]),
        (["b", "b/d/e.md", "b.txt"], ["b.txt", "b/c.txt", "b/d/e.md"]),
        (["gone.txt", "gone/too.txt", "a.txt/below"], []),
        ([".", "a.txt"], ["a.txt", "b.txt", "b/c.txt", "b/d/e.md"]),
        ([], []),
    ],
)
def test_only_what_is_named_is_looked_at(make_corpus, only, expected):
    assert names(scan(make_corpus(FILES), is_readable, only)) == expected


@pytest.mark.parametrize("path", ["/etc/passwd", "../a.txt", "b/../../a.txt"])
def test_a_path_that_is_not_below_the_corpus_is_refused(make_corpus, path):
    with pytest.raises(CorpusError, match="is not below the corpus"):
        scan(make_corpus(FILES), is_readable, [path])


def test_what_a_walk_passes_over_is_passed_over_when_named(make_corpus, tmp_path):
    folder = make_corpus({**FILES, ".git/x.txt": "", "~$a.txt": "", "kept/.gitignore": "", "kept/writer.lock": ""})
    (folder / "kept" / "deep").mkdir()
    (folder / "kept" / "deep" / "x.txt").write_text("Of an index.")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "x.txt").write_text("Elsewhere.")
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    (folder / "link.txt").symlink_to(folder / "a.txt")
    named = [".git/x.txt", ".git", "~$a.txt", "kept", "kept/deep/x.txt", "link/x.txt", "link.txt", "b/photo.jpg"]
    found = scan(folder, is_readable, named)
    assert names(found) == []
    assert [path for path, _ in found.skipped] == ["b/photo.jpg", "link.txt"]


def test_what_cannot_be_listed_stays_in_the_index(make_corpus, monkeypatch):
    folder, listed = make_corpus(FILES), os.scandir
    index = indexed(folder)

    def refusing(path):  # permissions do not keep root out
        if os.fsencode(path) == os.fsencode(folder / "b"):
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(os, "scandir", refusing)
    (folder / "b" / "c.txt").unlink()
    report = index.sync(only=["b/c.txt", "b/d", "a.txt"])
    assert (report.removed, report.documents) == ((), 4)
    assert report.unchanged == ("a.txt", "b/c.txt", "b/d/e.md")
    assert report.skipped == (("b", "the folder cannot be listed (Permission denied)"),)


def test_the_rest_is_neither_looked_at_nor_told_of(make_corpus):
    folder = make_corpus(FILES)
    index = indexed(folder)
    (folder / "a.txt").unlink()
    (folder / "b" / "c.txt").write_text("Two, and more.")
    (folder / "b" / "f.txt").write_text("Five.")
    (folder / "b.txt").rename(folder / "b" / "g.txt")
    report = index.sync(only=["b/c.txt", "b/f.txt", "b.txt", "b/g.txt"])
    assert (report.new, report.changed, report.removed) == (("b/f.txt",), ("b/c.txt",), ())
    assert report.renamed == (("b.txt", "b/g.txt"),)
    assert (report.unchanged, report.documents) == ((), 5)
    assert index.sync().removed == ("a.txt",)


def test_a_folder_that_is_gone_takes_its_documents_with_it_and_no_others(make_corpus):
    folder = make_corpus({**FILES, "b0.txt": "Six.", "b-/x.txt": "Seven."})
    index = indexed(folder)
    (folder / "b").rename(folder / "moved")
    assert index.sync(only=["b"]).removed == ("b/c.txt", "b/d/e.md")
    assert index.sync(only=["moved"]).new == ("moved/c.txt", "moved/d/e.md")
    assert not index.sync().did_something


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no text are Linux's")
def test_a_name_that_is_no_text_can_be_named(make_corpus):
    folder = make_corpus(FILES)
    index = indexed(folder)
    name = os.fsdecode(b"caf\xe9.txt")
    (folder / name).write_text("The café opens at nine.")
    assert index.sync(only=[name]).new == ("caf\\xe9.txt",)


def test_from_nothing_all_of_the_folder_is_read(make_corpus):
    folder = make_corpus(FILES)
    index = indexed(folder)
    assert len(index.sync(rebuild=True, only=["a.txt"]).new) == 4
    other = Index(folder, embedder=CountingEmbedder(name="other"))
    assert len(other.sync(only=["a.txt"]).new) == 4


@pytest.mark.parametrize(
    ("path", "suffix"),
    [("a/b.TXT", ".txt"), ("a.b/c", ""), (".txt", ""), ("a.", ""), ("a.tar.gz", ".gz"), ("..txt", ".txt"), ("", "")],
)
def test_suffixes(path, suffix):
    assert suffix_of(path) == suffix
