"""What Footnote keeps, as fields of Milvus: whole numbers, short texts and vectors."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

__all__ = [
    "ELSEWHERE",
    "MOST_BYTES",
    "PASSAGES_OF_DOCUMENT",
    "batches",
    "chunks",
    "from_chunks",
    "in_list",
    "kept_id",
    "packed_json",
    "place_of",
    "plain",
    "sentences_kind",
    "terms_of",
    "text_of",
    "token",
    "tokens",
    "unpacked_json",
]

MOST_BYTES = 65_535
"""Of a text field."""

ELSEWHERE = "."
"""Stands in a row for what is too long for it, and is kept with the document (`text_of` gives no full stop)."""

PASSAGES_OF_DOCUMENT = 1 << 20
"""Ids that each document has for its passages: passage n of document d has the id d * 2^20 + n."""

AT_ONCE = 400
"""Rows asked for in one call: about 1 MB of vectors."""

_LONGEST_TOKEN = 32
_PLAIN = re.compile(r"[a-z0-9]{1,32}\Z")
_MARK = "zq"
"""Begins the tokens that stand for terms that a server's own analyser would take apart or change."""


def token(term: str) -> str:
    """A term as one word of small letters and digits, which every analyser leaves as it is.

    A server analyses what it is given once more. So the terms of Footnote's analyser are given to it as words, and one
    that is not letters and digits of ASCII is spelt in them.
    """
    if _PLAIN.match(term) and not term.startswith(_MARK):
        return term
    spelt = _MARK + term.encode().hex()
    return spelt if len(spelt) <= _LONGEST_TOKEN else f"{_MARK}h{hashlib.sha256(term.encode()).hexdigest()[:28]}"


def tokens(terms: Iterable[str]) -> str:
    """Terms as one text."""
    return " ".join(map(token, terms))


def packed_json(value: Any) -> str:
    """A value as compressed text."""
    return text_of(zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 6))


def unpacked_json(text: str) -> Any:
    """The inverse of `packed_json`."""
    return json.loads(zlib.decompress(plain(text)))


def text_of(data: bytes) -> str:
    """Bytes as ASCII, a quarter longer."""
    return base64.b85encode(data).decode("ascii")


def plain(text: str) -> bytes:
    """The inverse of `text_of`."""
    return base64.b85decode(text)


def terms_of(text: str) -> list[str]:
    """The inverse of `tokens`, but for terms so long that only their digest was kept."""
    return [_term(word) for word in text.split()]


def _term(word: str) -> str:
    if not word.startswith(_MARK) or word.startswith(f"{_MARK}h"):
        return word
    return bytes.fromhex(word[len(_MARK) :]).decode()


def place_of(key: bytes) -> int:
    """Where a passage's key lies between 0 and 2^63: a sample is those with the lowest."""
    return int.from_bytes(key[:8], "little") >> 1


def chunks(data: bytes) -> Iterator[str]:
    """Bytes as texts that each fit a field; one at least."""
    size = 52_000  # 65,000 characters, and room for a mark
    for at in range(0, max(len(data), 1), size):
        yield text_of(data[at : at + size])


def from_chunks(texts: Sequence[str]) -> bytes:
    """The inverse of `chunks`."""
    return b"".join(map(plain, texts))


def kept_id(kind: str, document: int, at: int) -> str:
    """Name of a row that belongs to a document."""
    return f"{kind}/{document}/{at}"


def sentences_kind(passage: int) -> str:
    """What the vectors of the sentences of a passage are kept as where they do not fit its row."""
    return f"sentences-{passage % PASSAGES_OF_DOCUMENT}"


def in_list(name: str, values: Iterable[int | str]) -> str:
    """A filter for rows whose field is one of the values (no quotes or backslashes in them)."""
    listed = (str(value) if isinstance(value, int) else f'"{value}"' for value in values)
    return f"{name} in [{', '.join(listed)}]"


def batches(values: Sequence[Any], size: int = AT_ONCE) -> Iterator[list[Any]]:
    """Some at a time."""
    for at in range(0, len(values), size):
        yield list(values[at : at + size])
