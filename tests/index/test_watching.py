"""The folder watched, on the real file system and with the system's own events."""

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from index import watching
from index.watching import changes
from tests.index.watched_folder import PATIENCE_SECONDS, Watched, put
from tests.sources import ROOT


@pytest.fixture(autouse=True)
def short_quiet(monkeypatch):
    """Each change is told after some quiet, and each test waits for a few; nothing here depends on how long it is."""
    monkeypatch.setattr(watching, "QUIET_SECONDS", 0.2)


@pytest.fixture
def watch():
    """Watch a folder: `watch(folder)`; the thread ends with the test."""
    started = []

    def begin(folder, index=None):
        watched = Watched(folder, index)
        started.append(watched)
        watched.start()
        return watched

    yield begin
    assert all(watched.end() for watched in started)


@pytest.fixture(params=["events", "looks only"])
def either_way(request, monkeypatch):
    """With the system's events and without a look in between; and the other way round."""
    if request.param == "events":
        monkeypatch.setattr(watching, "LOOK_SECONDS", 10 * PATIENCE_SECONDS)
    else:
        monkeypatch.setattr(watching, "POLL_SECONDS", 0.2)
        monkeypatch.setattr("watchfiles._rust_notify.RustNotify", no_more_watches)
    return request.param


def no_more_watches(*_):
    raise OSError('OS file watch limit reached. about ["/somewhere"] (Error { kind: MaxFilesWatch })')


def test_a_look_in_the_middle_of_a_rename_loses_nothing(make_corpus, watch, monkeypatch):
    monkeypatch.setattr(watching, "POLL_SECONDS", 0.2)
    monkeypatch.setattr("watchfiles._rust_notify.RustNotify", no_more_watches)
    folder = make_corpus({"a.txt": "One.", "b.txt": "Two."})
    watched = watch(folder)
    renamed, walk = threading.Event(), watching.scan

    def walk_meanwhile(corpus, *rest):
        """The first walk meets the folder when the old name has gone and the new one is behind it already."""
        found = walk(corpus, *rest)
        if not renamed.is_set():
            found.files.pop(b"b.txt")
            (folder / "b.txt").rename(folder / "c.txt")
            renamed.set()
        return found

    monkeypatch.setattr(watching, "scan", walk_meanwhile)
    assert watched.expect_change() == {"b.txt", "c.txt"}
    assert watched.further_changes() == 0


def test_new_changed_renamed_and_deleted_documents_are_seen(make_corpus, watch, either_way):
    folder = make_corpus({"a.txt": "One."})
    watched = watch(folder)
    put(folder / "b.txt", "Two.")
    assert watched.expect_change() == {"b.txt"}
    put(folder / "b.txt", "Two, and more.")
    assert watched.expect_change() == {"b.txt"}
    (folder / "b.txt").rename(folder / "c.txt")
    assert watched.expect_change() == {"b.txt", "c.txt"}
    (folder / "a.txt").unlink()
    assert watched.expect_change() == {"a.txt"}
    assert watched.further_changes() == 0


def test_an_event_of_a_file_is_followed_without_a_walk_through_the_folder(make_corpus, watch, monkeypatch):
    folder = make_corpus({"a.txt": "One.", "deep/b.txt": "Two.", "deep/c.txt": "Three."})
    watched, scan, walks = watch(folder), watching.scan, []
    monkeypatch.setattr(watching, "LOOK_SECONDS", 10 * PATIENCE_SECONDS)
    assert watched.further_changes() == 0
    monkeypatch.setattr(watching, "scan", lambda *args: walks.append(len(args) == 2) or scan(*args))
    put(folder / "deep" / "b.txt", "Two, and more.")
    assert watched.expect_change() == {"deep/b.txt"}
    (folder / "deep" / ".hidden.txt").write_text("Nothing.")
    (folder / "deep" / "c.txt").unlink()
    assert watched.expect_change() == {"deep/c.txt"}
    assert not any(walks)  # of the whole folder
    (folder / "deep").rename(folder / "deeper")
    assert (watched.expect_change(), any(walks)) == ({"deep/b.txt", "deeper/b.txt"}, True)
    monkeypatch.setattr(watching, "NAMED", 1)
    (folder / "deeper").rename(folder / "deep")
    assert watched.expect_change() is None  # so many that all may be


def test_a_folder_moved_in_with_its_files_is_watched_too(make_corpus, watch, tmp_path, either_way):
    folder = make_corpus({"a.txt": "One."})
    (tmp_path / "full" / "deep").mkdir(parents=True)
    (tmp_path / "full" / "deep" / "b.txt").write_text("Two.")
    watched = watch(folder)
    (tmp_path / "full").rename(folder / "full")
    watched.expect_change()
    (folder / "full" / "deep" / "b.txt").write_text("Two, and more.")
    watched.expect_change()
    (folder / "full" / "deep" / "deeper").mkdir()
    (folder / "full" / "deep" / "deeper" / "c.txt").write_text("Three.")
    watched.expect_change()


def test_what_is_no_document_is_no_change(make_corpus, watch, either_way):
    folder = make_corpus({"a.txt": "One.", ".footnote/index.db": "", ".git/HEAD": "x", "index/writer.json": "{}"})
    watched = watch(folder, index=folder / "index")
    for name in (".footnote/index.db", ".hidden.txt", "~$a.docx", "a.txt.swp", ".git/HEAD", "index/writer.json"):
        (folder / name).write_text("changed")
    (folder / "empty").mkdir()
    (folder / "a.txt").read_text()
    assert watched.further_changes() == 0


def test_a_burst_is_told_a_few_times(make_corpus, watch, either_way):
    folder = make_corpus({})
    watched = watch(folder)
    started = time.monotonic()
    for number in range(200):
        (folder / f"{number}.txt").write_text(str(number))
    quiet_meanwhile = int((time.monotonic() - started) / watching.QUIET_SECONDS)  # a busy machine writes slowly
    watched.expect_change()
    assert watched.further_changes() <= 3 + quiet_meanwhile


def test_a_file_that_grows_is_not_told_at_every_look_where_it_is_only_looked_at(make_corpus, monkeypatch):
    monkeypatch.setattr("watchfiles._rust_notify.RustNotify", no_more_watches)
    folder = make_corpus({"a.txt": "One."})
    told = changes(folder, index=folder / ".footnote", stop=threading.Event(), say=lambda line: None)
    next(told)
    started = time.monotonic()
    for times in range(2, 6):
        (folder / "a.txt").write_text("One. " * times)
        next(told)
    assert time.monotonic() - started >= 3 * watching.QUIET_SECONDS


def test_a_steady_stream_of_writes_is_told_in_between(make_corpus, watch, monkeypatch):
    folder = make_corpus({"a.txt": "One."})
    monkeypatch.setattr(watching, "LONGEST_SECONDS", 0.8)
    watched = watch(folder)
    until = time.monotonic() + PATIENCE_SECONDS
    number = 0
    while watched.seen.qsize() < 2 and time.monotonic() < until:
        number += 1
        (folder / f"{number}.txt").write_text("more")  # a name of its own: repeated ones are one event
        time.sleep(0.05)
    assert watched.seen.qsize() >= 2


def test_stop_ends_the_thread_promptly(make_corpus, watch):
    watched = watch(make_corpus({"a.txt": "One."}))
    started = time.monotonic()
    assert watched.end()
    assert time.monotonic() - started < 5


def test_what_changed_during_the_work_on_a_change_is_told_next(make_corpus):
    folder = make_corpus({"a.txt": "One."})
    told = changes(folder, index=folder / ".footnote", stop=threading.Event(), say=pytest.fail)
    next(told)
    (folder / "new").mkdir()
    (folder / "new" / "b.txt").write_text("Two.")
    next(told)
    (folder / "new" / "b.txt").unlink()
    next(told)


def test_a_folder_that_goes_and_comes_back_is_said_and_followed(make_corpus, watch, monkeypatch, either_way):
    monkeypatch.setattr(watching, "ROOT_SECONDS", 0.2)
    folder = make_corpus({"a.txt": "One."})
    watched = watch(folder)
    if either_way == "looks only":
        assert "looking for changes every few seconds" in watched.expect_said()
    shutil.rmtree(folder)
    assert "is gone: the index stays as it is" in watched.expect_said()
    make_corpus({"b.txt": "Two."})
    assert watched.expect_said().endswith("is back")
    watched.expect_change()
    make_corpus({"c.txt": "Three."})
    watched.expect_change()
    assert watched.said.empty()


def test_an_empty_folder_in_the_place_of_another_is_no_deletion(make_corpus, watch, monkeypatch):
    monkeypatch.setattr(watching, "ROOT_SECONDS", 0.2)
    folder = make_corpus({"a.txt": "One."})
    watched = watch(folder)
    away = folder.rename(folder.with_name("away"))
    folder.mkdir()  # what an unmounted drive leaves
    assert "is gone" in watched.expect_said()
    assert watched.changes_until_calm() == 0
    folder.rmdir()
    away.rename(folder)
    assert watched.expect_said().endswith("is back")
    (folder / "b.txt").write_text("Two.")
    watched.expect_change()


def test_without_events_changes_are_found_by_looking(make_corpus, watch, monkeypatch):
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.2)
    monkeypatch.setattr("watchfiles._rust_notify.RustNotify", Deaf)
    folder = make_corpus({"a.txt": "One."})
    watched = watch(folder)
    (folder / "a.txt").write_text("One, and more.")
    watched.expect_change()
    assert watched.said.empty()


class Deaf:
    """What a network folder is like: watched, and silent."""

    def __init__(self, *_):
        pass

    def watch(self, debounce_ms, step_ms, timeout_ms, stop):
        stop.wait(timeout_ms / 1000)
        return "timeout"


def test_reached_limits_are_said_once(make_corpus, watch, monkeypatch):
    monkeypatch.setattr(watching, "POLL_SECONDS", 0.2)
    monkeypatch.setattr("watchfiles._rust_notify.RustNotify", no_more_watches)
    folder = make_corpus({"a.txt": "One."})
    watched = watch(folder)
    (folder / "more").mkdir()
    (folder / "more" / "b.txt").write_text("Two.")
    watched.expect_change()
    said = watched.expect_said()
    assert "(OS file watch limit reached): looking for changes" in said
    assert "fs.inotify.max_user_watches" in said
    assert watched.said.empty()


@pytest.mark.skipif(sys.platform != "linux", reason="names that are no text, and limits of one's own, are Linux's")
@pytest.mark.parametrize("limit", ["max_inotify_watches", "max_inotify_instances"])
def test_the_limits_of_the_system_are_recognised(make_corpus, limit):
    folder = make_corpus({f"{number}/a.txt": "One." for number in range(5)})
    code = (
        "import sys, threading, pathlib; from index.watching import changes; folder = pathlib.Path(sys.argv[1]);"
        "next(changes(folder, index=folder / '.footnote', stop=threading.Event(), say=print))"
    )
    shell = f'echo 0 > /proc/sys/user/{limit} && exec "$@"'
    command = ["unshare", "--user", "--map-root-user", "sh", "-c", shell, "sh", sys.executable, "-c", code, str(folder)]
    if (
        not shutil.which("unshare")
        or subprocess.run([*command[:6], "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("this machine lends no limits of one's own")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    assert (done.returncode, done.stderr) == (0, "")
    assert "looking for changes every few seconds" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every name is text")
def test_a_folder_whose_name_is_no_text_does_not_keep_the_others_from_being_watched(make_corpus, watch):
    folder = make_corpus({"a.txt": "One."})
    Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9")).mkdir()
    watched = watch(folder)
    (folder / "a.txt").write_text("One, and more.")
    watched.expect_change()
    assert "looking for changes" in watched.expect_said()


@pytest.mark.skipif(sys.platform != "linux", reason="links to folders need no rights on Linux")
def test_links_are_not_followed(make_corpus, watch, tmp_path):
    folder = make_corpus({"a.txt": "One."})
    (tmp_path / "elsewhere").mkdir()
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    (folder / "loop").symlink_to(folder)
    watched = watch(folder)
    (tmp_path / "elsewhere" / "b.txt").write_text("Two.")
    assert watched.further_changes() == 0
