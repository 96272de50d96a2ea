"""Answers, passages and errors as JSON and back: what a process that answers sends, and what the HTTP API gives.

`as_json` makes it; here it is read back to what it was made of, exactly. No pickle, as everywhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from index.documents import Span
from index.errors import FootnoteError
from qa.answers import Answer, Choice, Citation, Elsewhere, Hit, as_json

__all__ = ["answer_of", "encoded", "error_of", "for_programs", "hits_of"]

_NO_NUMBER = re.compile(rb"[:\[,](?:NaN|-?Infinity)[,\]}]")
"""Python's words for a score that is none (of a reranker's, say), which no other reader of JSON takes; or text."""


def encoded(value: Answer | list[Hit]) -> bytes:
    """The JSON of an answer or of passages in UTF-8, as the schema of the HTTP API describes it."""
    plain = as_json(value)
    if not isinstance(value, Answer):
        plain = [{name: fact for name, fact in found.items() if name != "quote"} for found in plain]  # they have none
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def for_programs(data: bytes) -> bytes:
    """The same as any program can read it: a score that is no number is null."""
    if not (b"NaN" in data or b"Infinity" in data) or not _NO_NUMBER.search(data):
        return data
    plain = json.loads(data, parse_constant=lambda _: None)
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def answer_of(data: bytes) -> Answer:
    """The answer that `encoded` was given."""
    facts: dict[str, Any] = json.loads(data)
    return Answer(
        **{
            **facts,
            "carried": tuple(facts["carried"]),
            "choices": tuple(Choice(**choice) for choice in facts["choices"]),
            "read_as": tuple((word, other) for word, other in facts["read_as"]),
            "citations": tuple(
                Citation(**_hit(cited), marks=tuple(Span(*mark) for mark in cited["marks"]), lead=cited["lead"])
                for cited in facts["citations"]
            ),
        }
    )


def hits_of(data: bytes) -> list[Hit]:
    """The passages that `encoded` was given."""
    return [Hit(**_hit(found)) for found in json.loads(data)]


def error_of(kind: str, message: str) -> FootnoteError:
    """An error of ours by the name of its class; of the base class for a name that is not known here."""
    known = {each.__name__: each for each in _below(FootnoteError)}
    return known.get(kind, FootnoteError)(message)


def _hit(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that every hit has."""
    own = {name: value for name, value in facts.items() if name in Hit.__dataclass_fields__}
    also = tuple(Elsewhere(**other) for other in facts["also"])
    return {**own, "heading": tuple(facts["heading"]), "also": also}


def _below(kind: type[FootnoteError]) -> Iterator[type[FootnoteError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _below(each)
