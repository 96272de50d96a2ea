"""The server of the page: on loopback unless told otherwise, on a port of its own."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import socket
import sys
import tempfile
import threading
import time
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path

import typer
from fastapi import FastAPI

from index.embedding import locate_reranker
from index.errors import FootnoteError
from index.reading import check_tesseract, checked_languages
from qa.askers import Askers
from qa.corpus import Corpus
from qa.escaping import flat
from qa.syncing import BackgroundSync
from qa.web.access import Access
from qa.web.access.settings import LOOPBACK
from qa.web.asking import WAITING, Questions
from qa.web.ending import EndsQuietly, say_nothing_of_open_pages
from qa.web.served import Served, served
from qa.web.site import site
from qa.written import LanguageModel

__all__ = ["FIRST_PORT", "PortTaken", "listening_socket", "serve", "web_app"]

FIRST_PORT = 7860
PORTS_TRIED = 100
STOPPED_WITHIN_SECONDS = 5.0
ANSWERED_WITHIN_SECONDS = 1.0
TERMINATED = 128 + signal.SIGTERM
"""What the shell expects of a program that was told to end."""


_ARENA_MAX = -8
"""M_ARENA_MAX of glibc's malloc.h."""


class PortTaken(FootnoteError):
    """The port that was asked for cannot be listened on."""


def serve(  # noqa: PLR0913 -- what the command takes
    corpus: str | Path | Sequence[str | Path] = "corpus",
    *,
    index: str | Path | None = None,
    store: str | None = None,
    model: str | None = None,
    device: str | None = None,
    reranker: str | None = None,
    ocr: str | bool | None = None,
    port: int | None = None,
    open_browser: bool = True,
    watch: bool = False,
    askers: int | None = None,
    waiting: int = WAITING,
    llm: LanguageModel | None = None,
    access: Access | None = None,
) -> None:
    """Serve the chat page of each folder until it is interrupted, syncing in the background first.

    `port`: None takes 7860, or the next one that is free; 0 takes any. `watch`: sync whenever documents change.
    `askers`: processes that answer questions at the same time (default: one a core). `waiting`: questions that may wait
    for them; one more is turned away.
    `access`: who may ask (default: this machine only). `llm`: writes a short answer from the passages below each quoted
    one. `ocr`: languages that Tesseract recognises in scanned pages, True for those of the last time, "" for none, None
    as the indexes were made. `store`: as of `Corpus`.
    Raises `CorpusError`, `ModelError`, `SettingError` and `PortTaken`.
    """
    _share_arenas()
    access = access or Access()
    folders = [corpus] if isinstance(corpus, str | Path) else list(corpus)
    if ocr is True:
        check_tesseract()
    pool = Askers(askers)
    questions = Questions(pool.at_once, waiting)
    pages = served(
        folders,
        index=index,
        store=store,
        model=model,
        device=device,
        reranker=reranker,
        ocr=checked_languages(ocr) if ocr and isinstance(ocr, str) else ocr,
        askers=pool,
        root_path=access.root_path,
    )
    if reranker:  # what cannot be had is said now, not at the first question
        locate_reranker(reranker, on_progress=typer.echo)
    try:
        with listening_socket(port, access.host) as listening, tempfile.TemporaryDirectory(prefix="footnote-") as files:
            os.environ["GRADIO_TEMP_DIR"] = files
            listens_at = listening.getsockname()[1]
            app = site(pages, access, cookie=f"footnote-{listens_at}", llm=llm, questions=questions)
            for page in pages:
                _keep_in_step(page, watch=watch)
            address = f"http://{_shown(access)}:{listens_at}{access.root_path}/"
            typer.echo(f"Footnote reads {flat(_listed(pages))} and answers at {address} (stop it with Ctrl-C)")
            for warning in access.warnings:
                typer.echo(f"footnote: {warning}", err=True)
            if open_browser and _has_display():
                webbrowser.open(address)
            _run(app, listening)
    finally:
        pool.close()
        if not (_stopped([page.sync for page in pages]) & questions.close(ANSWERED_WITHIN_SECONDS)):
            os._exit(TERMINATED)  # a model at work cannot be interrupted; what was committed is kept


def _share_arenas() -> None:
    """Let glibc's allocator use two arenas for all threads, instead of eight a core; another C library has none.

    What a thread has given back is of use only to those of its arena: after some minutes of load 100 MB lay idle in
    them, and more with time; in two it was 20.
    """
    if "MALLOC_ARENA_MAX" not in os.environ:
        with suppress(OSError, TypeError, AttributeError):
            ctypes.CDLL(None).mallopt(_ARENA_MAX, 2)


def web_app(corpus: Corpus, folder: Path, sync: BackgroundSync, llm: LanguageModel | None = None) -> FastAPI:
    """The page of the documents in `folder` as an ASGI application, for this machine only."""
    return site([Served(corpus, folder, sync, corpus.name)], Access(), llm=llm)


def listening_socket(port: int | None, host: str = LOOPBACK) -> socket.socket:
    """A socket at `host`, a number: on `port`, or without one on the first free port from 7860 on."""
    if port is not None:
        return _bound(port, host)
    for candidate in range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
        with suppress(PortTaken):
            return _bound(candidate, host)
    return _bound(0, host)


def _bound(port: int, host: str) -> socket.socket:
    family = socket.AF_INET6 if ip_address(host).version == 6 else socket.AF_INET
    try:
        # The protocol has to be named: asyncio sends at once (TCP_NODELAY) only where it is, and otherwise the body of
        # an answer waits some 40 ms for the browser's machine to confirm the head.
        listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    except OSError as error:
        raise PortTaken(
            f"this machine has no addresses such as {host} ({error.strerror}): give another --host"
        ) from error
    if sys.platform != "win32":  # there it would let two servers share the port
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()
    except OSError as error:
        listening.close()
        at = "" if host == LOOPBACK else f" at {host}"
        raise PortTaken(
            f"port {port}{at} cannot be used ({error.strerror}): name another with --port, or leave it out"
        ) from error
    return listening


def _keep_in_step(page: Served, *, watch: bool) -> None:
    if watch:
        page.sync.follow(lambda line: typer.echo(f"footnote: {flat(line)}", err=True))
    else:
        page.sync.start()


def _stopped(syncs: Sequence[BackgroundSync]) -> bool:
    """End all of them at once, within the time that one is given; False when one goes on."""
    until = time.monotonic() + STOPPED_WITHIN_SECONDS
    stopping = [threading.Thread(target=sync.stop, args=(STOPPED_WITHIN_SECONDS,), daemon=True) for sync in syncs]
    for thread in stopping:
        thread.start()
    for thread in stopping:
        thread.join(max(0.0, until - time.monotonic()))
    return all(sync.stop(0) for sync in syncs)


def _shown(access: Access) -> str:
    """The host of the address that this machine's own browser reaches."""
    host = LOOPBACK if access.listens_everywhere else access.host
    return f"[{host}]" if ":" in host else host


def _listed(pages: Sequence[Served]) -> str:
    """The folders in words: "/home/ann/reports", or "/home/ann/reports and /home/ann/news,"."""
    *others, last = (page.corpus.source or str(page.folder) for page in pages)
    return f"{', '.join(others)} and {last}," if others else last


def _run(app: FastAPI, listening: socket.socket) -> None:
    import uvicorn

    from qa.web.patience import AT_ONCE, AsksSoon

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # so that uploads on their way are removed
    # Open pages hold a connection for events: they are not waited for. What a proxy says is for `access` to believe.
    config = uvicorn.Config(
        EndsQuietly(app),
        http=AsksSoon,
        backlog=AT_ONCE,
        log_level="warning",
        timeout_graceful_shutdown=1,
        proxy_headers=False,
        server_header=False,
    )
    say_nothing_of_open_pages()
    gc.collect()
    gc.freeze()  # what is loaded now stays: looking through it again and again was 15 % of what a question took here
    uvicorn.Server(config).run(sockets=[listening])


def _has_display() -> bool:
    """Whether a browser can show itself: on Linux only in a graphical session."""
    return sys.platform != "linux" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
