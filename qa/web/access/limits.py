"""How much may be sent at once, and how slowly.

What is too large is refused before it fills memory or disk, what never ends before it holds a place for ever.
"""

from __future__ import annotations

import asyncio
import time
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

SLOW_SECONDS = 30.0
SLOWEST_BYTES_A_SECOND = 10_000
"""How long a body may be waited for: half a minute, and longer while it comes at the pace of an old telephone line."""

TOO_SLOW = "This arrives too slowly: send it again over a better connection."
TWO_LENGTHS = "This says in two ways how long it is (Content-Length, Transfer-Encoding): say it in one."
"""A proxy that believes the other one would let a second request through unseen (RFC 9112, 6.1)."""

LENGTH_WANTED = "Say how long the upload is, with the header Content-Length."


@dataclass(frozen=True, slots=True)
class Limits:
    """Refuses with 413 what is longer than its path allows, by what it says and by what arrives; 408: too slow."""

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
        if said is not None and headers.get("transfer-encoding"):
            await _refuse(refusal(400, TWO_LENGTHS, as_json=as_json), receive, send)
        elif said is not None and not _fits(said, most):
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
        """The same for a body that did not say how long it is, or never ends: it is cut, and so is what reads it."""
        as_json = self.paths.is_api(below_root(scope))  # now: a router changes the scope
        body, started = _Body(receive, most), False

        async def send_unless_cut(message: Message) -> None:
            nonlocal started
            if body.is_cut and not started:
                return
            started = True
            await send(message)

        try:
            await self.app(scope, body.receive, send_unless_cut)
        except Exception:
            if not body.is_cut or started:
                raise
        if body.is_cut and not started:
            response = refusal(408, TOO_SLOW, as_json=as_json) if body.late else None
            response = response or refusal(413, _too_large(most), as_json=as_json)
            await _refuse(response, receive, send, more=body.more and not body.late)


class _Body:
    """The body of a request as it arrives, up to `most` bytes, and no slower than somebody sends it who means it."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._most = receive, most
        self._arrived, self._waited = 0, 0.0
        self.more, self.late = True, False

    @property
    def is_cut(self) -> bool:
        """Whether it was too large or too slow."""
        return self.late or self._arrived > self._most

    async def receive(self) -> Message:
        """The next part; a disconnection in the place of all that comes after the cut."""
        if not self.is_cut:
            message = await (self._in_time() if self.more else self._receive())
            self._arrived += len(message.get("body", b""))
            self.more = bool(message.get("more_body", False))
            if not self.is_cut:
                return message
        return {"type": "http.disconnect"}

    async def _in_time(self) -> Message:
        left = SLOW_SECONDS + self._arrived / SLOWEST_BYTES_A_SECOND - self._waited
        began = time.monotonic()
        try:
            async with asyncio.timeout(left):
                return await self._receive()
        except TimeoutError:
            self.late = True
            return {"type": "http.disconnect"}
        finally:
            self._waited += time.monotonic() - began


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
