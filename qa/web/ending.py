"""The end of a server whose pages are still open: they hold a connection for events, which is closed without a fuss."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["EndsQuietly", "say_nothing_of_open_pages"]


class EndsQuietly:
    """What is still being answered when the server ends is ended, and no failure that the shell should hear of."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        started = False

        async def send_on(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, send_on)
        except asyncio.CancelledError:
            if scope["type"] != "http":
                raise
            with suppress(Exception):  # the client has gone, or was told of more than came
                if not started:
                    await send({"type": "http.response.start", "status": 503, "headers": [(b"content-length", b"0")]})
                await send({"type": "http.response.body", "body": b""})


def say_nothing_of_open_pages() -> None:
    """Keep to ourselves that connections were closed at the end: it happens whenever a page is open."""
    logging.getLogger("uvicorn.error").addFilter(lambda record: "timeout graceful shutdown" not in record.getMessage())
