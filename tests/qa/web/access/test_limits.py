"""How much may be sent at once, by what is said and by what arrives."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from qa.web.access import Access, Guard, limits
from qa.web.access.paths import Paths
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


def sent_slowly(path, pieces, *, every, headers=()):
    """What a client is told whose body comes in pieces; the application reads all of it."""
    told, left = [], iter(pieces)

    async def read_all(scope, receive, send):
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            more = message.get("more_body", False)
        await asyncio.sleep(3 * every)  # what it does itself is not the client's fault
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})

    async def receive():
        await asyncio.sleep(every)
        piece = next(left, None)
        return {"type": "http.request", "body": piece or b"", "more_body": piece is not None}

    async def send(message):
        told.append(message)

    known = [(b"host", b"localhost"), (b"origin", b"http://localhost"), *headers]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": known, "scheme": "http"}
    with ThreadPoolExecutor(1) as elsewhere:  # the browser of other tests has a loop in this thread
        guard = Guard(read_all, paths=Paths(), access=Access())
        elsewhere.submit(asyncio.run, asyncio.wait_for(guard(scope, receive, send), 20)).result()
    return told[0]["status"]


@pytest.mark.parametrize("path", ["/api/ask", "/gradio_api/run/predict", "/gradio_api/upload", "/x"])
def test_a_body_that_drips_is_given_up(monkeypatch, path):
    monkeypatch.setattr(limits, "SLOW_SECONDS", 0.2)
    assert sent_slowly(path, [b"x"] * 1_000_000, every=0.02) == 408


def test_a_large_body_may_take_long(monkeypatch):
    monkeypatch.setattr(limits, "SLOW_SECONDS", 0.2)
    piece = b"x" * 10_000  # a second of patience more
    assert sent_slowly("/gradio_api/upload", [piece] * 30, every=0.02) == 200
