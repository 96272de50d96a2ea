"""Under which names a page answers, whom it believes, and which pages may send to it."""

import pytest
from starlette.websockets import WebSocketDisconnect

from qa.web.access import Access, access_from
from tests.qa.web.access.guarded_site import client_of, page_of

PROXY = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "docs.example.org"}


def status(client, host):
    return client.get("/", headers={"Host": host}).status_code


def test_only_agreed_names_are_answered():
    client = client_of(access_from(allow_hosts=["docs.example.org"]))
    for host in ("localhost", "127.0.0.1:7860", "[::1]:7860", "docs.example.org", "DOCS.example.org.:80"):
        assert status(client, host) == 200, host
    for host in (
        "evil.example",
        "localhost.evil.example",
        "192.0.2.7",
        "localhost:x",
        "",
        "[::1",
        "docs.example.org@evil",
        f"localhost:{'9' * 5_000}",
    ):
        assert status(client, host) == 400, host


def test_a_page_that_listens_everywhere_answers_under_any_number_and_no_other_name():
    client = client_of(access_from(host="0.0.0.0", auth=["ann:correct horse"]))
    assert status(client, "192.0.2.7:7860") == 303
    assert status(client, "[2001:db8::1]") == 303
    assert status(client, "evil.example") == 400


def test_the_refusal_names_the_option_and_is_json_to_programs():
    refused = client_of(Access()).get("/api/health", headers={"Host": "docs.example.org"})
    assert "--allow-host docs.example.org" in refused.json()["error"]


def test_a_trusted_proxy_is_believed_and_its_headers_go_no_further():
    access = access_from(allow_hosts=["docs.example.org"], root_path="/docs")
    seen = client_of(access).get("/api/ask?x=1", headers=PROXY).json()
    assert (seen["url"], seen["root"]) == ("https://docs.example.org/docs/api/ask?x=1", "/docs")
    assert seen["client"] == "203.0.113.9"
    assert not any(name.startswith("x-forwarded") for name in seen["headers"])


def test_anybody_else_is_not_believed():
    access = access_from(allow_hosts=["docs.example.org"])
    seen = client_of(access, client="192.0.2.66").get("/", headers={**PROXY, "X-Gradio-Server": "http://evil"}).json()
    assert (seen["url"], seen["client"]) == ("http://localhost:7860/", "192.0.2.66")
    assert not {name for name in seen["headers"] if name.startswith("x-")}
    named = access_from(allow_hosts=["docs.example.org"], trust_proxies=["192.0.2.0/24"])
    assert client_of(named, client="192.0.2.66").get("/", headers=PROXY).json()["client"] == "203.0.113.9"


def test_what_a_client_claims_before_the_proxy_is_not_believed():
    access = access_from(trust_proxies=["10.0.0.2"])
    claimed = {"X-Forwarded-For": "1.1.1.1, 203.0.113.9, 10.0.0.2"}
    assert client_of(access).get("/", headers=claimed).json()["client"] == "203.0.113.9"
    assert client_of(access).get("/", headers={"X-Forwarded-For": "nonsense"}).json()["client"] == "127.0.0.1"


def test_a_rebound_name_is_no_way_in_even_with_headers_of_a_proxy():
    headers = {"Host": "evil.example", "X-Forwarded-Host": "localhost"}
    assert client_of(Access()).get("/", headers=headers).status_code == 400
    headers = {"Host": "localhost", "X-Forwarded-Host": "evil.example"}
    assert client_of(Access()).get("/", headers=headers).status_code == 400


@pytest.mark.parametrize("sent", ["/", "/docs/", "/api/x", "/docs/api/x", "/docsearch"])
def test_the_prefix_may_have_been_taken_off_or_not(sent):
    seen = client_of(access_from(root_path="/docs")).get(sent).json()
    expected = sent if sent.startswith("/docs/") else f"/docs{sent}"
    assert seen["url"] == f"http://localhost:7860{expected}"


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://localhost:3000", "https://localhost.evil", "null", "x"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS", "DELETE"])
@pytest.mark.parametrize("path", ["/", "/api/ask", "/gradio_api/upload", "/sign-in"])
def test_a_page_of_another_site_sends_nothing_and_reads_nothing(origin, method, path):
    answer = client_of(Access()).request(method, path, headers=page_of(origin))
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


def test_our_own_page_sends_what_it_likes():
    client = client_of(access_from(allow_hosts=["docs.example.org"]))
    ours = page_of("http://localhost:7860", site="same-origin")
    assert client.post("/gradio_api/run/predict", headers=ours, json={}).status_code == 200
    proxied = {**page_of("https://docs.example.org", site="same-origin"), "Host": "docs.example.org"}
    assert client.post("/gradio_api/run/predict", headers=proxied, json={}).status_code == 200
    nameless = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}  # a form of a page that keeps its address to itself
    assert client.post("/sign-out", headers=nameless).status_code == 200


def test_another_site_may_link_to_a_page_and_nothing_else():
    client = client_of(Access(), slugs=("news",))
    follows = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    for path in ("/", "/news/", "/news/?x=1"):
        assert client.get(path, headers=follows).status_code == 200, path
    for path in ("/news/api/documents", "/news/gradio_api/file=x", "/sign-out"):
        assert client.get(path, headers=follows).status_code == 403, path
    assert client.get("/news/", headers={**follows, "Sec-Fetch-Dest": "iframe"}).status_code == 403
    assert client.get("/news/", headers={"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"}).status_code == 403
    assert client.post("/news/", headers=follows).status_code == 403


def test_a_program_uses_the_api_with_json_and_nothing_else():
    client = client_of(Access())
    assert client.post("/api/ask", json={}).status_code == 200
    assert client.post("/api/sync").status_code == 200
    form = client.post("/api/ask", data={"question": "x"})
    assert form.status_code == 415
    assert "Content-Type: application/json" in form.json()["error"]
    assert client.post("/gradio_api/queue/join", json={}).status_code == 403
    assert client.get("/gradio_api/info").status_code == 200


def test_a_websocket_is_ours_or_none():
    client = client_of(Access())
    host = {"Host": "localhost:7860"}
    with client.websocket_connect("/socket", headers={**host, "Origin": "http://localhost:7860"}) as connected:
        assert connected.receive_text() == "in"
    for headers in ({**host, "Origin": "http://evil.example"}, host, {"Host": "evil.example"}):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect("/socket", headers=headers):
            pass


def test_a_name_among_others_is_no_name():
    """The guard and the application might each take another one of them."""
    client = client_of(Access())
    assert status(client, "evil.example, localhost") == 400
    assert client.get("/", headers=[("Host", "evil.example"), ("Host", "localhost")]).status_code == 400
    both = {"Host": "localhost", "X-Forwarded-Host": "evil.example"}
    assert client.get("/", headers=both).status_code == 400


@pytest.mark.parametrize("zone", ["eth0", "evil.example", "\x1b[2J", "<script>"])
def test_an_address_has_no_zone_in_which_anything_may_stand(zone):
    access = access_from(host="0.0.0.0", auth=["ann:correct horse"])
    assert status(client_of(access), f"[fe80::1%{zone}]".encode()) == 400
    forwarded = {"X-Forwarded-For": f"fe80::1%{zone}".encode()}
    assert client_of(Access()).get("/", headers=forwarded).json()["client"] == "127.0.0.1"


def test_a_client_of_no_proxy_cannot_pose_as_many():
    seen = {
        client_of(Access(), client="192.0.2.66")
        .get("/", headers={"X-Forwarded-For": f"203.0.113.{n}"})
        .json()["client"]
        for n in range(20)
    }
    assert seen == {"192.0.2.66"}
