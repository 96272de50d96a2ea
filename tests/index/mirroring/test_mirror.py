"""A copy brought in step with storage that a test holds in its hands."""

import shutil
import signal
import threading
import time
from collections import namedtuple

import pytest
from filelock import FileLock

from index import writer
from index.errors import CorpusAway, IndexLocked, IndexNotWritable
from index.mirroring.address import Address
from index.mirroring.journal import Entry, Journal
from index.mirroring.mirror import Mirror
from index.mirroring.remote import Unfetched
from tests.index.mirroring.other_process import begun, followed
from tests.index.mirroring.storage import ADDRESS, Storage


class StopsListing(Storage):
    def listed(self):
        yield from list(super().listed())[:1]
        raise CorpusAway("the listing broke off")


def nothing(progress):
    pass


@pytest.fixture(autouse=True)
def mirrors(tmp_path, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_MIRROR", str(tmp_path / "mirrors"))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


def copied(mirror):
    return {path.name: path.read_text() for path in mirror.documents.rglob("*") if path.is_file()}


def test_only_what_is_new_or_changed_is_downloaded():
    storage = Storage(**{"a.txt": "A", "b.txt": "B", "c.txt": "C"})
    Mirror(ADDRESS, storage).follow(nothing)
    storage.objects |= {"b.txt": "B2", "d.txt": "D"}
    del storage.objects["c.txt"]
    storage.fetched.clear()
    mirror = Mirror(ADDRESS, storage)
    mirror.follow(nothing)
    assert sorted(storage.fetched) == ["b.txt", "d.txt"]
    assert copied(mirror) == {"a.txt": "A", "b.txt": "B2", "d.txt": "D"}


def test_a_copy_that_somebody_changed_is_made_again():
    storage = Storage(**{"a.txt": "A", "b.txt": "B"})
    mirror = Mirror(ADDRESS, storage)
    mirror.follow(nothing)
    (mirror.documents / "a.txt").write_text("somebody else's")
    (mirror.documents / "b.txt").unlink()
    (mirror.documents / "mine.txt").write_text("not of the bucket")
    mirror.follow(nothing)
    assert copied(mirror) == {"a.txt": "A", "b.txt": "B"}


def test_links_in_a_copy_are_taken_away_and_not_followed(tmp_path):
    storage = Storage(**{"a/b.txt": "B"})
    mirror = Mirror(ADDRESS, storage)
    mirror.follow(nothing)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.txt").write_text("kept")
    (mirror.documents / "link").symlink_to(outside)
    mirror.follow(nothing)
    assert not (mirror.documents / "link").exists()
    assert (outside / "kept.txt").read_text() == "kept"


def test_a_listing_that_breaks_off_deletes_nothing():
    mirror = Mirror(ADDRESS, Storage(**{"a.txt": "A", "b.txt": "B"}))
    mirror.follow(nothing)
    with pytest.raises(CorpusAway):
        Mirror(ADDRESS, StopsListing(**{"a.txt": "A", "b.txt": "B"})).follow(nothing)
    assert copied(mirror) == {"a.txt": "A", "b.txt": "B"}


def test_storage_that_is_suddenly_empty_deletes_nothing_unless_that_is_asked_for():
    mirror = Mirror(ADDRESS, Storage(**{"a.txt": "A"}))
    mirror.follow(nothing)
    with pytest.raises(CorpusAway, match=r"no object is below it any more, and 1 was; .*--rebuild"):
        Mirror(ADDRESS, Storage()).follow(nothing)
    assert copied(mirror) == {"a.txt": "A"}
    Mirror(ADDRESS, Storage()).follow(nothing, rebuild=True)
    assert copied(mirror) == {}
    with pytest.raises(CorpusAway, match="there are no objects below s3://bucket/reports"):
        Mirror(ADDRESS, Storage()).follow(nothing, rebuild=True)


def test_what_is_too_large_to_be_read_is_not_downloaded(monkeypatch):
    storage = Storage(**{"a.txt": "A", "large.txt": "L"})
    mirror = Mirror(ADDRESS, storage)
    mirror.follow(nothing)
    storage.objects["large.txt"] = "x" * (1 << 20) + "x"
    monkeypatch.setenv("FOOTNOTE_READ_FILE_MB", "1")
    storage.fetched.clear()
    [(key, why)] = mirror.follow(nothing).failed
    assert key == "large.txt"
    assert "1 MB at most" in why
    assert (storage.fetched, copied(mirror)) == ([], {"a.txt": "A"})


def test_kinds_that_are_not_read_are_not_downloaded():
    storage = Storage(**{"a.txt": "A", "film.mp4": "M", "noname": "text"})
    followed_ = Mirror(ADDRESS, storage).follow(nothing)
    assert followed_.skipped == (("film.mp4", "not a kind of document that Footnote reads (.mp4)"),)
    assert sorted(storage.fetched) == ["a.txt", "noname"]


def test_an_object_that_never_holds_still_is_listed_and_its_old_copy_stays():
    storage = Storage(**{"a.txt": "A"})
    mirror = Mirror(ADDRESS, storage)
    mirror.follow(nothing)

    def changes(key):
        storage.state[key] = storage.state.get(key, 0) + 1

    storage.objects["a.txt"], storage.meets = "A2", changes
    [(key, why)] = mirror.follow(nothing).failed
    assert (key, "changed again and again" in why) == ("a.txt", True)
    assert copied(mirror) == {"a.txt": "A"}
    storage.meets = lambda key: None
    assert mirror.follow(nothing).failed == ()
    assert copied(mirror) == {"a.txt": "A2"}


def test_one_object_that_cannot_be_had_keeps_none_of_the_others_away():
    storage = Storage(**{f"{number}.txt": "text" for number in range(40)})

    def refuses(key):
        if key == "7.txt":
            raise Unfetched("access was denied")

    storage.meets = refuses
    mirror = Mirror(ADDRESS, storage)
    assert mirror.follow(nothing).failed == (("7.txt", "access was denied"),)
    assert len(copied(mirror)) == 39


def test_storage_that_goes_away_in_between_keeps_what_was_downloaded():
    storage = Storage(**{f"{number:02}.txt": "text" for number in range(40)})

    def goes(key):
        if key > "30.txt":
            raise CorpusAway("the server was not reached")

    storage.meets = goes
    mirror = Mirror(ADDRESS, storage)
    with pytest.raises(CorpusAway):
        mirror.follow(nothing)
    assert len(copied(mirror)) == 31
    storage.meets = lambda key: None
    storage.fetched.clear()
    mirror.follow(nothing)
    assert len(storage.fetched) == 9
    assert list((mirror.folder / "arriving").iterdir()) == []


def test_a_copy_that_is_stopped_stops_at_once():
    storage = Storage(**{f"{number:03}.txt": "text" for number in range(500)})

    class Stopped(Exception):
        pass

    def tell(progress):
        if "3 of 500" in progress.stage:
            raise Stopped

    with pytest.raises(Stopped):
        Mirror(ADDRESS, storage).follow(tell)
    assert len(storage.fetched) < 60


def test_a_large_object_is_not_waited_for_when_the_others_have_ended():
    class Endless(Storage):
        parts = 0

        def fetch(self, found, file):
            if found.key != "large.txt":
                return super().fetch(found, file)
            while self.parts < 400:
                self.parts += 1
                file.write(b"x")
                time.sleep(0.01)
            return True

    storage = Endless(**{"a.txt": "A", "large.txt": "L"})
    with pytest.raises(KeyboardInterrupt):
        Mirror(ADDRESS, storage).follow(lambda progress: "1 of 2" in progress.stage and raise_(KeyboardInterrupt()))
    assert storage.parts < 400


def raise_(error):
    raise error


def test_a_full_disk_is_said_before_it_is_full(monkeypatch):
    storage = Storage(**{"a.txt": "A" * 100})
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1000, 950, 50))
    with pytest.raises(IndexNotWritable, match=r"FOOTNOTE_MIRROR"):
        Mirror(ADDRESS, storage).follow(nothing)
    assert storage.fetched == []


def test_a_disk_that_fills_up_is_one_line_and_leaves_whole_files():
    storage = Storage(**{"a.txt": "A", "b.txt": "B"})

    def is_full(key):
        if key == "b.txt":
            raise OSError(28, "No space left on device")

    storage.meets = is_full
    mirror = Mirror(ADDRESS, storage)
    with pytest.raises(IndexNotWritable, match="No space left on device"):
        mirror.follow(nothing)
    assert copied(mirror) in ({"a.txt": "A"}, {})


def test_two_do_not_bring_one_copy_in_step_at_once(monkeypatch):
    storage = Storage(**{"a.txt": "A"})
    mirror = Mirror(ADDRESS, storage)
    with monkeypatch.context() as patch, FileLock(mirror.folder / "writer.lock"):
        patch.setattr(writer, "LOCK_SECONDS", 0.1)
        with pytest.raises(IndexLocked, match="s3://bucket/reports"):
            mirror.follow(nothing)
    assert storage.fetched == []
    threads = [threading.Thread(target=Mirror(ADDRESS, storage).follow, args=(nothing,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert storage.fetched == ["a.txt"]


def test_a_journal_that_was_cut_or_altered_costs_a_download_at_most():
    storage = Storage(**{"a.txt": "A", "b.txt": "B"})
    mirror = Mirror(ADDRESS, storage)
    mirror.follow(nothing)
    journal = mirror.folder / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:-9] + b"\n\xff\xfe\n[1]\n{}\nnull\n")
    assert list(Journal(journal).entries()) == ["a.txt"]
    storage.fetched.clear()
    mirror.follow(nothing)
    assert storage.fetched == ["b.txt"]


def test_a_line_that_was_cut_takes_none_with_it(tmp_path):
    path = tmp_path / "journal.jsonl"
    path.write_text('["a.txt", "1", 1, 1]\n["b.txt", "1"')
    with Journal(path) as journal:
        journal.add("c.txt", Entry("1", 1, 1))
    assert list(Journal(path).entries()) == ["a.txt", "c.txt"]


def test_killed_at_any_moment_it_goes_on_where_it_was(bucket):
    bucket.fill({f"{number:02}.txt": f"text {number}" for number in range(40)})
    bucket.faults(slow=0.05)
    process = begun(bucket.address)
    while sum(bucket.fetched().values()) < 12:
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    bucket.faults()
    mirror = Mirror(Address.of(bucket.address))
    had = set(Journal(mirror.folder / "journal.jsonl").entries())
    before = bucket.fetched()
    assert followed(bucket.address) == "followed"
    again = {key for key, times in bucket.fetched().items() if times > before[key]}
    whole = {key for key in had if key not in again}
    assert len(had) - len(whole) <= 1  # one whose line was written, and that had not taken its place
    assert len(copied(mirror)) == 40
    assert list((mirror.folder / "arriving").iterdir()) == []


def test_copies_in_the_cache_are_for_this_account_only(monkeypatch, tmp_path):
    monkeypatch.delenv("FOOTNOTE_MIRROR")
    monkeypatch.setenv("FOOTNOTE_CACHE", str(tmp_path / "cache"))
    mirror = Mirror(ADDRESS, Storage(**{"a.txt": "A"}))
    mirror.follow(nothing)
    assert mirror.folder.is_relative_to(tmp_path / "cache")
    assert mirror.folder.stat().st_mode & 0o077 == 0
