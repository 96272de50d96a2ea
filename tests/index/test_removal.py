"""Documents taken out of the folder and put back: nothing is lost, nothing outside is touched."""

import errno
import os
import signal
import subprocess
import sys
import time

import pytest

from index import removal
from index.removal import RemovalError, Removals
from tests.sources import ROOT


@pytest.fixture
def corpus(make_corpus):
    return make_corpus({"a.txt": "The army.", "reports/2019/aid.md": "The aid."})


@pytest.fixture
def removals(corpus):
    return Removals(corpus, corpus / ".footnote")


def files(corpus):
    return {str(path.relative_to(corpus)): path.read_text() for path in corpus.rglob("*") if path.is_file()}


def test_a_document_is_moved_and_put_back(corpus, removals):
    before = files(corpus)
    removed = removals.remove("reports/2019/aid.md")
    assert not (corpus / "reports/2019/aid.md").exists()
    assert files(corpus)[f".footnote/.removed/{removed.key}/reports/2019/aid.md"] == "The aid."
    assert time.time() - removed.removed_at < 60
    assert removals.listed() == [removed]
    assert removals.restore(removed.key).path == "reports/2019/aid.md"
    assert files(corpus) == before
    assert removals.listed() == []
    assert list((corpus / ".footnote" / ".removed").iterdir()) == []


def test_it_goes_back_although_its_folder_has_gone(corpus, removals):
    removed = removals.remove("reports/2019/aid.md")
    (corpus / "reports/2019").rmdir()
    removals.restore(removed.key)
    assert (corpus / "reports/2019/aid.md").read_text() == "The aid."


def test_nothing_is_overwritten(corpus, removals):
    removed = removals.remove("a.txt")
    (corpus / "a.txt").write_text("Another one.")
    with pytest.raises(RemovalError, match="another document stands there now"):
        removals.restore(removed.key)
    assert (corpus / "a.txt").read_text() == "Another one."
    assert removals.listed() == [removed]


def test_the_latest_comes_first_and_the_same_name_can_be_removed_twice(corpus, removals):
    first = removals.remove("a.txt")
    (corpus / "a.txt").write_text("Another one.")
    time.sleep(0.005)
    second = removals.remove("a.txt")
    assert removals.listed() == [second, first]
    removals.restore(second.key)
    assert (corpus / "a.txt").read_text() == "Another one."


@pytest.mark.parametrize("path", ["../outside.txt", "/etc/hostname", "reports", "", ".", "link.txt", "way/outside.txt"])
def test_only_what_is_listed_is_removed(corpus, removals, tmp_path, path):
    outside = tmp_path / "outside.txt"
    outside.write_text("precious")
    (corpus / "link.txt").symlink_to(outside)
    (corpus / "way").symlink_to(tmp_path)
    with pytest.raises(RemovalError, match="not in the folder"):
        removals.remove(path)
    assert outside.read_text() == "precious"
    assert (corpus / "link.txt").is_symlink()


@pytest.mark.parametrize("key", ["", "..", "../..", "20261125-021314-00000000", "20261125-021314-00000000/.."])
def test_only_a_removed_document_is_put_back(removals, key):
    removals.remove("a.txt")
    with pytest.raises(RemovalError, match="not among the removed"):
        removals.restore(key)


def test_a_folder_that_became_a_link_is_not_followed_out(corpus, removals, tmp_path):
    removed = removals.remove("reports/2019/aid.md")
    (corpus / "reports/2019").rmdir()
    (corpus / "reports").rmdir()
    (corpus / "reports").symlink_to(tmp_path)
    with pytest.raises(RemovalError, match="is a link now"):
        removals.restore(removed.key)
    assert not (tmp_path / "2019").exists()


@pytest.mark.parametrize("error", [errno.EXDEV, errno.EPERM])
def test_without_links_it_is_copied(corpus, removals, monkeypatch, error):
    def refuse(*_, **__):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(removal.os, "link", refuse)
    os.utime(corpus / "a.txt", (1_500_000_000, 1_500_000_000))
    removed = removals.remove("a.txt")
    assert not (corpus / "a.txt").exists()
    removals.restore(removed.key)
    assert (corpus / "a.txt").read_text() == "The army."
    assert (corpus / "a.txt").stat().st_mtime == 1_500_000_000
    removed = removals.remove("a.txt")
    (corpus / "a.txt").write_text("Another one.")
    with pytest.raises(RemovalError, match="another document"):
        removals.restore(removed.key)
    assert sorted(files(corpus)) == [
        f".footnote/.removed/{removed.key}/a.txt",
        "a.txt",
        "reports/2019/aid.md",
    ]


@pytest.mark.parametrize("refused", ["link", "unlink"])
def test_a_folder_that_takes_no_changes_is_named_in_one_line(corpus, removals, monkeypatch, refused):
    def refuse(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    unlink = removal.os.unlink
    if refused == "link":
        monkeypatch.setattr(removal.os, "link", refuse)
        monkeypatch.setattr(removal.shutil, "copyfileobj", refuse)
    else:
        goes = iter([refuse, unlink])  # the document stays, its new name goes again
        monkeypatch.setattr(removal.os, "unlink", lambda name, *, dir_fd=None: next(goes)(name, dir_fd=dir_fd))
    before = files(corpus)
    with pytest.raises(RemovalError, match=r"a\.txt was not removed \(Read-only file system\)"):
        removals.remove("a.txt")
    assert files(corpus) == before
    assert removals.listed() == []


def test_two_files_of_one_name_are_left_alone(corpus, removals):
    os.write(os.open(os.fsencode(corpus) + b"/caf\xe9.txt", os.O_CREAT | os.O_WRONLY), b"one")
    (corpus / "caf\\xe9.txt").write_text("two")
    with pytest.raises(RemovalError, match="two files are listed"):
        removals.remove("caf\\xe9.txt")


KILLED = """
import os, signal, sys
from pathlib import Path
from index import removal
corpus = Path(sys.argv[1])
die = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
removal.os.unlink = die  # the document stands in both places at this moment
removal.Removals(corpus, corpus / ".footnote").remove("a.txt")
"""


def test_killed_in_between_the_document_is_still_there(corpus, removals):
    killed = subprocess.run([sys.executable, "-c", KILLED, corpus], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert (corpus / "a.txt").read_text() == "The army."
    (left,) = removals.listed()
    with pytest.raises(RemovalError, match="stands there now"):
        removals.restore(left.key)
    assert (corpus / "a.txt").read_text() == "The army."


@pytest.fixture
def outside(tmp_path):
    """A file that no document of the folder is."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "key.txt").write_text("precious")
    return folder


@pytest.mark.parametrize(
    "kept", [".removed", ".removed/20261125-021314-00000000", ".removed/20261125-021314-00000000/a"]
)
def test_a_link_among_the_removed_is_none_of_ours(corpus, removals, outside, kept):
    """As it may come along in an archive of documents: "put back" would take somebody's file into the folder."""
    link = corpus / ".footnote" / kept
    link.parent.mkdir(parents=True)
    if kept == ".removed":
        (outside / "20261125-021314-00000000").mkdir()
        (outside / "20261125-021314-00000000" / "key.txt").write_text("precious")
    link.symlink_to(outside)
    assert removals.listed() == []
    with pytest.raises(RemovalError, match="not among the removed"):
        removals.restore("20261125-021314-00000000")
    assert (outside / "key.txt").read_text() == "precious"


def swapped(corpus, outside, folder="reports"):
    """The folder is a link now, and what it held stands elsewhere."""
    (corpus / folder).rename(corpus / f".{folder}")
    (outside / "2019").mkdir()
    (outside / "2019" / "aid.md").write_text("precious")
    (corpus / folder).symlink_to(outside)


def test_a_folder_that_is_swapped_for_a_link_after_the_look_is_not_followed(corpus, removals, outside, monkeypatch):
    found = removals._document
    monkeypatch.setattr(removals, "_document", lambda path: (found(path), swapped(corpus, outside))[0])
    with pytest.raises(RemovalError, match=r"reports/2019/aid\.md was not removed"):
        removals.remove("reports/2019/aid.md")
    assert (outside / "2019" / "aid.md").read_text() == "precious"
    assert removals.listed() == []


def test_a_document_that_is_swapped_for_a_link_after_the_look_stays(corpus, removals, outside, monkeypatch):
    def swap():
        (corpus / "a.txt").unlink()
        (corpus / "a.txt").symlink_to(outside / "key.txt")

    found = removals._document
    monkeypatch.setattr(removals, "_document", lambda path: (found(path), swap())[0])
    with pytest.raises(RemovalError, match="no file any more"):
        removals.remove("a.txt")
    assert (corpus / "a.txt").is_symlink()
    assert (outside / "key.txt").read_text() == "precious"


def test_a_folder_that_is_swapped_before_it_is_put_back_is_not_followed(corpus, removals, outside, monkeypatch):
    removed = removals.remove("reports/2019/aid.md")
    swapped(corpus, outside)
    (outside / "2019" / "aid.md").unlink()
    monkeypatch.setattr(removals, "_leaves_the_folder", lambda _: False)  # the look came before the swap
    with pytest.raises(RemovalError, match="was not put back"):
        removals.restore(removed.key)
    assert list((outside / "2019").iterdir()) == []
    assert removals.listed() == [removed]
