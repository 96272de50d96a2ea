"""A bucket on a real server: what is listed, downloaded, followed, and said when something is wrong."""

import os
import time
from contextlib import suppress
from dataclasses import replace

import pytest

from index.errors import CorpusAway, CorpusError
from index.mirroring import s3
from index.mirroring.address import Address
from index.mirroring.mirror import Mirror
from index.mirroring.remote import Found, Unfetched
from tests.index.mirroring.other_process import followed
from tests.index.mirroring.s3_server import SECRET

HOSTILE = {
    "../escaped.txt": "..",
    ".git/../x.txt": "..",
    "a/../../escaped.txt": "..",
    "./here.txt": ".",
    "/slash.txt": "empty part",
    "two//slashes.txt": "empty part",
    f"{'n' * 300}.txt": "255 bytes",
    f"{'ü' * 130}.txt": "255 bytes",
}
PASSED_OVER = [".footnote/index.db", ".git/config", "~$aid.docx", "folder/", "a/.hidden/x.txt"]
PLAIN = ["aid.txt", "2019/käse ü.txt", "#h?q&a+b %20.txt", "back\\slash.txt", "tab\ttab.txt", "a<&>.txt", "日本.md"]


def nothing(progress):
    pass


def mirror_of(bucket):
    return Mirror(Address.of(bucket.address))


def files_of(mirror):
    root = mirror.documents
    return {path.relative_to(root).as_posix(): path.read_text() for path in root.rglob("*") if path.is_file()}


def test_a_copy_follows_its_bucket(any_bucket):
    any_bucket.fill({"aid.txt": "Aid", "news/oil.md": "Oil", "gone.txt": "Gone"})
    any_bucket.put("reports2/other.txt", "not below the prefix")
    mirror = mirror_of(any_bucket)
    mirror.follow(nothing)
    assert files_of(mirror) == {"aid.txt": "Aid", "news/oil.md": "Oil", "gone.txt": "Gone"}
    any_bucket.fill({"aid.txt": "Aid, changed", "new.txt": "New"})
    any_bucket.delete("reports/gone.txt")
    any_bucket.delete("reports/news/oil.md")
    mirror.follow(nothing)
    assert files_of(mirror) == {"aid.txt": "Aid, changed", "new.txt": "New"}
    assert [path.name for path in mirror.documents.iterdir() if path.is_dir()] == []


def test_no_key_leads_out_of_the_copy(any_bucket, tmp_path):
    any_bucket.fill(dict.fromkeys([*HOSTILE, *PASSED_OVER, *PLAIN], "text"))
    mirror = mirror_of(any_bucket)
    followed = mirror.follow(nothing)
    assert sorted(files_of(mirror)) == sorted(PLAIN)
    skipped = dict(followed.skipped)
    assert {key: why in skipped.get(key, "") for key, why in HOSTILE.items()} == dict.fromkeys(HOSTILE, True)
    assert not any("escaped" in name for _, _, names in os.walk(tmp_path) for name in names)


def test_an_object_above_others_is_told_and_not_copied(any_bucket):
    any_bucket.fill({"a": "file", "a/b.txt": "below"})
    mirror = mirror_of(any_bucket)
    assert dict(mirror.follow(nothing).skipped) == {
        "a": "other objects stand below it, and a file cannot be a folder as well"
    }
    assert files_of(mirror) == {"a/b.txt": "below"}
    any_bucket.delete("reports/a/b.txt")  # what was a folder becomes a file
    mirror.follow(nothing)
    assert files_of(mirror) == {"a": "file"}
    any_bucket.fill({"a/b.txt": "below"})  # and the other way round
    mirror.follow(nothing)
    assert files_of(mirror) == {"a/b.txt": "below"}


def test_a_whole_bucket_is_a_corpus_and_empty_objects_are_copied(any_bucket):
    any_bucket.fill({"aid.txt": "Aid", "empty.txt": ""})
    mirror = Mirror(Address.of(f"s3://{any_bucket.name}/"))
    mirror.follow(nothing)
    assert files_of(mirror) == {"reports/aid.txt": "Aid", "reports/empty.txt": ""}


def test_long_listings_come_in_pages(bucket):
    bucket.fill({f"{number:03}.txt": f"text {number}" for number in range(25)})
    bucket.faults(page=4)
    mirror = mirror_of(bucket)
    mirror.follow(nothing)
    assert len(files_of(mirror)) == 25
    assert bucket.listings() >= 7


def test_nothing_is_downloaded_twice(bucket):
    bucket.fill({"aid.txt": "Aid", "oil.txt": "Oil"})
    mirror_of(bucket).follow(nothing)
    bucket.fill({"oil.txt": "Oil again"})
    mirror_of(bucket).follow(nothing)
    mirror_of(bucket).follow(nothing)
    assert bucket.fetched() == {"aid.txt": 1, "oil.txt": 2}


def test_what_changed_within_the_last_seconds_is_looked_at_again(bucket):
    now = int(time.time()) + 60  # a server whose clock is ahead
    bucket.put("reports/aid.txt", "one", modified=now)
    mirror = mirror_of(bucket)
    mirror.follow(nothing)
    bucket.put("reports/aid.txt", "two", modified=now)  # as long, and within the same second
    mirror.follow(nothing)
    assert files_of(mirror) == {"aid.txt": "two"}


def test_a_listing_that_breaks_off_changes_nothing(bucket, monkeypatch):
    monkeypatch.setattr(s3, "TRIES", 1)
    bucket.fill({f"{number}.txt": f"text {number}" for number in range(9)})
    mirror = mirror_of(bucket)
    mirror.follow(nothing)
    bucket.delete("reports/0.txt")
    bucket.faults(page=3, broken_pages=2)
    with pytest.raises(CorpusAway, match="stays as it is"):
        mirror_of(bucket).follow(nothing)
    assert len(files_of(mirror)) == 9
    bucket.faults()
    mirror_of(bucket).follow(nothing)
    assert len(files_of(mirror)) == 8


def test_an_object_that_is_gone_once_it_was_listed_is_none(bucket):
    bucket.fill({"aid.txt": "Aid", "gone.txt": "Gone"})
    mirror = mirror_of(bucket)
    bucket.faults(vanish=["reports/gone.txt"])
    assert mirror.follow(nothing).failed == ()
    assert files_of(mirror) == {"aid.txt": "Aid"}


def test_an_object_that_changes_while_it_is_downloaded_is_downloaded_again(bucket):
    bucket.fill({"aid.txt": "Aid"})
    bucket.faults(changes={"reports/aid.txt": "Aid came in the meantime"})
    mirror = mirror_of(bucket)
    mirror.follow(nothing)
    assert files_of(mirror) == {"aid.txt": "Aid came in the meantime"}


def test_parts_of_two_states_do_not_come_together(bucket, monkeypatch, tmp_path):
    monkeypatch.setattr("index.mirroring.remote.AT_ONCE_BYTES", 10)
    bucket.put("reports/aid.txt", "a" * 35)
    remote = s3.S3(Address.of(bucket.address))
    [found] = remote.listed()
    bucket.faults(changes={"reports/aid.txt": "b" * 35})
    with (tmp_path / "aid.txt").open("wb") as file:
        assert remote.fetch(found, file) is False
    with (tmp_path / "aid.txt").open("wb") as file:
        assert remote.fetch(remote.again("aid.txt"), file) is True
    assert (tmp_path / "aid.txt").read_text() == "b" * 35


def test_an_object_that_may_not_be_read_is_listed_and_the_others_are_copied(bucket):
    bucket.fill({"aid.txt": "Aid", "secret.txt": "Secret"})
    bucket.faults(denied=["reports/secret.txt"])
    mirror = mirror_of(bucket)
    assert mirror.follow(nothing).failed == (("secret.txt", "access was denied"),)
    assert files_of(mirror) == {"aid.txt": "Aid"}
    bucket.faults()
    assert mirror.follow(nothing).failed == ()
    assert sorted(files_of(mirror)) == ["aid.txt", "secret.txt"]


def test_a_body_that_is_cut_is_no_document(bucket, monkeypatch):
    monkeypatch.setattr(s3, "TRIES", 1)
    bucket.fill({"aid.txt": "Aid waits in a warehouse"})
    bucket.faults(cut=["reports/aid.txt"])
    mirror = mirror_of(bucket)
    with suppress(CorpusAway):
        assert mirror.follow(nothing).failed
    assert files_of(mirror) == {}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"AWS_ACCESS_KEY_ID": "somebody"}, "access key is not known"),
        ({"AWS_SECRET_ACCESS_KEY": "wrong"}, "secret key is not the right one"),
        ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, "was not reached"),
    ],
)
def test_what_stands_in_the_way_is_one_line_without_a_key(bucket, monkeypatch, change, said):
    monkeypatch.setattr(s3, "TRIES", 1)
    bucket.fill({"aid.txt": "Aid"})
    for name, value in change.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(CorpusAway, match=said) as refused:
        mirror_of(bucket).follow(nothing)
    assert "\n" not in str(refused.value)
    assert SECRET not in str(refused.value)


def test_a_bucket_or_a_prefix_that_is_not_there_is_said(any_bucket):
    any_bucket.fill({"aid.txt": "Aid"})
    with pytest.raises(CorpusAway, match="no such bucket"):
        Mirror(Address.of(f"s3://{any_bucket.name}-not/reports")).follow(nothing)
    with pytest.raises(CorpusAway, match="there are no objects below"):
        Mirror(Address.of(f"s3://{any_bucket.name}/Reports")).follow(nothing)


def test_a_server_that_says_nothing_is_given_up(bucket, monkeypatch):
    monkeypatch.setattr(s3, "TRIES", 1)
    monkeypatch.setattr(s3, "ANSWER_SECONDS", 0.3)
    bucket.fill({"aid.txt": "Aid"})
    bucket.faults(silent=20)
    with pytest.raises(CorpusAway, match="cannot be read"):
        mirror_of(bucket).follow(nothing)


def test_keys_come_from_a_profile_as_well(bucket, monkeypatch, tmp_path):
    """In a process of its own: the library of AWS reads profiles once."""
    bucket.fill({"aid.txt": "Aid"})
    key, secret = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    profiles = tmp_path / "credentials"
    profiles.write_text(f"[reports]\naws_access_key_id = {key}\naws_secret_access_key = {secret}\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(profiles))
    assert "access was denied" in followed(bucket.address)
    monkeypatch.setenv("AWS_PROFILE", "reports")
    assert followed(bucket.address) == "followed"


def test_a_public_bucket_needs_no_keys(bucket, monkeypatch):
    public = replace(bucket, name=f"public-{bucket.name}")
    public.fill({"aid.txt": "Aid"})
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert followed(public.address) == "followed"


def test_a_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr("index.mirroring.remote.find_spec", lambda name: None)
    with pytest.raises(CorpusError, match=r"pip install 'footnote-qa\[s3\]'"):
        Mirror(Address.of("s3://bucket/reports")).follow(nothing)


def test_an_error_of_one_object_in_an_archive_is_none_of_the_others():
    storage = s3.S3(Address("s3", "bucket/reports"))
    assert isinstance(storage._of_one(OSError("AWS Error INVALID_OBJECT_STATE during GetObject")), Unfetched)
    assert isinstance(storage._of_one(OSError("AWS Error SLOW_DOWN during GetObject")), CorpusAway)
    assert Found("a", 1, "1-1").is_settled
