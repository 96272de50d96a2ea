"""Addresses of documents, and the objects that are documents."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import CorpusError, SettingError
from index.mirroring.address import Address, is_address
from index.mirroring.keys import chosen
from index.mirroring.remote import Found
from index.opening import folder_of, named
from index.sync import is_readable

SECRET = "AKIAEXAMPLE:se/cr+et"
KEYS = st.lists(
    st.sampled_from(["..", ".", "", "a", "a.txt", "b/", "\\", "\0", "é", "\ud800", "x" * 256, ".git", "~$a"])
    | st.text(max_size=5),
    min_size=1,
    max_size=4,
).map("/".join)


@pytest.fixture(autouse=True)
def no_endpoint(monkeypatch, tmp_path):
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("FOOTNOTE_MIRROR", str(tmp_path / "mirrors"))


def test_an_address_has_a_scheme_a_path_and_a_name():
    address = Address.of("S3://bucket/a/reports//")
    assert (address.scheme, address.path, address.folder, str(address)) == (
        "s3",
        "bucket/a/reports",
        "a/reports",
        "s3://bucket/a/reports",
    )
    assert Address.of("s3://bucket").folder == "bucket"
    assert Address.of("s3://bucket/what?#is").path == "bucket/what?#is"
    assert Address.of("s3://bucket/.hidden").folder == "bucket/documents"
    assert Address.of(f"s3://bucket/{'é' * 150}").folder == "bucket/documents"


def test_folders_are_no_addresses():
    assert is_address("s3://bucket/reports")
    assert not any(map(is_address, ["corpus", "/a/b", "s3:/bucket", "C:\\reports", "", Path("s3://bucket")]))


@pytest.mark.parametrize(
    "text",
    [
        *("s3://", "s3:///reports", "s3://bucket/../x", "s3://bucket//x", "s3://bucket/a\nb", "s3://bucket/\ud800"),
        *("file:///etc", "http://example.org/x", "https://example.org", "memory://a/b", "data:text"),
    ],
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(CorpusError, match="give") as refused:
        Address.of(text)
    assert "\n" not in str(refused.value).replace("a\nb", "")


@pytest.mark.parametrize(
    "text", [f"s3://{SECRET}@bucket/x", f"s3://{SECRET}", "s3://user@bucket", "sftp://ana:secret@host/x"]
)
def test_an_address_with_a_key_in_it_is_refused_without_showing_it(text):
    with pytest.raises(CorpusError, match="environment") as refused:
        Address.of(text)
    assert not any(part in str(refused.value) for part in ("secret", "cr+et", "AKIAEXAMPLE"))


def test_the_same_bucket_of_another_server_is_another_corpus(monkeypatch):
    at_aws = Address.of("s3://bucket/reports")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://store.internal:9000/")
    here = Address.of("s3://bucket/reports")
    assert (here.endpoint, here.where) == (
        "http://store.internal:9000",
        "s3://bucket/reports at http://store.internal:9000",
    )
    assert here.digest != at_aws.digest
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://s3.internal")
    assert Address.of("s3://bucket/reports").endpoint == "https://s3.internal"
    assert Address.of("gs://bucket/reports").endpoint == ""


@pytest.mark.parametrize(
    "url", ["store:9000", "ftp://store", "http://key:secret@store", "http://store/path", "http://s:x"]
)
def test_an_endpoint_that_is_none_is_said_without_a_key(monkeypatch, url):
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    with pytest.raises(SettingError, match="AWS_ENDPOINT_URL") as refused:
        Address.of("s3://bucket")
    assert "secret" not in str(refused.value)


@given(st.lists(KEYS, max_size=12, unique=True))
def test_every_key_is_a_path_below_the_copy_or_none(keys):
    result = chosen([Found(key, 1, "1") for key in keys], is_readable, 10)
    for key in result.wanted:
        assert os.path.normpath(f"/copy/{key}") == f"/copy/{key}"
        assert all(len(part.encode()) <= 255 for part in key.split("/"))
        assert not any(other.startswith(f"{key}/") for other in result.wanted)
    for _, why in result.skipped:
        assert why
    for text, _ in result.skipped:
        text.encode()


def test_another_process_opens_an_address_as_it_is(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert named("s3://bucket/reports") == "s3://bucket/reports"
    assert named("reports") == str(tmp_path / "reports")
    assert folder_of("reports") == tmp_path / "reports"
    assert folder_of("s3://bucket/reports").is_relative_to(tmp_path / "mirrors")
