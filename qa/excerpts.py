"""The stored text of a document around some of its characters, with the place they stand."""

from __future__ import annotations

from dataclasses import dataclass

from index import Snapshot
from index.documents import Document, Place
from index.errors import QuestionError
from index.schema import DocumentRecord
from qa.cite import hit_at

__all__ = ["AROUND_CHARACTERS", "MAX_EXCERPT_CHARACTERS", "Excerpt", "excerpt"]

AROUND_CHARACTERS = 600
"""Shown on each side unless told otherwise: about as much as a passage has."""

MAX_EXCERPT_CHARACTERS = 50_000
"""The longest excerpt: some twenty pages, read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """Characters `start` to `end` of a document's stored text, and what stands around them."""

    path: str
    title: str
    at: Place
    """Where the character at `start` stands."""
    place: str
    """The same in words: "p. 4 (iv), Migration › Colombia"."""
    start: int
    end: int
    """One past the last character."""
    quote: str
    """`document_text[start:end]`."""
    text: str
    """`document_text[text_start:text_end]`, which holds the quote."""
    text_start: int
    text_end: int
    length: int
    """Characters of the whole document."""


def excerpt(snapshot: Snapshot, path: str, start: int, end: int, around: int) -> Excerpt:
    """Characters `start` to `end` of the document, with `around` more on each side as far as there are any.

    Raises `QuestionError` for a document that is not there, was not read, or has no such characters.
    """
    record, document = _found(snapshot, path)
    length = len(document.text)
    _check(path, start, end, around, length)
    first, last = max(0, start - around), min(length, end + around)
    at = document.place(start)
    return Excerpt(
        path=path,
        title=record.title,
        at=at,
        place=hit_at(path, record.title, at, start, end).place,
        start=start,
        end=end,
        quote=document.text[start:end],
        text=document.text[first:last],
        text_start=first,
        text_end=last,
        length=length,
    )


def _found(snapshot: Snapshot, path: str) -> tuple[DocumentRecord, Document]:
    record = snapshot.record(path)
    if record is None:
        raise QuestionError(
            f"there is no document {path} in the index: give a path as citations and the list of documents have it"
        )
    try:
        return record, snapshot.document(path)
    except KeyError:
        raise QuestionError(f"the document {path} has no stored text: {record.reason}") from None


def _check(path: str, start: int, end: int, around: int, length: int) -> None:
    if not 0 <= start <= end <= length:
        raise QuestionError(
            f"{path} has no characters {start:,} to {end:,}: its text has {length:,}; give start <= end within it"
        )
    if around < 0 or end - start + 2 * around > MAX_EXCERPT_CHARACTERS:
        raise QuestionError(
            f"{end - start:,} characters with {around:,} around them were asked for: at least 0 around, and at most "
            f"{MAX_EXCERPT_CHARACTERS:,} in all"
        )
