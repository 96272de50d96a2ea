"""The source of a citation: the place in its document, as the page looks or as text, with the quote highlighted.

The browser names an exchange of its conversation, the number of a citation, which of its places, and how many pages or
windows away from the quote to look. Or it has been given a link, which names a document: only those of the index can
be named, as the index names them, and only their stored text and the pages of their indexed files are shown, which
anybody who can ask can read anyway. No name ever reaches the file system.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from index.documents import Document, PagePicture, Span
from index.errors import FootnoteError, IndexMissing, ReadError
from qa.answers import Answer, Citation
from qa.corpus import Corpus
from qa.web.conversation import Exchange
from qa.web.elsewhere import places_of
from qa.web.links import Link, link_of, linked
from qa.web.marking import Marks, Other
from qa.web.places import at_place, other_places, said_there
from qa.web.windows import window

__all__ = ["Asked", "Source", "asked_for", "source_of"]

_MOST_STEPS = 1_000_000

NOT_HERE = "This answer is no longer on the page. Ask the question again."
GONE = "This document has been removed since it was cited. Below stands the passage as it was."
CHANGED = (
    "This document has changed since it was cited. Below stands the passage as it was; ask again for how it is now."
)
GONE_THERE = "This document has been removed since. It said the same as the passage below."
CHANGED_THERE = "This document has changed since. It said the same as the passage below."
NO_DOCUMENT = "The document of this link is not here: it may have been renamed or removed since, or could not be read."
LINK_CHANGED = "This document has changed since the link was made. It is shown as it is now, where the link pointed."
NO_PLACE = "The link names no place in this document, which is shown from its beginning."
NO_PAGE = "The page cannot be shown as it looks: {}. This is its text, as it was indexed."
NOT_READ_YET = "These documents have not been read yet. Open the link again in a moment."
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
    place: int = 0
    """0 for where it was cited, else the number of another place that says the same."""
    enlarged: bool = False
    """The page with twice as many pixels a side."""
    link: Link | None = None
    """What a link named, in place of an exchange."""
    address: str = ""
    """The link, to ask for it again."""


@dataclass(frozen=True, slots=True)
class Source:
    """What is shown: of `picture` and `document` at most one; neither when only the cited passage is left."""

    asked: Asked
    citation: Citation | None = None
    """At the place that is shown."""
    notice: str = ""
    document: Document | None = None
    shown: Span = NOTHING
    """Characters of the document that are shown as text."""
    picture: PagePicture | None = None
    page: int = 0
    pages: int = 0
    cited: Citation | None = None
    """As the answer has it, with its other places; None for what a link named."""
    citations: int = 0
    """How many the answer has."""
    others: tuple[Other, ...] = ()
    """What else the answer cites of this document."""
    added: date | None = None
    """Since when the document is in the index."""

    @property
    def marks(self) -> Marks:
        """What is marked in the document."""
        quote = Span(self.citation.start, self.citation.end) if self.citation and self.citation.quote else NOTHING
        return Marks(quote, self.others)

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
    link = link_of(sent.get("link"))
    return Asked(
        exchange=str(sent.get("exchange", "")),
        citation=_whole(sent.get("citation")),
        step=_whole(sent.get("step")),
        as_text=sent.get("as_text") is True,
        place=max(_whole(sent.get("place")), 0),
        enlarged=sent.get("enlarged") is True,
        link=link,
        address=str(sent["link"]) if link else "",
    )


def source_of(corpus: Corpus, conversation: Sequence[Exchange], asked: Asked) -> Source:
    """The place that was asked for; with a notice instead of it, or above it, where something is in the way."""
    link = asked.link
    if link:
        return _safely(Source(asked), lambda: _linked(corpus, asked, link))
    answer = next((past.answer for past in conversation if past.key == asked.exchange), None)
    citations = answer.citations if answer else ()
    cited = citations[asked.citation - 1] if 1 <= asked.citation <= len(citations) else None
    if answer is None or cited is None or asked.place > len(cited.also):
        return Source(asked, notice=NOT_HERE)
    left = Source(asked, said_there(cited, asked.place), cited=cited, citations=len(citations))
    return _safely(left, lambda: _cited(corpus, left, answer, cited))


def _safely(left: Source, opened: Callable[[], Source]) -> Source:
    """What is opened, or what is `left` with a line that says why there is no more."""
    try:
        return opened()
    except IndexMissing:
        return replace(left, notice=NOT_READ_YET)
    except FootnoteError as error:
        return replace(left, notice=f"{str(error)[:1].upper()}{str(error)[1:]}.")
    except Exception:  # the page must say something; what it was stands in the log
        _log.exception("a source could not be opened")
        return replace(left, notice=SOMETHING_WRONG)


def _cited(corpus: Corpus, left: Source, answer: Answer, cited: Citation) -> Source:
    """The citation, or another place that says the same."""
    asked, path = left.asked, places_of(cited)[left.asked.place].path
    try:
        document = corpus.document(path)
    except KeyError:
        return replace(left, notice=GONE_THERE if asked.place else GONE)
    citation = at_place(document, cited, asked.place)
    if citation is None:
        return replace(left, notice=CHANGED_THERE if asked.place else CHANGED)
    others = other_places(document, path, answer, besides=(asked.citation, asked.place))
    found = replace(left, citation=citation, others=others, added=_added(corpus, path)[1])
    return _opened(corpus, found, document, citation)


def _linked(corpus: Corpus, asked: Asked, link: Link) -> Source:
    """What a link names."""
    try:
        document = corpus.document(link.path)
    except KeyError:
        return Source(asked, notice=NO_DOCUMENT)
    title, added = _added(corpus, link.path)
    citation, is_same = linked(document, title or link.path, link)
    notice = "" if is_same else LINK_CHANGED
    if is_same and link.names_place and not citation.quote:
        notice = NO_PLACE
    return _opened(corpus, Source(asked, citation, notice, added=added), document, citation)


def _added(corpus: Corpus, path: str) -> tuple[str, date | None]:
    """The title of a document, and the day on which it was indexed."""
    record = next((record for record in corpus.documents() if record.path == path), None)
    return (record.title, date.fromtimestamp(record.indexed_at)) if record else ("", None)


def _opened(corpus: Corpus, found: Source, document: Document, citation: Citation) -> Source:
    """The place as its page looks where that can be shown, else as text."""
    asked, quote = found.asked, Span(citation.start, citation.end)
    if document.format == "pdf" and citation.page and not asked.as_text:
        pages = document.pages or citation.page
        page = min(max(citation.page + asked.step, 1), pages)
        spans, scale = [other.span for other in found.others], 2 if asked.enlarged else 1
        try:
            picture = corpus.page_picture(citation.path, page=page, span=found.marks.quote, others=spans, scale=scale)
            return replace(found, picture=picture, page=page, pages=pages)
        except ReadError as error:
            said = NO_PAGE.format(str(error).rstrip("."))
            found = replace(found, notice=f"{found.notice} {said}".strip())
    return replace(found, document=document, shown=window(document, quote, asked.step))


def _whole(value: Any) -> int:
    """A whole number that was sent, within reason; 0 for anything else."""
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return min(max(value, -_MOST_STEPS), _MOST_STEPS)
