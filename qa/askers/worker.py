"""A process that answers: requests come in as lines of JSON, answers go out as a kind, a length and JSON.

    <- {"corpus": {"corpus": "/home/ana/reports", ...}, "what": "ask", "asked": {"question": "Who ...?", ...}}
    -> answer 4120
       {"question": "Who ...?", "found": true, ...}

Started by `AskerProcess`. It ends with its owner, also in the middle of a question, and after a while without one.
"""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import sys
import threading
from typing import IO, Any

from index.errors import FootnoteError
from qa.answers import Turn
from qa.askers.wire import encoded
from qa.corpus import Corpus

__all__ = ["run"]

IDLE_SECONDS = 600.0
"""Without a question the process ends after so long, and gives its memory back."""

_log = logging.getLogger(__name__)


def run() -> None:
    """The whole life of the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the owner
    requests, replies = _private_pipes()
    if sys.platform != "win32":
        threading.Thread(target=_end_with_owner, args=(requests.fileno(),), daemon=True).start()
    corpora: dict[str, Corpus] = {}
    while line := _next(requests):
        kind, body = _reply(corpora, line)
        replies.write(b"%s %d\n%s" % (kind, len(body), body))
        replies.flush()


def _next(requests: IO[bytes]) -> bytes:
    """The next request; nothing when there will be none."""
    if sys.platform != "win32" and not select.select([requests], [], [], IDLE_SECONDS)[0]:
        return b""
    return requests.readline()


def _reply(corpora: dict[str, Corpus], line: bytes) -> tuple[bytes, bytes]:
    try:
        request = json.loads(line)
        opened = _opened(corpora, request["corpus"])
        return b"answer", _answers(opened, request["what"], request["asked"])
    except FootnoteError as error:
        return b"error", json.dumps([type(error).__name__, str(error)]).encode("ascii")
    except Exception as error:
        _log.exception("a question could not be answered")
        return b"unforeseen", json.dumps(["", f"{type(error).__name__}: {error}"]).encode("ascii")


def _answers(corpus: Corpus, what: str, asked: dict[str, Any]) -> bytes:
    if what == "open":  # what the first question would wait for
        corpus.search("warm up", 1)
        return b"{}"
    if what == "search":
        return encoded(corpus.search(**asked))
    return encoded(corpus.ask(**{**asked, "history": [Turn(*turn) for turn in asked["history"]]}))


def _opened(corpora: dict[str, Corpus], named: dict[str, Any]) -> Corpus:
    key = json.dumps(named)
    if key not in corpora:
        corpora[key] = Corpus(**named)
    return corpora[key]


def _private_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """The pipes to the owner, moved out of the way of libraries that read or write standard streams."""
    requests, replies = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing, nobody = os.pipe()
    os.close(nobody)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return requests, replies


def _end_with_owner(requests: int) -> None:
    """Wait until nobody holds the other end of the pipe: whatever is being answered is wanted by nobody."""
    watch = select.poll()
    watch.register(requests, 0)
    watch.poll()
    os._exit(0)
