"""Places, spans, blocks and runs to compact JSON and back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from index.documents import Block, BlockKind, Document, Place, Run, Span
from index.splitting import Passage

__all__ = ["document_layout", "passage_layout", "read_document", "read_passage_layout"]

_PLACE_NAMES = tuple(field.name for field in fields(Place))


def passage_layout(passage: Passage) -> str:
    """Place, sentences and blocks of a passage, offsets counted from the passage's start."""
    base = passage.start
    return _dump(
        {
            "place": _from_place(passage.place),
            "sentences": [(span.start - base, span.end - base) for span in passage.sentences],
            "blocks": _from_blocks(passage.blocks, base),
        }
    )


def read_passage_layout(layout: str, base: int) -> tuple[Place, tuple[Span, ...], tuple[Block, ...]]:
    """The inverse of `passage_layout`, for a passage that starts at `base`."""
    raw = json.loads(layout)
    sentences = tuple(Span(start + base, end + base) for start, end in raw["sentences"])
    return _to_place(raw["place"]), sentences, _to_blocks(raw["blocks"], base)


def document_layout(document: Document) -> bytes:
    """Everything of a document but its text."""
    facts = {
        "title": document.title,
        "format": document.format,
        "pages": document.pages,
        "note": document.note,
        "blocks": _from_blocks(document.blocks, 0),
        "runs": [(run.start, run.length, run.page, run.char) for run in document.runs],
    }
    return zlib.compress(_dump(facts).encode(), 6)


def read_document(text: bytes, layout: bytes) -> Document:
    """The document that was stored as compressed `text` and `layout`."""
    raw = json.loads(zlib.decompress(layout))
    return Document(
        title=raw["title"],
        format=raw["format"],
        text=zlib.decompress(text).decode(),
        blocks=_to_blocks(raw["blocks"], 0),
        pages=raw["pages"],
        runs=tuple(Run(*run) for run in raw["runs"]),
        note=raw["note"],
    )


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _from_place(place: Place) -> dict[str, Any]:
    """Only what the place has; {} for none."""
    values = {name: getattr(place, name) for name in _PLACE_NAMES}
    return {name: value for name, value in values.items() if value is not None and value != ()}


def _to_place(raw: dict[str, Any]) -> Place:
    return Place(**{**raw, "heading": tuple(raw.get("heading", ()))})


def _from_blocks(blocks: Iterable[Block], base: int) -> dict[str, Any]:
    """Blocks with their places listed once each, in order of first use."""
    places: dict[Place, int] = {}
    rows: list[list[Any]] = []
    for block in blocks:
        at = places.setdefault(block.place, len(places))
        header = (block.header.start - base, block.header.end - base) if block.header else ()
        rows.append([block.kind.value, block.start - base, block.end - base, at, *header])
    return {"places": [_from_place(place) for place in places], "rows": rows}


def _to_blocks(raw: dict[str, Any], base: int) -> tuple[Block, ...]:
    places = [_to_place(place) for place in raw["places"]]
    return tuple(_to_block(row, places, base) for row in raw["rows"])


def _to_block(row: Sequence[Any], places: Sequence[Place], base: int) -> Block:
    kind, start, end, at, *header = row
    span = Span(header[0] + base, header[1] + base) if header else None
    return Block(BlockKind(kind), start + base, end + base, places[at], span)
