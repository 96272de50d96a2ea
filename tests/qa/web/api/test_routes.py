"""The API as programs meet it, on real documents: what it gives is what Python and the shell give."""

import json
import threading

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from qa import Corpus, Turn
from qa.answers import as_json
from qa.syncing import BackgroundSync
from qa.web.api import api_app, errors
from qa.web.api.models import AnswerResult, AskRequest, SearchResult
from qa.web.asking import Questions
from tests.fake_embedder import CountingEmbedder

FILES = {
    "news/army.md": "# The purge\n\nIn Carabobo the president spoke. He told the army to purge traitors at once.\n",
    "news/aid.md": "# Aid\n\n## Colombia\n\nColombia hosts 1.3 million migrants. About 2,500 more arrive each day.\n",
    "data/pledges.csv": "donor,amount\nNorway,12\nCanada,40\n",
    "broken.pdf": "%PDF-1.4 nothing",
}


class Site:
    """An API of a small corpus, with what is behind it."""

    def __init__(self, folder, embedder=None, questions=None):
        self.corpus = Corpus(folder, embedder=embedder or CountingEmbedder(dimension=512))
        self.sync = BackgroundSync(self.corpus)
        outer = FastAPI(openapi_url=None)
        outer.mount("/api", api_app(self.corpus, self.sync, questions))
        self.client = TestClient(outer, base_url="http://localhost:7860/api/", raise_server_exceptions=False)

    def error(self, method, path, status, **sent):
        """The line of a refusal; that it is one, and nothing else, is seen to here."""
        answer = self.client.request(method, path, **sent)
        assert answer.status_code == status, answer.text
        [(key, line)] = answer.json().items()
        assert key == "error"
        assert line
        assert "\n" not in line
        assert "Traceback" not in line
        return line


@pytest.fixture(scope="module")
def site(shared_folder):
    """For all tests that only ask."""
    made = Site(shared_folder)
    made.corpus.sync()
    return made


def facts(answer):
    """Without the time it took."""
    return {**answer, "seconds": 0}


def test_an_answer_is_that_of_python_and_the_shell(site):
    question = "Who told the army to purge traitors?"
    told = site.client.post("ask", json={"question": question})
    assert told.status_code == 200
    expected = json.loads(json.dumps(as_json(site.corpus.ask(question))))
    assert facts(told.json()) == facts(expected)
    assert told.json()["text"] == "He told the army to purge traitors at once."
    assert AnswerResult.model_validate(told.json()).model_dump(mode="json") == told.json()


def test_what_is_not_there_is_an_answer_too(site):
    told = site.client.post("ask", json={"question": "Who won the world cup of 1954?"}).json()
    assert (told["found"], told["text"]) == (False, "")


def test_a_follow_up_has_its_history_and_words_can_be_carried(site):
    history = [Turn("How many migrants does Colombia host?", "1.3 million")]
    expected = site.corpus.ask("And each day?", history=history)
    assert expected.carried
    sent = {"question": "And each day?", "history": [{"question": history[0].question, "answer": "1.3 million"}]}
    assert site.client.post("ask", json=sent).json()["carried"] == list(expected.carried)
    bare = {"question": "And each day?", "history": [history[0].question]}
    assert site.client.post("ask", json=bare).json()["carried"] == list(expected.carried)
    assert site.client.post("ask", json={**sent, "carry": []}).json()["carried"] == []
    refused = AskRequest(question="Why?", history=[{"question": "Who?", "found": False}, "When?"])
    assert refused.turns == [Turn("Who?", found=False), Turn("When?")]


def test_a_question_can_be_kept_to_some_documents(site):
    told = site.client.post("ask", json={"question": "What did Norway give?", "within": ["data/*"]}).json()
    assert {cited["path"] for cited in told["citations"]} == {"data/pledges.csv"}
    assert "no indexed document matches nowhere" in site.error(
        "POST", "ask", 400, json={"question": "What?", "within": ["nowhere"]}
    )


def test_searching_gives_the_same_by_post_and_by_link(site):
    expected = [hit.path for hit in site.corpus.search("migrants Colombia", 2, within=["news"])]
    posted = site.client.post("search", json={"query": "migrants Colombia", "k": 2, "within": ["news"]}).json()
    linked = site.client.get("search", params={"query": "migrants Colombia", "k": 2, "within": "news"}).json()
    assert [hit["path"] for hit in posted["hits"]] == expected != []
    assert linked == posted
    assert SearchResult.model_validate(posted).model_dump(mode="json") == posted
    first = posted["hits"][0]
    assert site.corpus.document_text(first["path"])[first["start"] : first["end"]] == first["passage"]


def test_documents_are_listed_with_those_that_failed_and_by_parts(site):
    everything = site.client.get("documents").json()
    assert everything["total"] == len(everything["documents"]) == len(FILES)
    failed = {document["path"]: document["reason"] for document in everything["documents"] if document["reason"]}
    assert list(failed) == ["broken.pdf"]
    part = site.client.get("documents", params={"offset": 1, "limit": 2}).json()
    assert part == {"documents": everything["documents"][1:3], "total": len(FILES)}


def test_a_passage_is_read_around_a_citation(site):
    cited = site.client.post("ask", json={"question": "Who told the army to purge traitors?"}).json()["citations"][0]
    place = {name: cited[name] for name in ("path", "start", "end")}
    read = site.client.get("passage", params={**place, "around": 20}).json()
    assert read["quote"] == cited["quote"]
    text = site.corpus.document_text(cited["path"])
    assert read["text"] == text[cited["start"] - 20 : cited["end"] + 20]
    assert "there is no document nowhere.md" in site.error(
        "GET", "passage", 404, params={"path": "nowhere.md", "start": 0, "end": 1}
    )
    site.error("GET", "passage", 400, params={**place, "end": 10**9})
    site.error("GET", "passage", 404, params={"path": "../../etc/passwd", "start": 0, "end": 1})


def test_a_sync_is_begun_and_followed(make_corpus):
    site = Site(make_corpus(FILES))
    site.corpus.sync()
    assert site.client.get("sync").json()["number"] == 0
    make_corpus({"new.txt": "The bridge opened again in March."})
    begun = site.client.post("sync")
    assert begun.status_code == 202
    assert begun.json()["number"] == 1
    assert site.sync.wait(60)
    ended = site.client.get("sync").json()
    assert (ended["running"], ended["error"], ended["report"]["new"]) == (False, "", ["new.txt"])
    assert site.client.get("search", params={"query": "bridge"}).json()["hits"][0]["path"] == "new.txt"


def test_before_the_first_sync_it_says_so_and_when_to_come_back(make_corpus):
    site = Site(make_corpus(FILES))
    assert site.client.get("health").json()["status"] == "starting"
    answer = site.client.post("ask", json={"question": "Who told the army?"})
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    site.corpus.sync()
    assert site.client.get("health").json()["status"] == "ready"


@pytest.mark.parametrize(
    ("sent", "status", "expected"),
    [
        ({"json": {"question": "  "}}, 400, "the question is empty"),
        ({"json": {"question": "why " * 1_500}}, 400, "at most 4,000"),
        ({"json": {"question": "why " * 20_000}}, 422, "question: "),
        ({"json": {}}, 422, "question: field required"),
        ({"json": {"question": "Why?", "witin": []}}, 422, "witin: "),
        ({"json": {"question": ["Why?"]}}, 422, "question: "),
        ({"json": {"question": "Why?", "history": [{"answer": "x"}]}}, 422, "history"),
        ({"json": {"question": "Why?", "within": "x"}}, 422, "within: "),
        ({"json": ["Why?"]}, 422, "the body: "),
        ({"content": b"{question: Why?}"}, 422, "the body is not JSON"),
        ({"content": b"[" * 100_000}, 400, ""),
        ({"content": b"\xff\xfe"}, 422, "the body is not JSON"),
        ({"content": b""}, 422, "the body: "),
    ],
)
def test_a_question_that_cannot_be_asked_is_one_line(site, sent, status, expected):
    headers = {"Content-Type": "application/json"}
    assert expected in site.error("POST", "ask", status, headers=headers, **sent)


def test_text_that_is_no_text_is_answered_like_any_other(site):
    headers = {"Content-Type": "application/json"}
    told = site.client.post("ask", content=rb'{"question": "army \u0000 \u202e purge?"}', headers=headers)
    assert told.status_code == 200
    assert "question: " in site.error("POST", "ask", 422, content=rb'{"question": "army \ud800?"}', headers=headers)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nothing", 404),
        ("GET", "ask", 405),
        ("DELETE", "documents", 405),
        ("GET", "search", 422),
        ("GET", "search?query=x&k=0", 422),
        ("GET", "search?query=x&k=2000", 422),
        ("GET", "documents?limit=1000000", 422),
        ("GET", "passage?path=x&start=-1&end=2", 422),
    ],
)
def test_every_error_has_the_one_form(site, method, path, status):
    site.error(method, path, status)


def test_what_nobody_foresaw_is_told_without_its_details(site, monkeypatch):
    monkeypatch.setattr(site.corpus, "documents", lambda: 1 / 0)
    assert site.error("GET", "documents", 500) == errors.SOMETHING_WRONG


class StallingEmbedder(CountingEmbedder):
    """Answers questions only when it is let."""

    def __init__(self):
        super().__init__(dimension=64)
        self.go_on = threading.Event()

    def embed_question(self, text):
        assert self.go_on.wait(60)
        return super().embed_question(text)


def test_too_many_at_once_are_told_and_nothing_else_stands_still(make_corpus):
    embedder, questions = StallingEmbedder(), Questions(1, 0)
    site = Site(make_corpus(FILES), embedder, questions)
    site.corpus.sync()
    answers, told = [], threading.Semaphore(0)

    def ask():
        answers.append(site.client.post("ask", json={"question": "Who told the army?"}))
        told.release()

    with site.client:  # one event loop for all
        asking = [threading.Thread(target=ask) for _ in range(5)]
        for thread in asking:
            thread.start()
        for _ in range(2):  # three are asking the model, and two are told at once
            assert told.acquire(timeout=60)
        assert [answer.status_code for answer in answers] == [503, 503]
        assert answers[0].json() == {
            "error": "3 questions are being answered or wait their turn, and no more may (--waiting 0): ask again in 1 "
            "second"
        }
        assert int(answers[0].headers["retry-after"]) > 0
        assert site.client.get("sync").status_code == 200  # the server itself is not held up
        assert site.client.get("documents").json()["total"] == len(FILES)
        assert site.client.get("health").json()["questions"] == 3
        embedder.go_on.set()
        for thread in asking:
            thread.join(60)
        assert [answer.status_code for answer in answers[2:]] == [200] * 3
        assert site.client.post("ask", json={"question": "Who told the army?"}).status_code == 200


def test_the_schema_describes_every_path_and_field(site):
    schema = site.client.get("openapi.json").json()
    assert schema["openapi"].startswith("3.")
    assert set(schema["paths"]) == {"/ask", "/search", "/documents", "/passage", "/sync", "/health"}
    assert schema["servers"] == [{"url": "/api"}]
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert all(operation["summary"] for operation in operations)
    assert all("{" in str(operation["responses"]["503"]["content"]) for operation in operations)
    answer = schema["components"]["schemas"]["AnswerResult"]["properties"]
    assert set(answer) == set(as_json(site.corpus.ask("Who told the army?")))
    assert site.client.get("docs").status_code == 404  # Swagger's scripts would come from elsewhere
