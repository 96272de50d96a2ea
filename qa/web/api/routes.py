"""The paths of the API of one corpus. Work runs in threads, a few calls at once, the others wait or are told.

Questions stand in the one queue that the page's stand in, too; what only reads has another, so that it is not held up.
"""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from typing import Annotated, Any

from fastapi import FastAPI, Query
from starlette.requests import Request
from starlette.responses import Response

from index.errors import QuestionError
from qa.askers.shared import SharedCorpus
from qa.askers.wire import encoded, for_programs
from qa.corpus import Corpus
from qa.excerpts import AROUND_CHARACTERS, MAX_EXCERPT_CHARACTERS, Excerpt
from qa.syncing import BackgroundSync
from qa.web.api.errors import NotThere, answer_errors
from qa.web.api.models import (
    MAX_CARRIED,
    MAX_HITS,
    MAX_WITHIN,
    WITHIN,
    AnswerResult,
    AskRequest,
    DocumentsResult,
    ErrorResult,
    HealthResult,
    Name,
    PassageResult,
    SearchRequest,
    SearchResult,
    SyncResult,
    Text,
)
from qa.web.asking import Questions, has_gone
from qa.web.turns import Turns

__all__ = ["api_app"]

READ_AT_ONCE = 4
READS_WAITING = 32

MAX_LISTED = 10_000

DESCRIPTION = """\
Answers from a folder of documents, verbatim, each with the exact place it stands. Errors are `{"error": "one line"}`.
Programs send JSON; where a password is set, they send it with each request (HTTP Basic)."""

ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorResult, "description": words}
    for status, words in {
        400: "It cannot be asked as given, e.g. an empty question, or `within` that matches no document.",
        401: "A name and a password are needed.",
        413: "The request is too large.",
        422: "A field is missing, misspelt, or not what it should be.",
        429: "Too many wrong passwords; see `Retry-After`.",
        503: "Not now: the first index is still being made, or too many questions are being answered.",
    }.items()
}


def api_app(corpus: Corpus, sync: BackgroundSync, questions: Questions | None = None) -> FastAPI:
    """The API of `corpus`, to be mounted beside its page. Raises nothing; errors are answered.

    `questions`: the queue of the server, which its pages and other folders share.
    """
    app = FastAPI(
        title="Footnote",
        version=version("footnote-qa"),
        description=DESCRIPTION,
        docs_url=None,  # its scripts would come from another machine
        redoc_url=None,
        responses=ERRORS,
    )
    answer_errors(app)
    questions, reads = questions or Questions(), Turns(READ_AT_ONCE, READS_WAITING, name="reads")
    _asking(app, corpus, questions)
    _documents(app, corpus, reads)
    _keeping(app, corpus, sync, questions)
    return app


def _asking(app: FastAPI, corpus: Corpus, questions: Questions) -> None:
    @app.post("/ask", summary="Answer a question with the sentence that says it", response_model=AnswerResult)
    async def ask(asked: AskRequest, request: Request) -> Response:
        """Nothing is composed: `text` and every `quote` are verbatim; `found` says whether the documents hold it."""

        def work() -> bytes:
            wanted: dict[str, Any] = {"history": asked.turns, "within": asked.within, "carry": asked.carry}
            if isinstance(corpus, SharedCorpus):
                return corpus.ask_as_json(asked.question, **wanted)
            return encoded(corpus.ask(asked.question, **wanted))

        return _json(await questions.run(work, gone=lambda: has_gone(request)))

    @app.post("/search", summary="Find the best passages for some words", response_model=SearchResult)
    async def search(wanted: SearchRequest, request: Request) -> Response:
        """By meaning and by wording, best first; passages that say the same are one hit with several places."""
        return await _found(wanted, request)

    @app.get("/search", summary="The same, for a link", response_model=SearchResult)
    async def search_by_link(
        request: Request,
        query: Annotated[Text, Query(description='What stands in "quotation marks" has to be there.')],
        k: Annotated[int, Query(ge=1, le=MAX_HITS, description="How many passages.")] = 10,
        within: Annotated[list[Name], Query(max_length=MAX_WITHIN, description=f"{WITHIN} May be repeated.")] = [],  # noqa: B006
        carry: Annotated[list[Name], Query(max_length=MAX_CARRIED, description="May be repeated.")] = [],  # noqa: B006
    ) -> Response:
        return await _found(SearchRequest(query=query, k=k, within=within, carry=carry), request)

    async def _found(wanted: SearchRequest, request: Request) -> Response:
        def work() -> bytes:
            named: dict[str, Any] = {"within": wanted.within, "carry": wanted.carry}
            if isinstance(corpus, SharedCorpus):
                return corpus.search_as_json(wanted.query, wanted.k, **named)
            return encoded(corpus.search(wanted.query, wanted.k, **named))

        return _json(b'{"hits":%s}' % await questions.run(work, gone=lambda: has_gone(request)))


def _json(content: bytes) -> Response:
    return Response(for_programs(content), media_type="application/json")


def _documents(app: FastAPI, corpus: Corpus, turns: Turns) -> None:
    @app.get("/documents", summary="List the documents")
    async def documents(
        offset: Annotated[int, Query(ge=0, description="How many to pass over.")] = 0,
        limit: Annotated[int, Query(ge=1, le=MAX_LISTED, description="How many at most.")] = 1_000,
    ) -> DocumentsResult:
        """By path, with those that could not be read, and why."""
        return await turns.run(lambda: DocumentsResult.of(corpus.documents(), offset=offset, limit=limit))

    @app.get(
        "/passage",
        summary="Read the stored text around a place",
        responses={404: {"model": ErrorResult, "description": "There is no such document in the index."}},
    )
    async def passage(
        path: Annotated[Name, Query(description="Path of a document, as citations and the list have it.")],
        start: Annotated[int, Query(ge=0, description="First character, as in a citation.")],
        end: Annotated[int, Query(ge=0, description="One past the last character.")],
        around: Annotated[
            int, Query(ge=0, le=MAX_EXCERPT_CHARACTERS, description="Characters more on each side.")
        ] = AROUND_CHARACTERS,
    ) -> PassageResult:
        """With the `start` and `end` of a citation, `quote` is the cited sentence to the letter."""
        return PassageResult.of(await turns.run(lambda: _excerpt(corpus, path, start, end, around)))


def _keeping(app: FastAPI, corpus: Corpus, sync: BackgroundSync, questions: Questions) -> None:
    @app.get("/sync", summary="How far the latest sync is, or how it ended")
    async def state() -> SyncResult:
        return SyncResult.of(sync.state)

    @app.post("/sync", status_code=202, summary="Look for new and changed documents")
    async def start() -> SyncResult:
        """Begins in the background, unless a sync is running already; `GET` tells how far it is."""
        sync.start()
        return SyncResult.of(sync.state)

    @app.get("/health", summary="Whether questions can be asked")
    async def health() -> HealthResult:
        is_built = await asyncio.to_thread(lambda: corpus.is_built)
        return HealthResult(
            status="ready" if is_built else "starting",
            corpus=corpus.name,
            syncing=sync.state.running,
            questions=questions.taken,
            version=app.version,
        )


def _excerpt(corpus: Corpus, path: str, start: int, end: int, around: int) -> Excerpt:
    try:
        return corpus.excerpt(path, start, end, around=around)
    except QuestionError as error:
        if any(record.path == path for record in corpus.documents()):
            raise
        raise NotThere(str(error)) from None
