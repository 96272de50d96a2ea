"""What our page asks of Gradio, and nothing else that Gradio would answer.

It has some fifty paths more, a few of them new in each version: files of this machine, addresses of others,
recordings, an editor of its own source, the values of other tabs. Each asks by itself whether it is meant to be there.
Here they are closed, those of later versions too.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from qa.web.access.paths import Paths, below_root
from qa.web.access.refusals import refusal

__all__ = ["NOTHING_THERE", "Needed"]

NOTHING_THERE = "There is nothing at this address."

READ = frozenset({"/", "/config", "/favicon.ico", "/theme.css"}) | {
    f"/gradio_api/{name}" for name in ("app_id", "info", "startup-events", "upload_progress")
}
READ_BELOW = ("/assets/", "/static/", "/gradio_api/heartbeat/")
SENT_TO = frozenset({"/gradio_api/run/predict", "/gradio_api/upload"})
"""Events do not wait in Gradio's queue (`quietly`), so nothing of the queue is needed,"""

STREAMED_FROM, STREAMED_TO = "/gradio_api/queue/data", frozenset({"/gradio_api/queue/join", "/gradio_api/cancel"})
"""but for answers that a language model writes, which grow on the page."""


@dataclass(frozen=True, slots=True)
class Needed:
    """Lets requests through to what our page and API are made of; the rest is 404."""

    app: ASGIApp
    paths: Paths
    streams: bool = False
    """Whether answers grow on the page."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or say that there is nothing."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": NOTHING_THERE})
        elif scope["type"] != "http" or self._is_needed(str(scope["method"]), below_root(scope)):
            await self.app(scope, receive, send)
        else:
            await refusal(404, NOTHING_THERE, as_json=False)(scope, receive, send)

    def _is_needed(self, method: str, path: str) -> bool:
        if self.paths.is_api(path) or path == "/":
            return True
        below = [path[len(base) :] for base in self.paths.bases if path.startswith(base)]
        return any(_is_of_a_page(method, each) or (self.streams and _is_of_a_stream(method, each)) for each in below)


def _is_of_a_page(method: str, path: str) -> bool:
    if method not in {"GET", "HEAD"}:
        return method == "POST" and path in SENT_TO
    return path in READ or path == "" or (path.startswith(READ_BELOW) and ".." not in path)


def _is_of_a_stream(method: str, path: str) -> bool:
    return (method == "GET" and path == STREAMED_FROM) or (method == "POST" and path in STREAMED_TO)
