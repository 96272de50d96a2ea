"""What a browser sends as values: no file of this machine but its own uploads, and no address."""

import gc
import time

import gradio as gr
import pytest
from starlette.testclient import TestClient

from qa import Corpus
from qa.syncing import BackgroundSync
from qa.web import received
from qa.web.received import MOST_CHARACTERS
from qa.web.serving import web_app

ORIGIN = "http://localhost:7860"
SECRET = "The vault opens with 4711."


@pytest.fixture
def folder(make_corpus):
    return make_corpus({"a.txt": "Text."})


@pytest.fixture
def client(folder, tmp_path, monkeypatch):
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(uploads))
    corpus = Corpus(folder)
    app = web_app(corpus, folder, BackgroundSync(corpus))
    with TestClient(app, base_url=ORIGIN, headers={"Origin": ORIGIN}, client=("127.0.0.1", 50_000)) as client:
        yield client


@pytest.fixture
def of_two_tabs(monkeypatch):
    monkeypatch.setattr(received, "TABS", 2)


@pytest.fixture
def secret(tmp_path):
    file = tmp_path / "secret"
    file.write_text(SECRET)
    return file


def sent(client, event, values, event_data=None, *, tab="s"):
    """The answer to an event, as a program of one's own would send it."""
    events = client.get("/config").json()["dependencies"]
    number = next(each["id"] for each in events if each["api_name"] == event)
    body = {"fn_index": number, "session_hash": tab, "data": values, "event_data": event_data}
    return client.post("/gradio_api/run/predict", json=body)


def file_at(path, **more):
    return {"path": str(path), "meta": {"_type": "gradio.FileData"}, **more}


def test_no_file_of_this_machine_is_added_that_was_not_uploaded(client, folder, secret, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(secret)
    inside = tmp_path / "uploads" / "of-another-page.txt"
    inside.write_text(SECRET)
    for file in (
        file_at(secret, orig_name="notes.txt"),
        file_at(secret, orig_name="notes.txt", is_stream=True),
        file_at(secret, orig_name="notes.txt", url="http://127.0.0.1:9/x"),
        file_at(f"{tmp_path}/uploads/../secret", orig_name="notes.txt"),
        file_at(link, orig_name="notes.txt"),
        file_at(inside),
        {"path": str(secret), "orig_name": "notes.txt"},
        [file_at(secret)],
    ):
        for value in ([file], file):
            assert sent(client, "upload", [value, None]).status_code == 500, value
    assert secret.read_text() == SECRET
    assert inside.exists()
    assert sorted(path.name for path in folder.iterdir() if not path.name.startswith(".")) == ["a.txt"]


@pytest.mark.parametrize("event", ["removed", "ask", "come_back", "listed", "opened", "exported"])
def test_no_part_takes_a_file_for_a_text(client, secret, tmp_path, event, network_attempts):
    named = {"conversation": "0" * 32, "form": "markdown", "wanted": {}}
    for value in (
        file_at(secret),
        file_at("http://192.0.2.1/x"),
        [file_at(secret)],
        {"deep": [file_at(secret)]},
        "x" * (MOST_CHARACTERS + 1),
    ):
        values = [value, value, None] if event == "ask" else [value]
        answer = sent(client, event, values, named)
        assert answer.status_code == 500
        assert str(tmp_path) not in answer.text
    copies = [
        path for path in (tmp_path / "uploads").rglob("*") if path.is_file() and path.read_bytes() == SECRET.encode()
    ]
    assert copies == []
    assert network_attempts.take() == []


def test_what_was_uploaded_is_added(client, folder):
    uploaded = client.post("/gradio_api/upload", files={"files": ("notes.md", b"The heron is grey.")})
    (path,) = uploaded.json()
    answer = sent(client, "upload", [[file_at(path, orig_name="notes.md", size=18, url=f"{ORIGIN}/x")], None])
    assert answer.status_code == 200
    assert "notes.md" in answer.text
    assert (folder / "notes.md").read_bytes() == b"The heron is grey."


def test_what_a_tab_has_sent_is_not_given_to_others(client):
    assert sent(client, "come_back", ["a" * 32 + ":" + "b" * 32]).status_code == 200
    for path in ("/gradio_api/deep_link", "/gradio_api/deep_link/"):
        assert client.get(path, params={"session_hash": "s"}).status_code == 404


def test_what_an_event_changes_of_a_part_reaches_the_browser_and_no_other_event(client):
    tab = "a" * 32 + ":" + "b" * 32

    def shown(event, values):
        return [each for each in sent(client, event, values).json()["data"] if isinstance(each, dict)]

    assert shown("come_back", [tab])[0]["visible"] is False
    assert shown("ask", ["Who?", tab, None])[0]["visible"] is True
    assert shown("come_back", [tab[:-1] + "c"])[0]["visible"] is False
    button, timer = shown("start_sync", [])
    assert (button["value"], button["interactive"]) == ("Syncing …", False)
    assert (timer["value"], timer["active"]) == (0.4, True)


def test_a_tab_holds_no_parts_of_its_own(client):
    def parts():
        gc.collect()
        return sum(issubclass(type(each), gr.blocks.Block) for each in gc.get_objects())

    def opened(tab):
        assert sent(client, "come_back", ["a" * 32 + ":" + "b" * 32], tab=tab).status_code == 200
        listed = sent(client, "listed", ["a" * 32 + ":" + "b" * 32], tab=tab)
        assert listed.status_code == 200, listed.text

    opened("first")
    before = parts()
    for number in range(5):
        opened(f"tab {number}")
    assert parts() == before


def test_what_tabs_have_sent_does_not_fill_the_memory(of_two_tabs, client):
    for number in range(5):
        assert sent(client, "come_back", ["x"], tab=f"tab {number}").status_code == 200
    (page,) = (route.app for route in client.app.routes if hasattr(getattr(route, "app", None), "state_holder"))
    assert list(page.state_holder.session_data) == ["tab 3", "tab 4"]


def test_nothing_that_was_drawn_is_kept_of_a_tab(client):
    client.post("/api/sync")
    while client.get("/api/sync").json()["running"]:  # before, the question would wait
        time.sleep(0.05)
    answer = sent(client, "ask", ["Text?", "a" * 32 + ":" + "b" * 32, None])
    assert "fn-exchange" in answer.text
    assert sent(client, "look", ["a" * 32 + ":" + "b" * 32, None]).status_code == 200
    (page,) = (route.app for route in client.app.routes if hasattr(getattr(route, "app", None), "state_holder"))
    kept = page.state_holder.session_data["s"]
    assert list(kept.config_values) == []
    assert kept.state_data, "what the tab asks and has seen is kept"
    assert not any("fn-exchange" in str(getattr(part, "value", "")) for part in kept.blocks_config.blocks.values())
