"""JSON and JSON lines: a block for each record, or for each value of a record that is too long to be quoted whole.

The text stays the file's own, escapes included. A block's heading path is the path of keys to it:

    {"aid": {"asked": "1.5 billion", "given": ...}}   ->  '"asked": "1.5 billion"' under ("aid",)
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from index.documents import BlockKind, Document, Place
from index.reading.assembly import Part, one_line
from index.reading.decoding import decoded
from index.reading.filetext import lines_of, of_parts, paragraphs
from index.reading.kinds import Kind
from index.reading.source import Source

__all__ = ["read"]

_BLOCK_CHARS = 600
"""A value that is longer is cut into what it holds."""
_MOST_DEPTH = 40
_MOST_KEY_CHARS = 100
_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder(strict=False)
_TITLE_KEYS = ("title", "name")


def read(source: Source) -> Document:
    """The document of a JSON file; one that is not valid is read as plain lines."""
    text = decoded(source.data)
    if source.kind is Kind.JSONL:
        return of_parts(source, text, (Part(BlockKind.PARAGRAPH, line.start, line.end) for line in lines_of(text)))
    try:
        value, end = _DECODER.raw_decode(text, _after_space(text, 0))
        parts = list(_parts(text, _after_space(text, 0), end, value, ()))
    except (ValueError, RecursionError):
        return of_parts(source, text, (Part(BlockKind.CODE, g[0].start, g[-1].end) for g in paragraphs(lines_of(text))))
    titles = [value[key] for key in _TITLE_KEYS if isinstance(value.get(key), str)] if isinstance(value, dict) else []
    return of_parts(source, text, parts, *titles)


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _parts(
    text: str, start: int, end: int, value: Any, keys: tuple[str, ...], *, own: int | None = None
) -> Iterator[Part]:
    """The blocks of one value; `own` is where its key begins, which belongs to a block that holds the whole value."""
    is_leaf = not isinstance(value, dict | list) or not value or len(keys) >= _MOST_DEPTH
    if is_leaf or (end - start <= _BLOCK_CHARS and not _holds_records(value)):
        above = keys if own is None else keys[:-1]
        yield Part(BlockKind.PARAGRAPH, start if own is None else own, end, place=Place(heading=above))
        return
    for key, member_start, value_start, value_end, member in _members(text, start):
        path = keys if key is None else (*keys, one_line(key)[:_MOST_KEY_CHARS])
        yield from _parts(text, value_start, value_end, member, path, own=None if key is None else member_start)


def _holds_records(value: Any) -> bool:
    """Whether there is a list of objects or lists in it, each of which makes a block of its own."""
    if isinstance(value, dict):
        return any(_holds_records(member) for member in value.values())
    return isinstance(value, list) and any(isinstance(member, dict | list) for member in value)


def _members(text: str, start: int) -> Iterator[tuple[str | None, int, int, int, Any]]:
    """Key (None in a list), start of the member, start and end of its value, and the value, for each member."""
    is_object, at = text[start] == "{", _after_space(text, start + 1)
    while text[at] not in "]}":
        member_start, key = at, None
        if is_object:
            key, at = _DECODER.raw_decode(text, at)
            at = _after_space(text, _after_space(text, at) + 1)
        value, value_end = _DECODER.raw_decode(text, at)
        yield key, member_start, at, value_end, value
        at = _after_space(text, value_end)
        if text[at] == ",":
            at = _after_space(text, at + 1)
