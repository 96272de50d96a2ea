"""From picked sentences and passages to citations and hits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from index.analysis import terms
from index.documents import BlockKind, Place, Span
from index.reading.tables import CELL_GAP
from index.schema import PassageRecord
from index.sentence_vectors import header_of
from qa.answers import Citation, Elsewhere, Hit, place_in_words
from qa.columns import columns
from qa.pick import Picked, block_at, slice_of

__all__ = ["citation", "elsewhere", "hit", "hit_at"]

_LEANS_BACK = re.compile(
    r"^\W*(?:(?:He|She|It|They|This|These|Those|That|His|Her|Its|Their|Such|There|Both|One|At (?:his|her|their) \w+)\b"
    r"|(?:[A-Z]\w+\s){0,2}(?:he|she|they)\b)"
)
"""A sentence that begins like this speaks of what the one before it names."""


def citation(picked: Picked, also: Iterable[Picked] = ()) -> Citation:
    """The picked sentence, cited. Its quote is the slice of the document that `start` and `end` name.

    `also`: other sentences that say the same.
    """
    passage, span, lead = picked.passage, picked.span, _lead(picked)
    return Citation(
        **_source(passage),
        **_place(_place_of(passage, span.start)),
        start=span.start,
        end=span.end,
        quote=picked.text,
        marks=_marks(picked, lead),
        lead=lead,
        also=tuple(elsewhere(other.passage, other.span.start, other.span.end) for other in also),
        score=picked.score,
    )


def hit(passage: PassageRecord, score: float, also: Iterable[PassageRecord] = ()) -> Hit:
    """The whole passage, found with `score`. `also`: other passages that say the same."""
    return Hit(
        **_source(passage),
        **_place(passage.place),
        start=passage.start,
        end=passage.end,
        also=tuple(elsewhere(other, other.start, other.end) for other in also),
        score=score,
    )


def elsewhere(passage: PassageRecord, start: int, end: int) -> Elsewhere:
    """Another place that says the same: characters `start` to `end` of the passage's document."""
    whole = hit_at(passage.document.path, passage.document.title, _place_of(passage, start), start, end)
    return Elsewhere(whole.path, whole.title, place_in_words(whole), start, end)


def hit_at(path: str, title: str, place: Place, start: int, end: int) -> Hit:
    """A hit that nothing but its place is wanted of."""
    return Hit(
        path=path, title=title, **_place(place), start=start, end=end, passage="", passage_start=start, score=0.0
    )


def _marks(picked: Picked, lead: str) -> tuple[Span, ...]:
    """The words of the kind asked for; of a row, those in a column that the question names, where there are any.

    "How many employees work in Lisbon?", City Lisbon, Opened 2018, Employees 27  ->  27
    """
    block = picked.block
    if block is None or block.kind is not BlockKind.ROW or len(picked.marks) < 2:
        return picked.marks
    asked, start = set(terms(picked.asked)), picked.span.start
    named = [cell for name, cell in columns(lead, picked.text) if asked.intersection(terms(name))]
    theirs = (mark for mark in picked.marks if any(cell.start <= mark.start - start < cell.end for cell in named))
    return tuple(theirs) or picked.marks


def _lead(picked: Picked) -> str:
    """What a reader needs before the quote: a row's header, a list's lead-in, the sentence that names "he"."""
    passage, block = picked.passage, picked.block
    if block is None:
        return ""
    if block.kind is BlockKind.ROW:
        header = header_of(passage, block)
        return "" if _are_of_form(header, slice_of(passage, Span(block.start, block.end))) else header
    if block.kind is BlockKind.LIST_ITEM:
        before = [b for b in passage.blocks if b.end <= block.start and b.kind is not BlockKind.LIST_ITEM]
        lead_in = before[-1] if before else None
        if lead_in and lead_in.kind is BlockKind.PARAGRAPH:
            last = [span for span in passage.sentences if lead_in.start <= span.start < lead_in.end]
            return slice_of(passage, last[-1]) if last else ""
        return ""
    earlier = [span for span in passage.sentences if block.start <= span.start < picked.span.start]
    return slice_of(passage, earlier[-1]) if earlier and _LEANS_BACK.match(picked.text) else ""


def _are_of_form(header: str, row: str) -> bool:
    """Whether both are lines of a form, as "Name: | Ferrer" is: the first of them names no column of the others."""
    name, _, value = header.partition(CELL_GAP)
    is_named_value = name.endswith(":") and bool(value) and not value.endswith(":") and CELL_GAP not in value
    return is_named_value and row.partition(CELL_GAP)[0].endswith(":")


def _source(passage: PassageRecord) -> dict[str, Any]:
    return {
        "path": passage.document.path,
        "title": passage.document.title,
        "passage": passage.text,
        "passage_start": passage.start,
    }


def _place(place: Place) -> dict[str, Any]:
    names = ("page", "page_label", "heading", "sheet", "row", "slide", "line")
    return {name: getattr(place, name) for name in names}


def _place_of(passage: PassageRecord, offset: int) -> Place:
    """The place of one character of the passage: its block's, with the line counted to the character."""
    block = block_at(passage, offset)
    if block is None:
        return passage.place
    if block.place.line is None:
        return block.place
    before = passage.text[block.start - passage.start : offset - passage.start]
    return replace(block.place, line=block.place.line + before.count("\n"))
