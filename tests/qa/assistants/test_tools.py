"""The tools as an assistant meets them, in this process and without a model: schemas, errors, waiting."""

import asyncio
import threading
import time

import pytest
from mcp import Client

from index import SyncProgress
from index.errors import FootnoteError, IndexLocked
from qa import Corpus
from qa.answers import as_json
from qa.assistants import readiness as waiting
from qa.assistants import tools
from qa.assistants.readiness import Readiness
from qa.assistants.results import AnswerResult
from qa.assistants.serving import mcp_server
from qa.results import CitationResult, HitResult
from tests.apart import run_apart
from tests.fake_embedder import CountingEmbedder

FILES = {
    "aid.md": "# Aid\n\n## Colombia\n\nAbout 2,500 migrants arrive in Colombia each day.\n",
    "reports/water.md": "# Water\n\nThe pumps of the city stand still since Thursday.\n",
    "reports/broken.pdf": b"%PDF-1.4 nothing",
}


class MeetingEmbedder(CountingEmbedder):
    """Embeds its first questions only when as many have come as are to meet."""

    meeting = None

    def embed_question(self, text):
        if self.meeting:
            self.meeting.wait(timeout=20)
            self.meeting = None
        return super().embed_question(text)


@pytest.fixture
def corpus(make_corpus):
    return Corpus(make_corpus(FILES), embedder=MeetingEmbedder())


def converse(corpus, *calls, sync=True):
    """The results of calls that are made at once, each a tool's name and its arguments."""

    async def speak():
        readiness = Readiness(corpus, sync=sync)
        async with Client(mcp_server(corpus, readiness)) as client:
            results = await asyncio.gather(*(client.call_tool(name, arguments) for name, arguments in calls))
        assert readiness.stop(10)
        return results

    return run_apart(speak)


def call(corpus, name, /, *, sync=True, **arguments):
    [result] = converse(corpus, (name, arguments), sync=sync)
    return result


def said(result):
    assert result.is_error
    [content] = result.content
    return content.text


def test_tools_say_what_they_take_and_give_and_that_they_only_read(corpus):
    async def listed():
        async with Client(mcp_server(corpus, Readiness(corpus, sync=False))) as client:
            assert "corpus" in client.instructions
            return (await client.list_tools()).tools

    found = {tool.name: tool for tool in run_apart(listed)}
    assert set(found) == {"ask", "search", "read_passage", "list_documents"}
    assert found["ask"].input_schema["required"] == ["question"]
    for tool in found.values():
        assert tool.annotations.read_only_hint
        assert tool.description
        assert all(argument["description"] for argument in tool.input_schema["properties"].values())
        assert tool.output_schema["type"] == "object"


def test_results_carry_all_that_answers_and_hits_do(corpus):
    corpus.sync()
    answer = as_json(corpus.ask("How many migrants arrive in Colombia?"))
    assert set(AnswerResult.model_fields) == {*answer, "note"}
    assert set(CitationResult.model_fields) == set(answer["citations"][0])
    assert set(HitResult.model_fields) == set(as_json(corpus.search("water")[0])) - {"quote"}


def test_an_answer_is_that_of_the_corpus(corpus):
    given = call(corpus, "ask", question="How many migrants arrive in Colombia?").structured_content
    expected = AnswerResult.of(corpus.ask("How many migrants arrive in Colombia?"), "").model_dump()
    assert given["citations"][0]["quote"] == "About 2,500 migrants arrive in Colombia each day."
    assert {**given, "seconds": 0} == {**expected, "seconds": 0}


def test_a_passage_is_a_slice_with_its_place(corpus):
    text = FILES["aid.md"]
    start = text.index("About")
    read = call(corpus, "read_passage", path="aid.md", start=start, end=start + 11, around=12).structured_content
    assert read["quote"] == "About 2,500"
    assert read["text"] == text[start - 12 : start + 23] == text[read["text_start"] : read["text_end"]]
    assert (read["place"], read["line"], read["length"]) == ("Aid › Colombia, line 5", 5, len(text))


def test_documents_are_listed_with_what_became_of_them(corpus):
    listed = call(corpus, "list_documents").structured_content
    assert [document["path"] for document in listed["documents"]] == sorted(FILES)
    inside = call(corpus, "list_documents", folder="reports/").structured_content
    failed, water = inside["documents"]
    assert (failed["state"], water["state"], inside["total"]) == ("failed", "indexed", 2)
    assert failed["reason"]
    assert (water["title"], water["format"], water["passages"]) == ("Water", "md", 1)


def test_a_long_list_is_cut_and_says_how_long_it_is(corpus, monkeypatch):
    monkeypatch.setattr(tools, "LISTED_DOCUMENTS", 2)
    listed = call(corpus, "list_documents").structured_content
    assert (len(listed["documents"]), listed["total"]) == (2, 3)


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("ask", {}, "ask: question: Field required"),
        ("ask", {"question": " "}, "the question is empty"),
        ("ask", {"question": "Who?", "within": ["x/*"]}, "no indexed document matches x/*"),
        ("ask", {"question": "Who?", "history": [1]}, "ask: history.0: "),
        ("search", {"query": "aid", "k": 0}, "search: k: "),
        ("search", {"query": "aid", "limit": 3}, "search has no argument limit: it takes query, k, within"),
        ("read_passage", {"path": "b.md", "start": 0, "end": 1}, "there is no document b.md"),
        ("read_passage", {"path": "reports/broken.pdf", "start": 0, "end": 1}, "the document reports/broken.pdf has"),
        ("read_passage", {"path": "aid.md", "start": 5, "end": 4}, "aid.md has no characters 5 to 4"),
        ("read_passage", {"path": "aid.md", "start": 0, "end": 999}, "aid.md has no characters 0 to 999: its text has"),
        ("read_passage", {"path": "aid.md", "start": -1, "end": 4}, "read_passage: start: "),
        ("read_passage", {"path": "aid.md", "start": 0, "end": 1, "around": 10**6}, "1 characters with 1,000,000"),
        ("list_documents", {"folder": "nowhere"}, "no document lies in a folder nowhere"),
        ("tell", {}, "Unknown tool: tell"),
    ],
)
def test_errors_are_one_line_that_says_what_is_wrong(corpus, name, arguments, words):
    line = said(call(corpus, name, **arguments))
    assert line.startswith(words)
    assert "\n" not in line


def test_what_we_did_not_expect_stays_on_the_server(corpus, monkeypatch):
    corpus.sync()
    monkeypatch.setattr(Corpus, "search", lambda *_, **__: 1 / 0)
    assert said(call(corpus, "search", sync=False, query="aid")) == "Error executing tool search"


def test_two_calls_at_once_are_answered_at_once(corpus):
    corpus.sync()
    corpus._index.embedder.meeting = threading.Barrier(2)  # both have to be in the model before one may go on
    results = converse(corpus, ("search", {"query": "aid"}), ("ask", {"question": "Who?"}), sync=False)
    assert [result.is_error for result in results] == [False, False]


def test_documents_that_come_while_the_server_runs_are_found(corpus, make_corpus, monkeypatch):
    monkeypatch.setattr(waiting, "LOOK_AGAIN_SECONDS", 0.0)

    async def speak():
        async with Client(mcp_server(corpus, Readiness(corpus, sync=True))) as client:
            before = await client.call_tool("list_documents", {})
            make_corpus({"new.md": "The bridge opens on Friday."})
            return before, await client.call_tool("list_documents", {})

    before, after = (listed.structured_content["total"] for listed in run_apart(speak))
    assert (before, after) == (3, 4)


def test_without_sync_what_was_indexed_is_what_there_is(corpus, make_corpus):
    corpus.sync()
    make_corpus({"new.md": "The bridge opens on Friday."})
    assert call(corpus, "list_documents", sync=False).structured_content["total"] == 3


@pytest.fixture
def slow_sync(monkeypatch):
    """Calling it makes every sync say how far it is and take a second."""

    def sync(_corpus, on_progress, **_):
        on_progress(SyncProgress("reading", documents=1, documents_total=3))
        time.sleep(1)

    return lambda: monkeypatch.setattr(Corpus, "sync", sync)


def test_a_call_does_not_wait_for_long(corpus, monkeypatch, slow_sync):
    corpus.sync()
    slow_sync()
    monkeypatch.setattr(waiting, "PATIENCE_SECONDS", 0.2)
    answer = call(corpus, "ask", question="How many migrants arrive?").structured_content
    assert answer["note"].startswith("answered from the index as it is; new documents are being read (1 of 3 documents")


def test_a_first_sync_that_takes_long_is_an_error_that_says_how_far_it_is(corpus, monkeypatch, slow_sync):
    slow_sync()
    monkeypatch.setattr(waiting, "FIRST_PATIENCE_SECONDS", 0.2)
    line = said(call(corpus, "ask", question="How many migrants arrive?", sync=False))
    assert line.startswith("the documents are being read for the first time (1 of 3 documents")


@pytest.mark.parametrize("error", [IndexLocked("another process writes"), FootnoteError("no such model")])
def test_a_sync_that_failed_is_said(corpus, monkeypatch, error):
    def fail(*_, **__):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(Corpus, "sync", fail)
        assert said(call(corpus, "search", query="aid")) == str(error)
    corpus.sync()
    monkeypatch.setattr(Corpus, "sync", fail)
    note = call(corpus, "search", query="aid").structured_content["note"]
    assert note == f"answered from the index as it is: {error}"
