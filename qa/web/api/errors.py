"""What went wrong, as programs are told: a status, and {"error": "one line"}."""

from __future__ import annotations

import logging

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from index.errors import FootnoteError, IndexMismatch, ModelError, QuestionError, StoreError, TooBusy
from qa.web.turns import Gone

__all__ = ["NotThere", "answer_errors"]

RETRY_SECONDS = 2
CLIENT_HAS_GONE = 499
"""As nginx counts it; nobody reads it."""

STATUS: tuple[tuple[type[FootnoteError], int], ...] = (
    (QuestionError, 400),
    (IndexMismatch, 409),
    (StoreError, 503),
    (ModelError, 503),
    (TooBusy, 503),
)
"""The first that fits; what else Footnote raises is about its own folder."""

SOMETHING_WRONG = "something went wrong; the shell that runs Footnote says what"
WORDS = {404: "there is nothing at this path", 405: "this path is asked with another method"}

_log = logging.getLogger(__name__)


class NotThere(FootnoteError):
    """A document that was named is not in the index."""


def answer_errors(app: FastAPI) -> None:
    """Let `app` answer every error in the one form; what nobody foresaw goes to the log."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(FootnoteError, _on_purpose)
    app.add_exception_handler(Gone, _gone)
    app.add_exception_handler(Exception, _unforeseen)


def _told(status: int, message: str, *, retry_seconds: int = 0) -> JSONResponse:
    return JSONResponse({"error": message}, status, {"Retry-After": str(retry_seconds)} if retry_seconds else None)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 -- registered for these only
    words = f"{WORDS[error.status_code]}: see docs/api.md" if error.status_code in WORDS else str(error.detail)
    return JSONResponse({"error": words}, error.status_code, error.headers)


async def _not_valid(request: Request, error: Exception) -> JSONResponse:
    """In one line: [{"loc": ("body", "k"), "msg": "Input should be ..."}] -> "k: input should be ..."."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- registered for these only
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:])
    if first["type"] == "json_invalid":
        return _told(422, 'the body is not JSON: send an object such as {"question": "..."}')
    return _told(422, f"{where or 'the body'}: {first['msg'][:1].lower()}{first['msg'][1:]}")


async def _on_purpose(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, NotThere):
        return _told(404, str(error))
    status = next((status for kind, status in STATUS if isinstance(error, kind)), 500)
    later = error.retry_seconds if isinstance(error, TooBusy) else RETRY_SECONDS if status == 503 else 0
    return _told(status, " ".join(str(error).split()), retry_seconds=later)


async def _gone(request: Request, error: Exception) -> JSONResponse:
    return _told(CLIENT_HAS_GONE, "nobody waits for this any more")


async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    return _told(500, SOMETHING_WRONG)  # Starlette raises it again, for the log
