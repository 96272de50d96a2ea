"""Addresses that open a document at a place, without any conversation.

    ?source=reports/aid.pdf&start=1293&end=1387&quote=5f2c09d1ab

A link names a document of the index by its path there, and characters of its stored text. It can show nothing that
who can ask could not read anyway. `quote` is a digest of the words that it points at: it tells when they have changed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from index.documents import Document, Span
from qa.answers import Citation
from qa.cite import hit_at

__all__ = ["Link", "address_of", "link_of", "linked"]

_DIGEST_CHARACTERS = 10
"""Of SHA-256, in hexadecimal: 40 bits tell a change, and need not withstand anybody."""

_MOST_CHARACTERS = 20_000
"""Of an address, and of what it marks in a document."""

_MOST_FIELDS = 50


@dataclass(frozen=True, slots=True)
class Link:
    """What an address asks for."""

    path: str
    span: Span | None = None
    """Characters of the document; None when it names none, or nonsense."""
    names_place: bool = False
    """Whether it meant to name characters, sensibly or not."""
    digest: str = ""


def link_of(address: Any) -> Link | None:
    """What stands behind the "?" of an address, whatever it is: "?source=a.md&start=3&end=9" -> Link("a.md", ...)."""
    if not isinstance(address, str):
        return None
    try:
        fields = parse_qs(address[:_MOST_CHARACTERS].lstrip("?"), max_num_fields=_MOST_FIELDS, keep_blank_values=True)
    except ValueError:
        return None
    if "source" not in fields:
        return None
    said = {name: values[0] for name, values in fields.items()}
    start, end = _number(said.get("start")), _number(said.get("end"))
    span = Span(start, end) if start is not None and end is not None and start < end else None
    return Link(said["source"], span, "start" in said or "end" in said, said.get("quote", ""))


def address_of(citation: Citation) -> str:
    """The link to the place of a citation, as what stands behind the path of the page's address."""
    fields: dict[str, str | int] = {"source": citation.path, "start": citation.start, "end": citation.end}
    if citation.quote:
        fields["quote"] = _digest(citation.quote)
    return f"?{urlencode(fields, quote_via=quote, safe='/')}"


def linked(document: Document, title: str, link: Link) -> tuple[Citation, bool]:
    """The place that a link points at, and whether its words are those that it was made for.

    Characters beyond the text are left out, and without any it is the beginning; the quote is "" then, and when it has
    changed.
    """
    text = document.text
    start, end = link.span if link.span and link.span.start < len(text) else Span(0, 0)
    end = min(end, len(text))
    is_same = not link.digest or link.span is None or _digest(text[start:end]) == link.digest
    end = min(end, start + _MOST_CHARACTERS)
    said = text[start:end] if is_same else ""
    at = hit_at(link.path, title, document.place(start), start, end)
    facts = {name: getattr(at, name) for name in ("page", "page_label", "heading", "sheet", "row", "slide", "line")}
    found = Citation(
        path=link.path,
        title=title,
        start=start,
        end=end,
        passage=said,
        passage_start=start,
        quote=said,
        score=0.0,
        **facts,
    )
    return found, is_same


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:_DIGEST_CHARACTERS]


def _number(said: str | None) -> int | None:
    """A count of characters that was sent; None for anything else."""
    return int(said) if said and len(said) < 12 and said.isascii() and said.isdigit() else None
