"""A page and its API whose questions are answered only when they are let, served from a thread of the test."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from qa import Corpus
from qa.syncing import BackgroundSync
from qa.web.access import Access
from qa.web.asking import Questions
from qa.web.served import Served
from qa.web.serving import listening_socket
from qa.web.site import site
from tests.fake_embedder import CountingEmbedder

PATIENCE_SECONDS = 60


class StallingEmbedder(CountingEmbedder):
    """Embeds questions only while it is let; remembers them in the order they came."""

    def __init__(self) -> None:
        super().__init__(dimension=512)
        self.go_on = threading.Event()
        self.go_on.set()
        self.begun: list[str] = []

    def embed_question(self, text):
        self.begun.append(text)
        assert self.go_on.wait(PATIENCE_SECONDS)
        return super().embed_question(text)


@dataclass
class StallingSite:
    """Where it is, its queue, and what lets it go on."""

    port: int
    questions: Questions
    embedder: StallingEmbedder

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def begin(self, question: str) -> http.client.HTTPConnection:
        """Send a question to the API."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        headers = {"Content-Type": "application/json"}
        connection.request("POST", "/api/ask", json.dumps({"question": question}), headers)
        return connection

    def begin_many(self, *questions: str) -> list[http.client.HTTPConnection]:
        """Send questions one after the other, each when the one before has its place in the queue."""
        connections = []
        for question in questions:
            taken = self.questions.taken
            connections.append(self.begin(question))
            self.until(lambda taken=taken: self.questions.taken > taken)
        return connections

    def until(self, condition, pause=lambda: time.sleep(0.01)) -> None:
        """`pause`: of Playwright, where a request of its page is waited for."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, "it never came to be"
            pause()


@contextmanager
def stalling_site(folder: Path, *, waiting: int) -> Iterator[StallingSite]:
    """The site, with three turns; it is let go on at the end."""
    embedder = StallingEmbedder()
    corpus = Corpus(folder, embedder=embedder)
    corpus.sync()
    questions = Questions(1, waiting)
    app = site([Served(corpus, folder, BackgroundSync(corpus), "mills")], Access(), questions=questions)
    with served_here(app) as port:
        try:
            yield StallingSite(port, questions, embedder)
        finally:
            embedder.go_on.set()


@contextmanager
def served_here(app: FastAPI) -> Iterator[int]:
    """The port of a server in a thread."""
    with listening_socket(0) as listening:
        # Whatever an open page still listens to is not waited for: it would go on for as long as it may.
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=0))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            deadline = time.monotonic() + PATIENCE_SECONDS
            while not server.started:
                assert time.monotonic() < deadline, "it never came to be"
                time.sleep(0.01)
            yield int(listening.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)
