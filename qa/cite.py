"""From picked sentences and passages to citations and hits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from index.documents import Block, Place
from index.schema import PassageRecord
from qa.answers import Citation, Hit
from qa.pick import Picked

__all__ = ["citation", "hit"]


def citation(picked: Picked) -> Citation:
    """The picked sentence, cited. Its quote is the slice of the document that `start` and `end` name."""
    passage, span = picked.passage, picked.span
    return Citation(
        **_source(passage),
        **_place(_place_of(passage, span.start)),
        start=span.start,
        end=span.end,
        quote=picked.text,
        score=picked.score,
    )


def hit(passage: PassageRecord, score: float) -> Hit:
    """The whole passage, found with `score`."""
    return Hit(**_source(passage), **_place(passage.place), start=passage.start, end=passage.end, score=score)


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
    block = _block_at(passage, offset)
    if block is None:
        return passage.place
    if block.place.line is None:
        return block.place
    before = passage.text[block.start - passage.start : offset - passage.start]
    return replace(block.place, line=block.place.line + before.count("\n"))


def _block_at(passage: PassageRecord, offset: int) -> Block | None:
    return next((b for b in passage.blocks if b.start <= offset < b.end), None)
