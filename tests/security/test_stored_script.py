"""Documents full of script, through the API, an assistant's tools and every form that is taken along."""

import json

import lxml.html
import pytest
from markdown_it import MarkdownIt
from mcp import Client
from starlette.testclient import TestClient

from qa import Corpus
from qa.assistants.readiness import Readiness
from qa.assistants.serving import mcp_server
from qa.exporting import exported
from qa.references import bibtex, markdown, text
from qa.syncing import BackgroundSync
from qa.web.api import api_app
from qa.web.conversation import Exchange
from qa.web.rendering import conversation_html
from tests.apart import run_apart
from tests.fake_embedder import CountingEmbedder
from tests.security import hostile_folder

RUNS = (
    "//script | //*[@*[starts-with(name(), 'on')]] | //img | //iframe | //object | //embed | //base | //form | //link"
)
LEADS_AWAY = "//@href[not(starts-with(., '#'))] | //@src | //@action"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    made = tmp_path_factory.mktemp("script") / "corpus"
    hostile_folder.write(made)
    corpus = Corpus(made, embedder=CountingEmbedder())
    report = corpus.sync()
    assert [path for path, _ in report.failed] == ["broken\x1b[31m\u202efdp.pdf"]
    return corpus


@pytest.fixture(scope="module")
def exchanges(corpus):
    asked = [
        Exchange(f"{question} {hostile_folder.SCRIPT}", corpus.ask(question), at="2026-11-25T02:09:02+00:00")
        for question in hostile_folder.QUESTIONS
    ]
    assert all(exchange.answer.citations for exchange in asked)
    everything = json.dumps([str(exchange) for exchange in asked])
    assert "<script>hacked" in everything
    assert "javascript:hacked" in everything
    return asked


def test_the_page_holds_no_element_of_a_document(exchanges):
    page = lxml.html.fromstring(f"<div>{conversation_html(exchanges, ())}</div>".replace("\0", ""))
    assert page.xpath(RUNS) == []
    assert page.xpath(LEADS_AWAY) == []


def test_an_export_as_html_runs_nothing_and_leads_nowhere(exchanges):
    file = exported("html", hostile_folder.SCRIPT + hostile_folder.CLOSING, exchanges, corpus=hostile_folder.SCRIPT)
    page = lxml.html.fromstring(file.text.encode())
    assert page.xpath(RUNS) == []
    assert page.xpath(LEADS_AWAY) == []
    assert "default-src 'none'" in page.xpath("string(//meta[@http-equiv]/@content)")
    assert "/" not in file.name
    assert len(page.xpath("//title")) == len(page.xpath("//style")) == 1


def test_an_export_as_markdown_stays_text_in_a_reader_that_takes_html(exchanges):
    file = exported("md", hostile_folder.SCRIPT, exchanges, corpus=hostile_folder.SCRIPT)
    page = lxml.html.fromstring(MarkdownIt("commonmark", {"html": True}).enable("table").render(file.text))
    assert page.xpath(RUNS) == []
    assert page.xpath(LEADS_AWAY) == []
    assert hostile_folder.ESC not in file.text
    assert not {"\u202e", "\u2066", "\x9b"} & set(file.text)


def test_a_reference_stays_one_reference(exchanges):
    for citation in [cited for exchange in exchanges for cited in exchange.answer.citations]:
        written = lxml.html.fromstring(MarkdownIt("commonmark", {"html": True}).render(markdown(citation)))
        assert written.xpath(RUNS) == []
        assert "\n" not in text(citation)
        entry = bibtex(citation)
        assert entry.count("@misc{") == 1
        assert entry.count("{") == entry.count("}")
        assert all(line.startswith(("@", "}", "  ")) for line in entry.splitlines())
        assert not {hostile_folder.ESC, "\x9b", "\u202e", "\u2066"} & set(text(citation) + markdown(citation) + entry)


def test_the_api_sends_json_and_nothing_that_a_browser_would_take_for_a_page(corpus):
    client = TestClient(api_app(corpus, BackgroundSync(corpus)))
    for question in hostile_folder.QUESTIONS:
        answer = client.post("/ask", json={"question": question})
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["citations"]
    for refused in (
        client.get("/passage", params={"path": hostile_folder.SCRIPT, "start": 0, "end": 1}),
        client.post("/ask", json={hostile_folder.SCRIPT: 1}),
        client.get(f"/{hostile_folder.SCRIPT}"),
    ):
        assert refused.headers["content-type"] == "application/json"
        assert list(refused.json()) == ["error"]


def test_an_assistant_gets_lines_of_json_whatever_a_document_says(corpus):
    async def speak():
        readiness = Readiness(corpus, sync=False)
        async with Client(mcp_server(corpus, readiness)) as client:
            answers = [await client.call_tool("ask", {"question": question}) for question in hostile_folder.QUESTIONS]
            answers.append(await client.call_tool("list_documents", {}))
        assert readiness.stop(10)
        return answers

    for answer in run_apart(speak):
        assert not answer.is_error
        assert "\n" not in answer.model_dump_json()
