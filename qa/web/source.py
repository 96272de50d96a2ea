"""The source of a citation: the place in its document, as the page looks or as text, with the quote highlighted.

The browser names an exchange of its conversation, the number of a citation, and how many pages or windows away from the
quote to look. It never names a document: what was not cited on the page cannot be opened.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from index.documents import Document, PagePicture, Span
from index.errors import FootnoteError, ReadError
from qa.answers import Citation
from qa.corpus import Corpus
from qa.web.conversation import Exchange

__all__ = ["BEFORE", "WINDOW", "Asked", "Source", "asked_for", "source_of", "window"]

BEFORE = 1_500
"""Characters shown before the quote at first: about half a page."""

WINDOW = 4_000
"""Characters of a window of text: about a page and a half."""

_SNAP = 1_000
"""A window begins where a block does, when one begins at most so many characters before."""

_MOST_STEPS = 1_000_000

NOT_HERE = "This answer is no longer on the page. Ask the question again."
GONE = "This document has been removed since it was cited. Below stands the passage as it was."
CHANGED = (
    "This document has changed since it was cited. Below stands the passage as it was; ask again for how it is now."
)
NO_PAGE = "The page cannot be shown as it looks: {}. This is its text, as it was indexed."
SOMETHING_WRONG = "The document could not be opened. The shell that runs Footnote says why."

NOTHING = Span(0, 0)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the browser asked for."""

    exchange: str
    """Key of the exchange."""
    citation: int
    """Number of the citation in its answer, from 1."""
    step: int = 0
    """Pages, or windows of text, after the one with the quote; negative for before."""
    as_text: bool = False
    """The text, although there may be a page that can be shown as it looks."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is shown: of `picture` and `document` at most one; neither when only the cited passage is left."""

    asked: Asked
    citation: Citation | None = None
    notice: str = ""
    document: Document | None = None
    shown: Span = NOTHING
    """Characters of the document that are shown as text."""
    picture: PagePicture | None = None
    page: int = 0
    pages: int = 0

    @property
    def has_earlier(self) -> bool:
        """Whether something stands before what is shown."""
        return self.page > 1 if self.picture else self.shown.start > 0

    @property
    def has_later(self) -> bool:
        """Whether something stands after what is shown."""
        if self.picture:
            return self.page < self.pages
        return self.document is not None and self.shown.end < len(self.document.text.rstrip())


def asked_for(sent: Mapping[str, Any]) -> Asked:
    """What the browser sent, whatever it sent: {"exchange": "9f...", "citation": 1, "step": -1} -> Asked(...)."""
    return Asked(
        exchange=str(sent.get("exchange", "")),
        citation=_whole(sent.get("citation")),
        step=_whole(sent.get("step")),
        as_text=sent.get("as_text") is True,
    )


def source_of(corpus: Corpus, conversation: Sequence[Exchange], asked: Asked) -> Source:
    """The place that was asked for; with a notice instead of it, or above it, where something is in the way."""
    citation = _cited(conversation, asked)
    if citation is None:
        return Source(asked, notice=NOT_HERE)
    try:
        return _opened(corpus, citation, asked)
    except KeyError:
        return Source(asked, citation, GONE)
    except FootnoteError as error:
        return Source(asked, citation, f"{str(error)[:1].upper()}{str(error)[1:]}.")
    except Exception:  # the page must say something; what it was stands in the log
        _log.exception("a source could not be opened")
        return Source(asked, citation, SOMETHING_WRONG)


def window(document: Document, quote: Span, step: int) -> Span:
    """The characters shown `step` windows after the one with the quote: each begins where the one before ends.

    Windows begin at the beginning of a block, unless it is a very long one.
    """
    first = -(-max(0, quote.start - BEFORE) // WINDOW)
    last = -(-max(0, len(document.text) - quote.end - WINDOW + BEFORE) // WINDOW)
    step = min(max(step, -first), last)
    return Span(_edge(document, quote, step), _edge(document, quote, step + 1))


def _cited(conversation: Sequence[Exchange], asked: Asked) -> Citation | None:
    exchange = next((past for past in conversation if past.key == asked.exchange), None)
    citations = exchange.answer.citations if exchange and exchange.answer else ()
    return citations[asked.citation - 1] if 1 <= asked.citation <= len(citations) else None


def _opened(corpus: Corpus, citation: Citation, asked: Asked) -> Source:
    document = corpus.document(citation.path)
    quote = Span(citation.start, citation.end)
    if not citation.quote or document.text[quote.start : quote.end] != citation.quote:
        return Source(asked, citation, CHANGED)
    notice = ""
    if document.format == "pdf" and citation.page and not asked.as_text:
        pages = document.pages or citation.page
        page = min(max(citation.page + asked.step, 1), pages)
        try:
            picture = corpus.page_picture(citation.path, page=page, span=quote)
            return Source(asked, citation, picture=picture, page=page, pages=pages)
        except ReadError as error:
            notice = NO_PAGE.format(str(error).rstrip("."))
    return Source(asked, citation, notice, document, window(document, quote, asked.step))


def _edge(document: Document, quote: Span, step: int) -> int:
    """Where window `step` begins."""
    after = quote.end + WINDOW - BEFORE
    offset = after + (step - 1) * WINDOW if step > 0 else quote.start - BEFORE + step * WINDOW
    if not 0 < offset < len(document.text):
        return min(max(offset, 0), len(document.text))
    block = document.block_at(offset)
    start = block.start if block else 0
    if step > 0 and start < quote.end:
        return offset
    return start if offset - start <= _SNAP else offset


def _whole(value: Any) -> int:
    """A whole number that was sent, within reason; 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return min(max(value, -_MOST_STEPS), _MOST_STEPS)
