"""Addresses of language models."""

import pytest

from qa.written.endpoint import KEY_VARIABLE, language_model
from qa.written.errors import WriterError


@pytest.mark.parametrize(
    ("url", "completions"),
    [
        ("http://localhost:8080", "http://localhost:8080/v1/chat/completions"),
        ("http://localhost:8080/", "http://localhost:8080/v1/chat/completions"),
        (" http://localhost:8080/v1/ ", "http://localhost:8080/v1/chat/completions"),
        ("https://llm.example.org/api/v1", "https://llm.example.org/api/v1/chat/completions"),
        ("http://[::1]:80/v1/chat/completions", "http://[::1]:80/v1/chat/completions"),
    ],
)
def test_an_address_is_taken_as_people_give_it(url, completions):
    assert language_model(url, key="").completions == completions


@pytest.mark.parametrize(
    "url", ["", "localhost:8080", "ftp://host/v1", "http://", "http://host:99999", "file:///etc/passwd", "http://a b/"]
)
def test_what_is_no_address_is_said(url):
    with pytest.raises(WriterError, match="give one such as http://localhost:8080/v1"):
        language_model(url, key="")


@pytest.mark.parametrize(
    "url", ["http://me:s3cret@host/v1", "https://host/v1?key=s3cret", "https://host/v1#s3cret", "ftp://me:s3cret@host/"]
)
def test_a_key_in_the_address_is_refused_and_not_repeated(url):
    with pytest.raises(WriterError) as caught:
        language_model(url, key="")
    assert "s3cret" not in str(caught.value)


def test_the_key_comes_from_the_environment(monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, "sk-1")
    assert language_model("http://localhost").key == "sk-1"
    monkeypatch.setenv(KEY_VARIABLE, "sk-1\n")
    with pytest.raises(WriterError, match=KEY_VARIABLE) as caught:
        language_model("http://localhost")
    assert "sk-1" not in str(caught.value)


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_no_time_at_all_is_refused(seconds):
    with pytest.raises(WriterError, match="give more than 0"):
        language_model("http://localhost", key="", seconds=seconds)


@pytest.mark.parametrize(
    ("url", "exposed"),
    [
        ("http://localhost:1", False),
        ("http://127.0.0.9", False),
        ("http://[::1]", False),
        ("http://192.168.1.4:11434", False),
        ("http://10.0.0.1", False),
        ("http://ollama:11434", False),
        ("http://box.local", False),
        ("https://llm.example.org", False),
        ("http://llm.example.org", True),
        ("http://8.8.8.8", True),
        ("http://127.0.0.1.example.org", True),
    ],
)
def test_plain_http_is_exposed_beyond_private_networks(url, exposed):
    assert language_model(url, key="").is_exposed is exposed
