"""Asking a language model: one request, its answer piece by piece.

A thread of its own reads, so that the one who waits can stop at any moment and count the seconds exactly, whatever the
server does: it may accept a connection and say nothing, or send a comment every second for ever.
"""

from __future__ import annotations

import json
import queue
import socket
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from qa.written.endpoint import KEY_VARIABLE, LanguageModel
from qa.written.errors import WriterError
from qa.written.protocol import MOST_BYTES, Said, lines, said_in_event, said_in_reply, trouble

if TYPE_CHECKING:
    import httpx

__all__ = ["Message", "name_of_model", "said_by"]

Message = dict[str, str]
"""{"role": "system" or "user", "content": ...}."""

CONNECT_SECONDS = 10.0
NAMING_SECONDS = 10.0
"""How long the server may take to name its models."""

MOST_SECONDS = 600.0
"""For one answer, from the question to its last word."""

LOOKS_EVERY_SECONDS = 0.1
"""How soon a stop is noticed."""

NAMED = 5
"""Models of a server that a message names."""

LEAST_DEMANDING = frozenset({"model", "messages", "stream"})
"""What every server of the protocol takes; some models refuse the rest."""

_OK, _MOVED, _BAD_REQUEST, _UNKNOWN, _BUSY, _BROKEN = 200, range(300, 400), 400, 404, 429, 500
_REFUSED = (401, 403)


def said_by(
    llm: LanguageModel, model: str, messages: Sequence[Message], stop: threading.Event | None = None
) -> Generator[Said]:
    """What the model answers, piece by piece, until the piece that has `ended`; less when `stop` is set.

    The request ends with the iterator. Raises `WriterError` for a server that is not there, refuses, falls silent,
    breaks off or speaks another protocol.
    """
    wanted = {"model": model, "messages": list(messages), "stream": True, "temperature": 0.0}
    request = _Request(llm, wanted)
    began = time.monotonic()
    heard = began
    try:
        while not (stop and stop.is_set()):
            try:
                told = request.told.get(timeout=LOOKS_EVERY_SECONDS)
            except queue.Empty:
                told = None
            now = time.monotonic()
            if isinstance(told, Exception):
                raise told
            if told is not None:
                yield told
                if told.ended:
                    return
                heard = now
            if now - heard > llm.seconds or now - began > MOST_SECONDS:
                raise WriterError(
                    f"the language model at {llm.host} said nothing for {min(now - heard, llm.seconds):.0f} seconds: "
                    "is it busy? Give it longer with --llm-seconds, or name a faster model with --llm-model"
                )
    finally:
        request.end()


def name_of_model(llm: LanguageModel) -> str:
    """The model to ask: the one that was named, else the only one that the server offers. Raises `WriterError`."""
    if llm.name:
        return llm.name
    try:
        with _client(llm, NAMING_SECONDS) as client:
            reply = client.get(llm.models)
            names = [str(model["id"]) for model in reply.json()["data"]] if reply.status_code == _OK else []
    except (ValueError, KeyError, TypeError):
        names = []
    except Exception as error:
        raise _unreachable(llm, error) from error
    if reply.status_code in _REFUSED:
        raise _refusal(llm, reply.status_code, reply.content, "")
    if len(names) == 1:
        return names[0]
    offered = ", ".join(_flat(name) for name in names[:NAMED]) + (", ..." if len(names) > NAMED else "")
    which = f"it offers {len(names)} models ({offered})" if names else "it does not say which models it has"
    raise WriterError(f"which model of {llm.host}? {which}: name one with --llm-model")


class _Request:
    """One request under way. `told` holds what came of it: pieces, then an error where there is one."""

    def __init__(self, llm: LanguageModel, wanted: dict[str, Any]) -> None:
        self.told: queue.SimpleQueue[Said | Exception] = queue.SimpleQueue()
        self._llm, self._wanted = llm, wanted
        self._ended = threading.Event()
        self._sockets: list[socket.socket] = []
        threading.Thread(target=self._run, name="footnote-llm", daemon=True).start()

    def end(self) -> None:
        """Hang up. A read that waits in the other thread ends with it."""
        self._ended.set()
        for connected in self._sockets:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        try:
            with _client(self._llm, None) as client:
                if not self._listen(client, self._wanted):
                    plain = {name: self._wanted[name] for name in LEAST_DEMANDING}
                    self._listen(client, plain, is_last=True)
        except WriterError as error:
            self.told.put(error)
        except Exception as error:  # of the library, of the system: each is a server that cannot be asked
            self.told.put(_unreachable(self._llm, error))

    def _listen(self, client: httpx.Client, wanted: dict[str, Any], *, is_last: bool = False) -> bool:
        """Ask, and tell what is said; False when the server does not take what is `wanted`."""
        body = json.dumps(wanted, ensure_ascii=False).encode()
        watched = {"trace": self._keep_socket}
        with client.stream("POST", self._llm.completions, content=body, extensions=watched) as reply:
            if reply.status_code == _BAD_REQUEST and not is_last:
                return False
            if reply.status_code != _OK:
                raise _refusal(self._llm, reply.status_code, _whole(reply), str(wanted["model"]))
            if "json" in reply.headers.get("content-type", ""):
                self.told.put(said_in_reply(_whole(reply)))
                return True
            for line in lines(reply.iter_bytes()):
                said = said_in_event(line)
                if said:
                    self.told.put(said)
                if self._ended.is_set() or (said and said.ended):
                    return True
        raise WriterError(f"the language model at {self._llm.host} broke off before its answer was whole")

    def _keep_socket(self, event: str, told: dict[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            connected = told["return_value"].get_extra_info("socket")
            if isinstance(connected, socket.socket):
                self._sockets.append(connected)
            if self._ended.is_set():
                self.end()


def _client(llm: LanguageModel, seconds: float | None) -> httpx.Client:
    """A client that goes to the address it is given and nowhere else: no redirects, no proxy of the environment."""
    import httpx

    return httpx.Client(
        headers={
            "accept": "text/event-stream, application/json",
            "content-type": "application/json",
            "user-agent": "footnote",
            **({"authorization": f"Bearer {llm.key}"} if llm.key else {}),
        },
        timeout=httpx.Timeout(seconds, connect=CONNECT_SECONDS),
        follow_redirects=False,
        trust_env=False,
    )


def _whole(reply: httpx.Response) -> bytes:
    body = b""
    for chunk in reply.iter_bytes():
        body += chunk
        if len(body) > MOST_BYTES:
            break
    return body


def _refusal(llm: LanguageModel, status: int, body: bytes, model: str) -> WriterError:
    """What a status other than 200 means, and what to do."""
    said = trouble(body)
    said = said.replace(llm.key, "…") if llm.key else said
    where = f"the language model's server at {llm.host}"
    if status in _REFUSED:
        lacks = "refuses the key: check" if llm.key else "asks for a key: put it into"
        remedy = f"{lacks} the environment variable {KEY_VARIABLE}"
    elif status in _MOVED:
        remedy = "sends elsewhere, where Footnote does not follow: give the address that it really has"
    elif status == _UNKNOWN:
        remedy = f'knows no such address or no model "{_flat(model)}": check --llm and --llm-model'
    elif status == _BUSY:
        remedy = "takes no more questions for now: ask again later"
    elif status >= _BROKEN:
        remedy = "has a trouble of its own: see what it writes, or ask again"
    else:
        remedy = "does not take the question: check --llm and --llm-model"
    return WriterError(f"{where} {remedy} (status {status}{f', it says: {said}' if said else ''})")


def _unreachable(llm: LanguageModel, error: Exception) -> WriterError:
    """Not there, or gone in the middle of a sentence."""
    import httpx

    if isinstance(error, httpx.TimeoutException):
        what = "does not answer"
    elif isinstance(error, httpx.ConnectError):
        what = "cannot be reached"
    elif isinstance(error, httpx.TransportError):
        what = "broke off before its answer was whole"
    else:
        what = f"cannot be asked ({type(error).__name__})"
    return WriterError(f"the language model at {llm.host} {what}: is it running, and is the address right?")


def _flat(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)[:100]
