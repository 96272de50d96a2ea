"""A server of the chat-completions protocol that answers by a script: real sockets, real event streams.

The model that a request names decides what happens:

    with running({"good": Says("Aid waits [1]."), "gone": Status(404, {"error": {"message": "no"}})}) as server:
        language_model(server.url, "good")

`server.requests` holds what was asked, headers and body.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

STARTS_WITHIN_SECONDS = 10


@dataclass(frozen=True)
class Says:
    """Streams the text word by word, as servers do: who speaks first, what was used last, then `[DONE]`."""

    text: str
    pause: float = 0.0
    finish: str = "stop"


@dataclass(frozen=True)
class SaysAtOnce:
    """Replies in one piece, although a stream was asked for."""

    text: str


@dataclass(frozen=True)
class Status:
    """Replies with a status and a body."""

    code: int
    body: Any


@dataclass(frozen=True)
class Sends:
    """Sends these bytes as an event stream, then ends it; `then` is "stall", "cut", "comments" or "words" instead."""

    chunks: Sequence[bytes]
    then: str = ""
    type: str = "text/event-stream"


@dataclass(frozen=True)
class Moves:
    """Redirects."""

    to: str


@dataclass(frozen=True)
class Refuses:
    """Takes no request that has the field, with status 400; otherwise says the text."""

    field: str
    text: str


Behaviour = Says | SaysAtOnce | Status | Sends | Moves | Refuses


@dataclass
class Server:
    """A running server."""

    url: str
    behaviours: dict[str, Behaviour]
    requests: list[dict[str, Any]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    """Models whose stream has ended, whoever ended it."""

    def asked(self) -> list[dict[str, Any]]:
        """The requests for an answer."""
        return [request for request in self.requests if request["path"].endswith("/chat/completions")]


@contextmanager
def running(behaviours: Mapping[str, Behaviour]) -> Iterator[Server]:
    """The server on a free port of loopback, ended with the `with` block."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    served = Server(f"http://127.0.0.1:{listening.getsockname()[1]}/v1", dict(behaviours))
    config = uvicorn.Config(_app(served), log_level="critical", timeout_graceful_shutdown=1, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    deadline = time.monotonic() + STARTS_WITHIN_SECONDS
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        yield served
    finally:
        server.should_exit = True
        thread.join(10)


def event(delta: Mapping[str, Any], finish: str | None = None) -> bytes:
    """One chunk of an answer as a server-sent event."""
    choice = {"index": 0, "delta": dict(delta), "finish_reason": finish}
    chunk = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "scripted", "choices": [choice]}
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


def _app(served: Server) -> Starlette:
    async def models(request: Request) -> Response:
        _note(served, request, {})
        behaviour = served.behaviours.get("/models")
        if isinstance(behaviour, Status):
            return JSONResponse(behaviour.body, behaviour.code)
        return JSONResponse({"object": "list", "data": [{"id": n, "object": "model"} for n in served.behaviours]})

    async def completions(request: Request) -> Response:
        body = await request.json()
        _note(served, request, body)
        return _reply(served, body)

    routes = [
        Route("/v1/models", models),
        Route("/v1/chat/completions", completions, methods=["POST"]),
        Route("/elsewhere", completions, methods=["GET", "POST"]),
    ]
    return Starlette(routes=routes)


def _note(served: Server, request: Request, body: Mapping[str, Any]) -> None:
    served.requests.append({"path": request.url.path, "headers": dict(request.headers), "body": dict(body)})


def _reply(served: Server, body: Mapping[str, Any]) -> Response:
    behaviour = served.behaviours[body["model"]]
    match behaviour:
        case Status(code, told) if isinstance(told, str):
            return Response(told, code, media_type="text/html")
        case Status(code, told):
            return JSONResponse(told, code)
        case Moves(to):
            return RedirectResponse(to, 307)
        case SaysAtOnce(text):
            message = {"role": "assistant", "content": text}
            return JSONResponse({"object": "chat.completion", "choices": [{"index": 0, "message": message}]})
        case Refuses(name, _) if name in body:
            return JSONResponse({"error": {"message": f"Unsupported parameter: {name}"}}, 400)
    return _stream(served, body["model"], behaviour)


def _stream(served: Server, model: str, behaviour: Behaviour) -> StreamingResponse:
    if isinstance(behaviour, Refuses):
        behaviour = Says(behaviour.text)
    chunks = _sent(behaviour) if isinstance(behaviour, Sends) else _said(behaviour)
    kind = behaviour.type if isinstance(behaviour, Sends) else "text/event-stream"

    async def watched() -> AsyncIterator[bytes]:
        try:
            async for chunk in chunks:
                yield chunk
        finally:
            served.ended.append(model)

    return StreamingResponse(watched(), media_type=kind)


async def _said(says: Says) -> AsyncIterator[bytes]:
    yield event({"role": "assistant", "content": ""})
    for piece in re.findall(r"\s*\S{1,6}|\s+\Z", says.text):
        if says.pause:
            await asyncio.sleep(says.pause)
        yield event({"content": piece})
    yield event({}, says.finish)
    yield b'data: {"object": "chat.completion.chunk", "choices": [], "usage": {"total_tokens": 7}}\n\n'
    yield b"data: [DONE]\n\n"


async def _sent(sends: Sends) -> AsyncIterator[bytes]:
    for chunk in sends.chunks:
        yield chunk
        await asyncio.sleep(0.01)
    if sends.then == "cut":
        raise ConnectionResetError
    more = {"stall": b"", "comments": b": still here\n\n", "words": event({"content": "so "})}
    while sends.then in more:
        await asyncio.sleep(0.1)
        yield more[sends.then]
