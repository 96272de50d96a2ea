"""What asking and searching give: answers, citations, hits, and the turns of a conversation."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from index.documents import Span

__all__ = [
    "Answer",
    "Choice",
    "Citation",
    "Elsewhere",
    "Hit",
    "Turn",
    "as_json",
    "place_beside_title",
    "place_in_words",
]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another place that says the same as a hit."""

    path: str
    title: str
    place: str
    """In words."""
    start: int
    """First character, in the document's stored text."""
    end: int
    """One past the last character."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage that was found, and the place it stands. What a format does not have is None or empty."""

    path: str
    """Path of the document, relative to the corpus."""
    title: str
    page: int | None = None
    """Physical page, counted from 1."""
    page_label: str | None = None
    """The page number as printed ("iv")."""
    heading: tuple[str, ...] = ()
    """Headings above, outermost first."""
    sheet: str | None = None
    row: int | None = None
    slide: int | None = None
    line: int | None = None
    start: int
    """First character, in the document's stored text."""
    end: int
    """One past the last character."""
    passage: str
    """The text of the passage."""
    passage_start: int
    """First character of the passage, in the document's stored text."""
    also: tuple[Elsewhere, ...] = ()
    """Other places that say the same."""
    quote: str = ""
    """The quoted sentence, `document_text[start:end]`; "" for a hit, whose `start` and `end` span the passage."""
    score: float
    """Higher is better; comparable within one question only."""

    @property
    def place(self) -> str:
        """The place in words: "p. 4 (iv), Migration › Colombia"."""
        return place_in_words(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation(Hit):
    """A quoted sentence, or two that follow each other, with the passage around; `start` and `end` span the quote."""

    marks: tuple[Span, ...] = ()
    """The words of the quote that answer, where their kind can be told: spans in characters of the document."""
    lead: str = ""
    """What a reader needs before the quote, verbatim: the header of a row, the lead-in of a list, the sentence that
    names "he"."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the things that a vague question may mean: ask again with `within=[choice.within]`."""

    label: str
    """A title, or the path of a document whose title others share."""
    within: str
    """Path of the document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to one question, or the honest lack of one."""

    question: str
    text: str
    """The answer sentence(s), verbatim from a document; "" when not found."""
    found: bool
    """False means "not in these documents"."""
    confidence: float
    """In [0, 1], calibrated: of answers given at 0.8, about 80 % are right."""
    citations: tuple[Citation, ...] = ()
    """Best first; when not found, the closest passages."""
    carried: tuple[str, ...] = ()
    """Words taken over from earlier turns to understand a follow-up."""
    clarify: str = ""
    """A question back, when the question may mean several things; "" for nearly all questions."""
    choices: tuple[Choice, ...] = ()
    """What it may mean, likeliest first; ask again within one of them."""
    read_as: tuple[tuple[str, str], ...] = ()
    """Words of the question that stand in no document, each with the similar word that was looked for instead."""
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation."""

    question: str
    answer: str = ""
    found: bool = True
    """False where nothing was found for it: its words are then taken over with evidence alone."""


def place_in_words(hit: Hit) -> str:
    """Page, slide, sheet and row, headings and line, as far as the format has them; nothing is named twice."""
    parts = [_page(hit)]
    if hit.slide is not None:
        parts.append(f"slide {hit.slide}")
    if hit.sheet is not None:
        parts.append(f"sheet {hit.sheet}")
    if hit.row is not None:
        parts.append(f"row {hit.row}")
    is_sheet = hit.sheet is not None and hit.heading[:1] == (hit.sheet,)  # many begin with their own name
    parts.append(" › ".join(hit.heading[1:] if is_sheet else hit.heading))
    if hit.line is not None:
        parts.append(f"line {hit.line}")
    return ", ".join(part for part in parts if part)


def place_beside_title(source: Hit | Elsewhere) -> str:
    """The place where the title is shown too: a first heading that is the title is not said twice.

    Nor is one that is all of the title but the name of a site: "Aid waits | The Daily".
    """
    title = source.title
    if isinstance(source, Elsewhere):
        return re.sub(rf"(^|, ){re.escape(title)}(?: › |, |$)", r"\1", source.place, count=1).removesuffix(", ")
    if source.heading and re.fullmatch(rf"{re.escape(source.heading[0])}(?: [|·–—-] .*)?", title):
        source = replace(source, heading=source.heading[1:])
    return source.place


def as_json(value: Answer | Hit | Sequence[Hit]) -> Any:
    """Plain dictionaries and lists, ready for `json.dumps`."""
    if isinstance(value, Answer):
        facts = {name: getattr(value, name) for name in ("question", "found", "text", "confidence", "carried")}
        choices = [{"label": choice.label, "within": choice.within} for choice in value.choices]
        back = {"clarify": value.clarify, "choices": choices, "read_as": [list(pair) for pair in value.read_as]}
        return {**facts, **back, "citations": as_json(value.citations), "seconds": value.seconds}
    if isinstance(value, Hit):
        facts = {name: getattr(value, name) for name in type(value).__dataclass_fields__}
        return {**facts, "also": [asdict(other) for other in value.also], "place": value.place}
    return [as_json(hit) for hit in value]


def _page(hit: Hit) -> str:
    if hit.page is None:
        return ""
    printed = hit.page_label not in (None, "", str(hit.page))
    return f"p. {hit.page} ({hit.page_label})" if printed else f"p. {hit.page}"
