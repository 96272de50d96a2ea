"""The server of the page: on loopback only, on a port of its own."""

from __future__ import annotations

import os
import signal
import socket
import sys
import tempfile
import threading
import webbrowser
from contextlib import suppress
from pathlib import Path

import typer
from fastapi import FastAPI
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.embedding import locate_reranker
from index.errors import FootnoteError
from index.scanning import check_corpus
from qa.corpus import Corpus
from qa.syncing import BackgroundSync
from qa.written import LanguageModel

__all__ = ["FIRST_PORT", "PortTaken", "listening_socket", "serve", "web_app"]

HOST = "127.0.0.1"
FIRST_PORT = 7860
PORTS_TRIED = 100
STOPPED_WITHIN_SECONDS = 5.0
TERMINATED = 128 + signal.SIGTERM
"""What the shell expects of a program that was told to end."""

POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""The browser itself refuses to ask any other machine. Gradio's page needs inline scripts and eval."""

HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}


class PortTaken(FootnoteError):
    """The port that was asked for cannot be listened on."""


def serve(
    corpus: str | Path = "corpus",
    *,
    index: str | Path | None = None,
    model: str | None = None,
    reranker: str | None = None,
    port: int | None = None,
    open_browser: bool = True,
    watch: bool = False,
    llm: LanguageModel | None = None,
) -> None:
    """Serve the chat page until it is interrupted, syncing in the background first.

    `port`: None takes 7860, or the next one that is free; 0 takes any. `watch`: sync whenever documents change.
    `llm`: writes a short answer from the passages below each quoted one.
    Raises `CorpusError`, `ModelError` and `PortTaken`.
    """
    folder = Path(corpus).expanduser().absolute()
    check_corpus(folder)
    if reranker:  # what cannot be had is said now, not at the first question
        locate_reranker(reranker, on_progress=typer.echo)
    opened = Corpus(folder, index=index, model=model, reranker=reranker)
    sync = BackgroundSync(opened)
    try:
        with listening_socket(port) as listening, tempfile.TemporaryDirectory(prefix="footnote-") as uploads:
            os.environ["GRADIO_TEMP_DIR"] = uploads
            address = f"http://{HOST}:{listening.getsockname()[1]}/"
            app = web_app(opened, folder, sync, llm)
            if watch:
                sync.follow(lambda line: typer.echo(f"footnote: {line}", err=True))
            else:
                sync.start()
            typer.echo(f"Footnote reads {folder} and answers at {address} (stop it with Ctrl-C)")
            if open_browser and _has_display():
                webbrowser.open(address)
            _run(app, listening)
    finally:
        if not sync.stop(STOPPED_WITHIN_SECONDS):
            os._exit(TERMINATED)  # a model at work cannot be interrupted; what was committed is kept


def web_app(corpus: Corpus, folder: Path, sync: BackgroundSync, llm: LanguageModel | None = None) -> FastAPI:
    """The page of the documents in `folder` as an ASGI application."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # before Gradio is imported, which reads it
    from gradio import mount_gradio_app

    from index.uploads import MAX_UPLOAD_BYTES
    from qa.web.appearance import head, theme
    from qa.web.page import chat_page

    outer = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    outer.add_middleware(_Headers)
    outer.add_middleware(TrustedHostMiddleware, allowed_hosts=[HOST, "localhost"])
    mount_gradio_app(
        outer,
        chat_page(corpus, folder, sync, llm),
        path="/",
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        pwa=False,
        show_error=False,
        max_file_size=MAX_UPLOAD_BYTES,
        theme=theme(),
        head=head(),
    )
    return outer


def listening_socket(port: int | None) -> socket.socket:
    """A socket on loopback: on `port`, or without one on the first free port from 7860 on."""
    if port is not None:
        return _bound(port)
    for candidate in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        with suppress(PortTaken):
            return _bound(candidate)
    return _bound(0)


def _bound(port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform != "win32":  # there it would let two servers share the port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen()
    except OSError as error:
        listening.close()
        raise PortTaken(
            f"port {port} cannot be used ({error.strerror}): name another with --port, or leave it out"
        ) from error
    return listening


def _run(app: FastAPI, listening: socket.socket) -> None:
    import uvicorn

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # so that uploads on their way are removed
    # Open pages hold a connection for events: they are not waited for.
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listening])


def _has_display() -> bool:
    """Whether a browser can show itself: on Linux only in a graphical session."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


class _Headers:
    """Puts our headers on every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *HEADERS.items()]
            await send(message)

        await self._app(scope, receive, send_with_headers)
