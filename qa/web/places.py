"""Where the citations of an answer stand in a document as it is now, and whether it still says what was cited."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from index.documents import Document, Span
from qa.answers import Answer, Citation
from qa.cite import hit_at
from qa.web.elsewhere import places_of
from qa.web.marking import Other

__all__ = ["at_place", "other_places", "said_there"]

MOST_OTHERS = 50
"""Other places that are marked in a document."""

_SHARED = 0.9
"""Share of its words that another place has in common with the quote: what counted as saying the same has more."""

_UNPLACED: dict[str, Any] = {
    "heading": (),
    **dict.fromkeys(("page", "page_label", "sheet", "row", "slide", "line")),
}


def at_place(document: Document, citation: Citation, place: int) -> Citation | None:
    """The citation where it stands, or at another place that says the same; None where the words have changed.

    `place`: 0 for where it was cited, else the number of the other place.
    """
    text = document.text
    if place == 0:
        return citation if citation.quote and text[citation.start : citation.end] == citation.quote else None
    other = places_of(citation)[place]
    said = text[other.start : other.end]
    if not _says_the_same(said, citation.quote):
        return None
    there = hit_at(other.path, other.title, document.place(other.start), other.start, other.end)
    return replace(
        citation,
        path=other.path,
        title=other.title,
        start=other.start,
        end=other.end,
        quote=said,
        passage=said,
        passage_start=other.start,
        marks=(),
        lead="",
        **{name: getattr(there, name) for name in _UNPLACED},
    )


def said_there(citation: Citation, place: int) -> Citation:
    """The cited passage under the name of another place's document, which cannot be shown any more."""
    if place == 0:
        return citation
    other = places_of(citation)[place]
    return replace(citation, path=other.path, title=other.title, **_UNPLACED)


def other_places(document: Document, path: str, answer: Answer, *, besides: tuple[int, int]) -> tuple[Other, ...]:
    """What else the answer cites of this document. `besides`: number and place of the citation that is shown."""
    found: list[Other] = []
    for number, place, span in _places(answer, path):
        if (number, place) != besides and at_place(document, answer.citations[number - 1], place):
            found.append(Other(number, place, span))
    return tuple(found[:MOST_OTHERS])


def _places(answer: Answer, path: str) -> Iterator[tuple[int, int, Span]]:
    """Number, place and characters of all that the answer cites of a document."""
    for number, citation in enumerate(answer.citations, 1):
        for place, cited in enumerate(places_of(citation)):
            if cited.path == path:
                yield number, place, Span(cited.start, cited.end)


def _says_the_same(said: str, quote: str) -> bool:
    """Whether a text is still the one that said the same; a quote of two sentences has more words than that."""
    words, quoted = _words(said), set(_words(quote))
    return bool(words) and sum(word in quoted for word in words) >= _SHARED * len(words)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
