"""How much may be sent at once, by what is said and by what arrives."""

import pytest

from qa.web.access import Access, limits
from tests.qa.web.access.guarded_site import client_of, page_of

OURS = page_of("http://localhost:7860", site="same-origin")
JSON = {"Content-Type": "application/json"}


def in_pieces(length):
    yield from (b"x" * 1000 for _ in range(length // 1000))


@pytest.mark.parametrize("body", [b"x" * (limits.MAX_API_BYTES + 1), in_pieces(limits.MAX_API_BYTES + 10_000)])
def test_a_question_that_is_too_large_is_refused(body):
    answer = client_of(Access()).post("/api/ask", content=body, headers=JSON)
    assert answer.status_code == 413
    assert answer.json() == {"error": "This is too large: at most 1 MB are taken at once."}


@pytest.mark.parametrize("body", [b"x" * limits.MAX_API_BYTES, in_pieces(limits.MAX_API_BYTES - 10_000)])
def test_what_just_fits_is_passed_on(body):
    assert client_of(Access()).post("/api/ask", content=body, headers=JSON).json()["bytes"] > 1_000_000


def test_an_upload_is_refused_by_its_length_before_it_is_read(monkeypatch):
    client = client_of(Access(), slugs=("news",))
    monkeypatch.setattr(limits, "MAX_UPLOADS_BYTES", 5_000_000)
    path = "/news/gradio_api/upload"
    assert client.post(path, content=b"x" * 4_500_000, headers=OURS).json()["bytes"] == 4_500_000
    refused = client.post(path, content=b"x" * 5_000_001, headers=OURS)
    assert refused.status_code == 413
    assert refused.text == "This is too large: at most 4 MB are taken at once.\n"
    assert client.post(path, content=in_pieces(5_000), headers=OURS).status_code == 411
    assert client.post("/news/gradio_api/run/x", content=b"x" * 4_500_000, headers=OURS).status_code == 413


def test_a_length_that_is_none_is_refused():
    for length in ("-1", "9" * 30, "1e3"):
        refused = client_of(Access()).post("/api/ask", content=b"{}", headers={**JSON, "Content-Length": length})
        assert refused.status_code == 413, length
