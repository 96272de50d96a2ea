"""Every address that Gradio answers: closed without a password, and with one too, but for what our page asks."""

import base64
import re

import pytest
from starlette.routing import Mount
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from qa import Corpus
from qa.syncing import BackgroundSync
from qa.web.access import access_from
from qa.web.access.needed import NOTHING_THERE, Needed
from qa.web.access.paths import Paths
from qa.web.served import Served
from qa.web.site import site
from tests.apart import run_apart
from tests.fake_embedder import CountingEmbedder

ORIGIN = "http://localhost:7860"
LOGIN = {"Authorization": "Basic " + base64.b64encode(b"ann:correct horse").decode()}
PARTS = {"path": "x", "path_or_url": "/etc/passwd", "url_path": "http://192.0.2.1/", "session_hash": "s"}

ANSWERED = {
    ("GET", "/"),
    ("HEAD", "/"),
    ("GET", "/assets/{path:path}"),
    ("GET", "/static/{path:path}"),
    ("GET", "/config"),
    ("GET", "/favicon.ico"),
    ("GET", "/theme.css"),
    ("GET", "/gradio_api/app_id"),
    ("GET", "/gradio_api/heartbeat/{session_hash}"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/startup-events"),
    ("GET", "/gradio_api/upload_progress"),
    ("POST", "/gradio_api/run/{api_name}"),
    ("POST", "/gradio_api/upload"),
}
"""Of Gradio's routes. None of them names a file of this machine, another machine, or somebody else's values."""


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    """A page behind a password."""
    folder = tmp_path_factory.mktemp("routes") / "corpus"
    folder.mkdir()
    (folder / "a.txt").write_text("The heron is grey.\n")
    corpus = Corpus(folder, embedder=CountingEmbedder())
    corpus.sync()
    access = access_from(auth=["ann:correct horse"])
    return site([Served(corpus, folder, BackgroundSync(corpus), "corpus")], access)


@pytest.fixture(scope="module")
def client(app):
    with TestClient(app, base_url=ORIGIN, headers={"Origin": ORIGIN}, client=("127.0.0.1", 50_000)) as client:
        client._transport.raise_server_exceptions = False
        yield client


def routes_of(app, prefix=""):
    """(method, path) of each route below, those of mounted applications and of included routers among them."""
    for route in app.routes:
        if isinstance(route, Mount):
            yield from routes_of(route, prefix + route.path)
            continue
        inner = getattr(route, "original_router", None)
        if inner is not None:
            own = getattr(getattr(route, "include_context", None), "prefix", "") or ""
            yield from routes_of(inner, prefix + own)
            continue
        yield from ((method, prefix + route.path) for method in route.methods)


@pytest.fixture(scope="module")
def gradios(app):
    """Gradio's routes."""
    found = {each for each in routes_of(app) if not each[1].startswith("/api")}
    assert len(found) > 60, "Gradio keeps its routes in another place now: look there"
    assert ("GET", "/gradio_api/file={path_or_url:path}") in found
    return sorted(found)


def filled(path):
    """The path with something for each of its parts: "/gradio_api/run/{api_name}" -> "/gradio_api/run/predict"."""
    plain = re.sub(r"\{(\w+)(?::\w+)?\}", lambda part: PARTS.get(part[1], "1"), path)
    return plain.replace("/run/1", "/run/predict")


def test_only_what_the_page_asks_is_let_through(gradios):
    passed = set()

    async def note(scope, receive, send):
        passed.add((scope["method"], scope["path"]))

    async def ask():
        for method, path in gradios:
            await Needed(note, Paths())({"type": "http", "method": method, "path": filled(path)}, None, ignored)

    async def ignored(message):
        pass

    run_apart(ask)
    assert passed == {(method, filled(path)) for method, path in ANSWERED}


def test_without_a_password_every_route_is_closed(client, gradios):
    for method, path in gradios:
        answer = client.request(method, filled(path), follow_redirects=False)
        if path == "/":
            assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2F")
        elif path == "/favicon.ico":
            assert (answer.status_code, answer.content) == (204, b"")
        else:
            assert answer.status_code == 401, (method, path)


def test_with_a_password_all_others_are_not_there(client, gradios):
    for method, path in gradios:
        if (method, path) not in ANSWERED:
            answer = client.request(method, filled(path), headers=LOGIN, follow_redirects=False)
            assert answer.status_code == 404, (method, path)
            assert method == "HEAD" or answer.text.strip() == NOTHING_THERE


@pytest.mark.parametrize(
    "path",
    [
        *(
            f"/{below}/{up}"
            for below in ("assets", "static")  # a heartbeat is a stream, and takes any name for that of a tab
            for up in (
                "../../../routes.py",
                "%2e%2e/%2e%2e/%2e%2e/routes.py",
                "..%2f..%2f..%2froutes.py",
                "..%5c..%5croutes.py",
                "/etc/passwd",
                "%2fetc%2fpasswd",
                "%00",
                "a%00/../x",
            )
        ),
        "//gradio_api/file=/etc/passwd",
        "/gradio_api//file=/etc/passwd",
        "/gradio_api/run/predict/../../file=/etc/passwd",
        "/GRADIO_API/file=/etc/passwd",
        "/%67radio_api/file%3d/etc/passwd",
        "/x/gradio_api/info",
    ],
)
def test_a_path_leads_nowhere_but_to_files_of_the_page(client, path):
    answer = client.get(path, headers=LOGIN, follow_redirects=False)
    assert answer.status_code in {400, 403, 404}, answer.text
    assert "root:" not in answer.text
    assert "import " not in answer.text


def test_only_our_own_events_are_run(client):
    for body in ({}, {"fn_index": 10_000, "data": []}, {"fn_index": -1, "data": []}, {"data": [], "api_name": "x"}):
        answer = client.post("/gradio_api/run/predict", json=body, headers=LOGIN)
        assert answer.status_code >= 400
        assert "Traceback" not in answer.text
        assert "gradio" not in answer.text


def test_a_websocket_leads_nowhere(client):
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/gradio_api/queue/join", headers=LOGIN):
        pass
