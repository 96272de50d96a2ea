"""The chat-completions protocol, read: lines of server-sent events to pieces of text.

    b'data: {"choices":[{"delta":{"content":"Aid "}}]}'  -> Said("Aid ")
    b"data: [DONE]"                                      -> Said("", ended=True)

Lines are cut at the line ends of the event-stream standard only. Libraries that cut text as Python's `splitlines` does
break an answer that holds U+2028, which JSON may carry as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from qa.written.errors import WriterError

__all__ = ["MOST_BYTES", "Said", "lines", "said_in_event", "said_in_reply", "trouble"]

MOST_BYTES = 4 << 20
"""Of one line, and of one reply: far more than any answer."""

TROUBLE_CHARACTERS = 200
"""Of what a server says about an error."""

_LINE_END = re.compile(rb"\r\n|\n|\r(?!\Z)")
"""A carriage return at the very end may be half of an end of line."""

_NO_PROTOCOL = (
    "the language model's server answered in another form than chat completions: give the address of an "
    "OpenAI-compatible server"
)
_CUT = {
    "length": "the model was cut off at its length limit",
    "content_filter": "the model's server withheld the rest of the answer",
}


@dataclass(frozen=True, slots=True)
class Said:
    """What one event says."""

    text: str = ""
    ended: bool = False
    """Whether the answer is whole."""
    cut: str = ""
    """Why it is not, although it has ended."""


def lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a stream, without their ends; raises `WriterError` for one that is far too long."""
    rest = b""
    for chunk in chunks:
        *whole, rest = _LINE_END.split(rest + chunk)
        yield from whole
        if len(rest) > MOST_BYTES:
            raise WriterError(_NO_PROTOCOL)
    yield rest.removesuffix(b"\r")


def said_in_event(line: bytes) -> Said | None:
    """What a line of an event stream says; None for comments, names of events and blank lines.

    Raises `WriterError` for data of another protocol, and for an error that the server tells in the stream.
    """
    name, _, data = line.partition(b":")
    if name != b"data":
        if line.strip() and name not in (b"", b"event", b"id", b"retry"):
            raise WriterError(_NO_PROTOCOL)
        return None
    data = data.strip()
    if data == b"[DONE]":
        return Said(ended=True)
    return _said(_object(data), "delta") if data else None


def said_in_reply(body: bytes) -> Said:
    """What a reply says that came in one piece, from a server that does not stream. Raises `WriterError`."""
    said = _said(_object(body), "message")
    return Said(said.text, ended=True, cut=said.cut)


def trouble(body: bytes) -> str:
    """What a server says about an error, on one line: '{"error": {"message": "no such model"}}' -> "no such model"."""
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    error = told.get("error", told) if isinstance(told, dict) else ""
    words = error.get("message") or error.get("detail") or "" if isinstance(error, dict) else error
    flat = " ".join(str(words).split()) if isinstance(words, str) else ""
    return "".join(c if c.isprintable() else " " for c in flat)[:TROUBLE_CHARACTERS].rstrip(". ")


def _object(data: bytes) -> dict[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise WriterError(_NO_PROTOCOL)
    if found.get("error"):
        raise WriterError(f"the language model's server said: {trouble(data) or 'something went wrong'}")
    return found


def _said(event: dict[str, Any], part: str) -> Said:
    """The text of the first choice; events without one (what was used, who speaks) say nothing."""
    choices = event.get("choices")
    if not isinstance(choices, list):
        raise WriterError(_NO_PROTOCOL)
    choice = choices[0] if choices and isinstance(choices[0], dict) else {}
    message = choice.get(part)
    content = message.get("content") if isinstance(message, dict) else None
    reason = choice.get("finish_reason")
    return Said(_text(content), ended=bool(reason), cut=_CUT.get(reason, "") if isinstance(reason, str) else "")


def _text(content: Any) -> str:
    """Text, or the parts of one: "a", [{"type": "text", "text": "a"}]."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content.encode("utf-8", "replace").decode() if isinstance(content, str) else ""
