"""Signing in and out: nothing is served before, and guessing takes long."""

import asyncio
import base64
import hashlib
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.websockets import WebSocketDisconnect

from qa.web.access import Guard, access_from, door, gate
from qa.web.access.attempts import FREE
from qa.web.access.passwords import Hashed, hashed
from qa.web.access.paths import Paths
from tests.qa.web.access.guarded_site import client_of, page_of

PASSWORD = "correct horse"
KEPT = hashed(PASSWORD)
QUICK = Hashed(2, 1, 1, b"SodiumChloride", hashlib.scrypt(PASSWORD.encode(), salt=b"SodiumChloride", n=2, r=1, p=1))
"""The same made at the lowest costs: how long a try takes matters to two tests, which take the one above."""
OURS = page_of("http://localhost:7860", site="same-origin")


@pytest.fixture
def access(monkeypatch):
    monkeypatch.delenv("FOOTNOTE_AUTH", raising=False)
    monkeypatch.setattr("qa.web.access.logins.hashed", lambda password: QUICK)
    return lambda **more: access_from(auth=[f"ann:{PASSWORD}"], **more)


@pytest.fixture
def client(access):
    return client_of(access(), slugs=("reports", "news"))


def sign_in(client, name="ann", password=PASSWORD, path="/sign-in", **headers):
    return client.post(path, data={"name": name, "password": password}, headers={**OURS, **headers})


def basic(name, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()}


@pytest.mark.parametrize(
    "path",
    ["/reports/gradio_api/info", "/reports/gradio_api/file=/etc/passwd", "/reports/assets/index.js", "/config", "/x"],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_nothing_is_served_before(client, path, method):
    answer = client.request(method, path, headers=OURS)
    assert (answer.status_code, answer.text) == (401, "Sign in first.\n")
    assert "www-authenticate" not in answer.headers  # a page would be covered by the browser's own dialogue


def test_a_page_leads_to_signing_in_and_back(client):
    asked = client.get("/news/?q=1", headers={"Accept": "text/html"})
    assert asked.status_code == 303
    assert asked.headers["location"] == "/sign-in?next=%2Fnews%2F%3Fq%3D1"
    form = client.get(asked.headers["location"])
    assert form.status_code == 200
    assert 'action="/sign-in?next=%2Fnews%2F%3Fq%3D1"' in form.text
    assert form.headers["cache-control"] == "no-store"
    done = sign_in(client, path=asked.headers["location"])
    assert (done.status_code, done.headers["location"]) == (303, "/news/?q=1")
    cookie = done.headers["set-cookie"]
    assert re.fullmatch(r"footnote=[\w-]{43}; HttpOnly; Path=/; SameSite=strict", cookie)
    inside = client.get("/news/")
    assert (inside.status_code, inside.headers["cache-control"]) == (200, "no-store")
    assert client.get("/sign-in?next=/news/").headers["location"] == "/news/"


def test_signing_out_ends_the_session_itself(client):
    sign_in(client)
    token = client.cookies["footnote"]
    assert client.get("/sign-out").status_code == 303  # a link signs nobody out
    assert client.get("/news/").status_code == 200
    out = client.post("/sign-out", headers=OURS)
    assert (out.status_code, out.headers["location"]) == (303, "/sign-in?out")
    assert 'role="status">You are signed out.' in client.get("/sign-in?out").text
    client.cookies.set("footnote", token)
    assert client.get("/news/").status_code == 303


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "//", "", "/\\evil", "/sign-in", "/x", "/news/\r\nX: y"]
)
def test_signing_in_leads_nowhere_else(client, wanted):
    done = client.post("/sign-in", params={"next": wanted}, data={"name": "ann", "password": PASSWORD}, headers=OURS)
    assert done.headers["location"] == "/"


def test_behind_a_proxy_with_tls_the_cookie_stays_below_the_prefix_and_encrypted(access):
    client = client_of(access(root_path="/docs", allow_hosts=["docs.example.org"]))
    headers = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "docs.example.org",
        "Origin": "https://docs.example.org",
    }
    asked = client.get("/", headers={name: value for name, value in headers.items() if name != "Origin"})
    assert asked.headers["location"] == "/docs/sign-in?next=%2F"
    done = sign_in(client, **headers)
    assert done.headers["location"] == "/docs/"
    assert done.headers["set-cookie"].endswith("; HttpOnly; Path=/docs; SameSite=strict; Secure")


def test_a_wrong_password_says_so_and_nothing_of_which_part_was_wrong(client):
    wrong = sign_in(client, password="wrong horse")
    unknown = sign_in(client, name='"><script>', password="wrong horse")
    assert wrong.status_code == unknown.status_code == 401
    assert 'role="alert">The name or the password is not right.' in wrong.text
    assert "<script>" not in unknown.text
    assert "set-cookie" not in wrong.headers
    assert 'aria-describedby="told"' in wrong.text


def test_an_unknown_name_takes_as_long_as_a_known_one(access, monkeypatch):
    """The middle of three each; an unknown name that cost nothing would take a hundredth."""
    monkeypatch.setattr("qa.web.access.logins.hashed", lambda password: KEPT)

    def seconds(name):
        client, took = client_of(access()), []
        for _ in range(3):
            began = time.perf_counter()
            sign_in(client, name=name, password="wrong horse")
            took.append(time.perf_counter() - began)
        return sorted(took)[1]

    known, unknown = seconds("ann"), seconds("nobody")
    assert 0.3 < known / unknown < 3.0


def test_guessing_has_to_wait_even_with_the_right_password(access):
    client = client_of(access())
    for number in range(FREE):
        assert sign_in(client, name=f"name {number}", password="wrong horse").status_code == 401
    refused = sign_in(client)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert "Too many wrong passwords. Try again in 1 second." in refused.text
    api = client.get("/api/health", headers=basic("ann", PASSWORD))
    assert (api.status_code, list(api.json())) == (429, ["error"])
    time.sleep(1.1)
    assert sign_in(client).status_code == 303


def test_guessing_one_name_from_many_addresses_has_to_wait_too(access):
    app = client_of(access(trust_proxies=["10.0.0.1"]), client="10.0.0.1")
    for number in range(FREE):
        assert sign_in(app, password="wrong horse", **{"X-Forwarded-For": f"198.51.100.{number}"}).status_code == 401
    assert sign_in(app, **{"X-Forwarded-For": "203.0.113.9"}).status_code == 429
    assert sign_in(app, name="ben", **{"X-Forwarded-For": "203.0.113.9"}).status_code == 401


@pytest.mark.parametrize("from_one", [True, False])
def test_a_hundred_guesses_at_the_same_time_are_no_way_around_the_wait(from_one):
    """Of one address with many names, or of many addresses with one name: a few are looked at, the rest are told so."""
    opened = door.Door({"ann": KEPT})

    async def guess(number):
        name, address = (f"name {number}", "192.0.2.1") if from_one else ("ann", f"198.51.100.{number}")
        try:
            await opened.let_in(name, "wrong horse", address)
        except door.NotLetIn as why:
            return why.status
        return 200

    async def all_at_once():
        return await asyncio.gather(*(guess(number) for number in range(100)))

    with ThreadPoolExecutor(1) as elsewhere:  # the browser of other tests has a loop in this thread
        told = elsewhere.submit(asyncio.run, all_at_once()).result()
    assert sorted(set(told)) == [401, 429]
    assert told.count(401) == FREE


def test_one_machine_with_many_addresses_of_ipv6_is_one_machine():
    assert door._source("2001:db8::1") == door._source("2001:db8::ffff") != door._source("2001:db8:1::1")
    assert door._source("::ffff:192.0.2.1") == "192.0.2.1"


def test_programs_send_name_and_password_with_each_request(client, monkeypatch):
    refused = client.get("/news/api/health")
    assert (refused.status_code, refused.json()) == (401, {"error": "Sign in first."})
    assert refused.headers["www-authenticate"].startswith("Basic ")
    assert client.get("/news/api/health", headers=basic("ann", "wrong horse")).status_code == 401
    for header in (
        "Basic",
        "Basic !!!",
        "Basic YW5u",
        "Bearer x",
        f"Basic {'A' * 5000}",
        "Basic ÿÿ==".encode("latin-1"),
    ):
        assert client.get("/news/api/health", headers={"Authorization": header}).status_code == 401, header
    assert client.get("/news/api/health", headers=basic("ann", PASSWORD)).status_code == 200
    monkeypatch.setattr(door, "matches", lambda *_: pytest.fail("asked scrypt again"))
    assert client.get("/news/api/health", headers=basic("ann", PASSWORD)).status_code == 200


def test_a_link_from_another_site_is_asked_for_again_with_the_cookie(client):
    follows = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    answer = client.get("/news/", headers=follows)
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0">' in answer.text
    assert client.get("/news/", headers={**follows, "Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_a_websocket_needs_a_session(client):
    headers = {"Host": "localhost:7860", "Origin": "http://localhost:7860"}
    with pytest.raises(WebSocketDisconnect), client.websocket_connect("/socket", headers=headers):
        pass
    sign_in(client)
    headers["Cookie"] = f"footnote={client.cookies['footnote']}"
    with client.websocket_connect("/socket", headers=headers) as connected:
        assert connected.receive_text() == "in"


def test_a_form_that_is_too_large_or_odd_is_refused(client):
    assert sign_in(client, password="x" * 20_000).status_code == 413
    assert client.post("/sign-in", content=b"\xff" * 100, headers=OURS).status_code == 401
    many = "&".join(f"a{n}=1" for n in range(100))
    assert client.post("/sign-in", content=many, headers=OURS).status_code == 401
    assert client.put("/sign-in", headers=OURS).status_code == 405


@pytest.mark.parametrize("hangs_up", [True, False])
def test_a_form_that_never_arrives_is_given_up_without_a_word(access, monkeypatch, hangs_up):
    monkeypatch.setattr(gate, "TYPED_WITHIN_SECONDS", 0.05)
    begun = iter([{"type": "http.request", "body": b"name=ann", "more_body": True}])
    told = []

    async def receive():
        if message := next(begun, None):
            return message
        if not hangs_up:
            await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message):
        told.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/sign-in",
        "query_string": b"",
        "headers": [(b"host", b"localhost:7860"), (b"origin", b"http://localhost:7860")],
        "scheme": "http",
    }
    guard = Guard(refuse_all, paths=Paths(), access=access())
    with ThreadPoolExecutor(1) as elsewhere:  # the browser of other tests has a loop in this thread
        elsewhere.submit(asyncio.run, asyncio.wait_for(guard(scope, receive, send), 20)).result()
    assert told[0]["status"] == 408


async def refuse_all(scope, receive, send):
    pytest.fail("it came through")
