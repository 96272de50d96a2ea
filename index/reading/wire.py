r"""A `Document`, or the picture of a page, as JSON and back: what travels between the worker and its owner.

    {"title": "Aid", "format": "md", "text": "# Aid\n...", "blocks": [["heading", 2, 5, {"line": 1}, null], ...],
     "pages": null, "runs": [[0, 12, 1, 0], ...], "note": ""}

No pickle: a worker that was taken over by a hostile file can send wrong text, never code.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from index.documents import Block, BlockKind, Box, Document, PagePicture, Place, Run, Span
from index.reading.scans import Raster

__all__ = [
    "document_from_json",
    "document_to_json",
    "pages_from_json",
    "pages_to_json",
    "picture_from_json",
    "picture_to_json",
    "raster_from_json",
    "raster_to_json",
]

_PNG = b"\x89PNG\r\n\x1a\n"

_PLACE_FIELDS = tuple(field.name for field in fields(Place))


def document_to_json(document: Document) -> dict[str, Any]:
    """The document as a tree of lists, strings and numbers."""
    return {
        "title": document.title,
        "format": document.format,
        "text": document.text,
        "blocks": [_block_to_json(block) for block in document.blocks],
        "pages": document.pages,
        "runs": [[run.start, run.length, run.page, run.char] for run in document.runs],
        "note": document.note,
        "scans": list(document.scans),
    }


def document_from_json(tree: dict[str, Any]) -> Document:
    """The document of `document_to_json`; KeyError, TypeError or ValueError if it is not one."""
    return Document(
        title=str(tree["title"]),
        format=str(tree["format"]),
        text=str(tree["text"]),
        blocks=tuple(_block_from_json(block) for block in tree["blocks"]),
        pages=tree["pages"],
        runs=tuple(Run(*map(int, run)) for run in tree["runs"]),
        note=str(tree["note"]),
        scans=tuple(map(int, tree["scans"])),
    )


def picture_to_json(picture: PagePicture) -> dict[str, Any]:
    """The picture as a tree of lists, strings and numbers."""
    return {
        "png": base64.b64encode(picture.png).decode(),
        "width": picture.width,
        "height": picture.height,
        "boxes": [list(box) for box in picture.boxes],
        "others": [[list(box) for box in boxes] for boxes in picture.others],
    }


def picture_from_json(tree: dict[str, Any]) -> PagePicture:
    """The picture of `picture_to_json`; KeyError, TypeError or ValueError if it is not one."""
    png = base64.b64decode(tree["png"], validate=True)
    if not png.startswith(_PNG):
        raise ValueError("no PNG")
    others = tuple(map(_boxes_from_json, tree["others"]))
    return PagePicture(png, int(tree["width"]), int(tree["height"]), _boxes_from_json(tree["boxes"]), others)


def raster_to_json(raster: Raster) -> dict[str, Any]:
    """The raster as a tree of strings and numbers."""
    return {**raster._asdict(), "grey": base64.b64encode(raster.grey).decode()}


def raster_from_json(tree: dict[str, Any]) -> Raster:
    """The raster of `raster_to_json`; KeyError, TypeError or ValueError if it is not one."""
    width, height, dots = (int(tree[name]) for name in ("width", "height", "dots_per_inch"))
    return Raster(width, height, base64.b64decode(tree["grey"], validate=True), dots)


def pages_to_json(pages: Mapping[int, bytes]) -> dict[str, str]:
    """What was recognised, by pages, as a tree of strings."""
    return {str(number): base64.b64encode(found).decode() for number, found in pages.items()}


def pages_from_json(tree: Mapping[str, str]) -> dict[int, bytes]:
    """The pages of `pages_to_json`."""
    return {int(number): base64.b64decode(found, validate=True) for number, found in tree.items()}


def _boxes_from_json(tree: list[Any]) -> tuple[Box, ...]:
    return tuple(Box(*map(float, box)) for box in tree)


def _block_to_json(block: Block) -> list[Any]:
    place = {name: value for name in _PLACE_FIELDS if (value := getattr(block.place, name)) not in (None, ())}
    return [block.kind.value, block.start, block.end, place, block.header]


def _block_from_json(tree: list[Any]) -> Block:
    kind, start, end, place, header = tree
    place = {**place, "heading": tuple(place.get("heading", ()))}
    return Block(BlockKind(kind), int(start), int(end), Place(**place), Span(*header) if header else None)
