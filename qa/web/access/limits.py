"""How much may be sent at once. What is too large is refused before it fills memory or disk."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.uploads import MAX_UPLOAD_BYTES
from qa.web.access.paths import SIGN_IN, Paths, below_root
from qa.web.access.refusals import refusal

__all__ = ["MAX_API_BYTES", "MAX_FILES_AT_ONCE", "MAX_UPLOADS_BYTES", "Limits"]

MAX_UPLOADS_BYTES = 5 * MAX_UPLOAD_BYTES
"""All documents of one request together."""

MAX_FILES_AT_ONCE = 1_000
"""Documents of one request; Gradio's reader of forms holds to it (`MultiPartParser.max_files`)."""

MAX_API_BYTES = 1024 * 1024
MAX_EVENT_BYTES = 4 * 1024 * 1024
"""What an event of the page carries; a conversation stays on the server."""

MAX_SIGN_IN_BYTES = 16 * 1024

READ_ON_BYTES = 64 * 1024 * 1024
READ_ON_SECONDS = 30.0
"""Browsers show an answer only once they have sent everything, so some more is read, and thrown away."""

LENGTH_WANTED = "Say how long the upload is, with the header Content-Length."


@dataclass(frozen=True, slots=True)
class Limits:
    """Refuses with 413 what is longer than its path allows, by what it says and by what arrives."""

    app: ASGIApp
    paths: Paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, headers = below_root(scope), Headers(scope=scope)
        most, as_json = self._most(path), self.paths.is_api(path)
        said = headers.get("content-length")
        if said is not None and not _fits(said, most):
            await _refuse(refusal(413, _too_large(most), as_json=as_json), receive, send)
        elif self.paths.is_upload(path) and said is None and headers.get("transfer-encoding"):
            await _refuse(refusal(411, LENGTH_WANTED, as_json=as_json), receive, send)
        else:
            await self._counted(scope, receive, send, most)

    def _most(self, path: str) -> int:
        if self.paths.is_upload(path):
            return MAX_UPLOADS_BYTES
        if path == SIGN_IN:
            return MAX_SIGN_IN_BYTES
        return MAX_API_BYTES if self.paths.is_api(path) else MAX_EVENT_BYTES

    async def _counted(self, scope: Scope, receive: Receive, send: Send, most: int) -> None:
        """The same for a body that did not say how long it is: it ends early, and so does what reads it."""
        as_json = self.paths.is_api(below_root(scope))  # now: a router changes the scope
        arrived, more, started = 0, True, False

        async def receive_counted() -> Message:
            nonlocal arrived, more
            message = await receive()
            arrived += len(message.get("body", b""))
            more = bool(message.get("more_body", False))
            return {"type": "http.disconnect"} if arrived > most else message

        async def send_unless_over(message: Message) -> None:
            nonlocal started
            if arrived > most and not started:
                return
            started = True
            await send(message)

        try:
            await self.app(scope, receive_counted, send_unless_over)
        except Exception:
            if arrived <= most or started:
                raise
        if arrived > most and not started:
            await _refuse(refusal(413, _too_large(most), as_json=as_json), receive, send, more=more)


async def _refuse(response: Response, receive: Receive, send: Send, *, more: bool = True) -> None:
    """Answer at once, and take in some of what is still on its way."""
    response.headers["connection"] = "close"
    await send({"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers})
    await send({"type": "http.response.body", "body": bytes(response.body), "more_body": True})
    with suppress(TimeoutError):
        async with asyncio.timeout(READ_ON_SECONDS):
            await _thrown_away(receive, more=more)
    await send({"type": "http.response.body", "body": b""})


async def _thrown_away(receive: Receive, *, more: bool) -> None:
    arrived = 0
    while more and arrived < READ_ON_BYTES:
        message = await receive()
        arrived += len(message.get("body", b""))
        more = message["type"] == "http.request" and message.get("more_body", False)


def _fits(length: str, most: int) -> bool:
    return length.isascii() and length.isdigit() and len(length) < 19 and int(length) <= most


def _too_large(most: int) -> str:
    limit = f"{most >> 20} MB" if most >> 20 else f"{most >> 10} KB"
    return f"This is too large: at most {limit} are taken at once."
