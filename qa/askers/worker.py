"""A process that answers: requests come in as lines of JSON, answers go out as a kind, a length and JSON.

    <- {"corpus": {"corpus": "/home/ana/reports", ...}, "what": "ask", "asked": {"question": "Who ...?", ...}}
    -> answer 4120
       {"question": "Who ...?", "found": true, ...}

Started by `AskerProcess`. It ends with its owner, also in the middle of a question, and after a while without one.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import IO, Any

from index.embedding import EmbedsAhead
from index.errors import FootnoteError
from qa.answers import Turn
from qa.askers.wire import encoded
from qa.corpus import MAX_QUESTION_CHARACTERS, Corpus
from qa.meanwhile import stay_in_one_thread

__all__ = ["run"]

IDLE_SECONDS = 600.0
"""Without a question the process ends after so long, and gives its memory back."""

TOGETHER = 4
"""Questions that are embedded together at most; more gain nothing."""

READ_BYTES = 1 << 16

_log = logging.getLogger(__name__)


class _Named(Corpus):
    """A corpus that may be told which questions come next."""

    def expect(self, questions: list[str]) -> None:
        """Embed them together, where that is worth it."""
        embedder = self._index.embedder
        if isinstance(embedder, EmbedsAhead):
            embedder.embed_ahead([question.strip() for question in questions])


def run() -> None:
    """The whole life of the process."""
    stay_in_one_thread()
    requests, replies = _private_pipes()
    if sys.platform != "win32":
        threading.Thread(target=_end_with_owner, args=(requests,), daemon=True).start()
    corpora: dict[str, _Named] = {}
    for lines in _batches(requests):
        together = [json.loads(line) for line in lines]
        _expect(corpora, together)
        for request in together:
            kind, body = _reply(corpora, request)
            replies.write(b"%s %d\n%s" % (kind, len(body), body))
            replies.flush()


def _batches(requests: int) -> Iterator[list[bytes]]:
    """The lines that lie there already, one to `TOGETHER` of them at a time, until there will be no more."""
    lines, rest = list[bytes](), b""
    while True:
        while not lines or (len(lines) < TOGETHER and _has_more(requests, 0.0)):
            if not lines and not _has_more(requests, IDLE_SECONDS):
                return
            read = os.read(requests, READ_BYTES)
            if not read:
                return
            *more, rest = (rest + read).split(b"\n")
            lines += more
        yield lines[:TOGETHER]
        lines = lines[TOGETHER:]


def _has_more(requests: int, seconds: float) -> bool:
    if sys.platform == "win32":
        return seconds > 0  # pipes cannot be looked at there without waiting
    return bool(select.select([requests], [], [], seconds)[0])


def _expect(corpora: dict[str, _Named], requests: list[dict[str, Any]]) -> None:
    """Embed the questions together; whatever is wrong with one of them, it meets when it is answered."""
    by_corpus: dict[str, list[str]] = {}
    for request in requests:
        question = request["asked"].get("question") or request["asked"].get("query", "")
        if 0 < len(question) <= MAX_QUESTION_CHARACTERS:
            by_corpus.setdefault(json.dumps(request["corpus"]), []).append(question)
    for key, questions in by_corpus.items():
        if len(questions) > 1 and key in corpora:
            with suppress(Exception):
                corpora[key].expect(questions)


def _reply(corpora: dict[str, _Named], request: dict[str, Any]) -> tuple[bytes, bytes]:
    try:
        opened = _opened(corpora, request["corpus"])
        return b"answer", _answers(opened, request["what"], request["asked"])
    except FootnoteError as error:
        return b"error", json.dumps([type(error).__name__, str(error)]).encode("ascii")
    except Exception as error:
        _log.exception("a question could not be answered")
        return b"unforeseen", json.dumps(["", f"{type(error).__name__}: {error}"]).encode("ascii")


def _answers(corpus: Corpus, what: str, asked: dict[str, Any]) -> bytes:
    if what == "open":  # what the first question would wait for
        corpus.ask("What is this about?")
        gc.freeze()  # what is loaded now stays, and need not be looked through for garbage
        return b"{}"
    if what == "search":
        return encoded(corpus.search(**asked))
    return encoded(corpus.ask(**{**asked, "history": [Turn(*turn) for turn in asked["history"]]}))


def _opened(corpora: dict[str, _Named], named: dict[str, Any]) -> _Named:
    key = json.dumps(named)
    if key not in corpora:
        corpora[key] = _Named(**named)
    return corpora[key]


def _private_pipes() -> tuple[int, IO[bytes]]:
    """The pipes to the owner, moved out of the way of libraries that read or write standard streams."""
    requests, replies = os.dup(0), os.fdopen(os.dup(1), "wb")
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
