"""The seam to xberg: the only module that knows it, so that it can be replaced.

It is given bytes, never a path or an address, and told to run no text recognition: both could reach for the network.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from index.errors import ReadError
from index.reading.assembly import one_line

__all__ = ["Node", "nodes_of", "text_as_guessed"]

_MIMETYPES = {
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "rtf": "application/rtf",
    "txt": "text/plain",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a document's structure, in reading order."""

    type: str
    """"heading", "paragraph", "list_item", "table", "slide", "footnote" ..."""
    content: dict[str, Any]
    """What it holds: "text", or a table's "grid", or a slide's "number"."""
    layer: str
    """"body", "header", "footer" or "footnote"."""
    page: int | None
    """Its page, sheet or slide, counted from 1, where the format has them."""


def nodes_of(data: bytes, suffix: str) -> tuple[list[Node], str]:
    """All nodes of an office file, and the title it states."""
    result = _extracted(data, suffix)
    structure = result.document.nodes if result.document else []
    return [_node(node) for node in structure], (result.metadata.title or "") if result.metadata else ""


def text_as_guessed(data: bytes) -> str:
    """Text of an unknown encoding, with white space as xberg likes it."""
    return str(_extracted(data, "txt").content)


def _extracted(data: bytes, suffix: str) -> Any:
    import asyncio  # here: with it each reader of plain text would start 20 ms later

    import xberg

    config = xberg.ExtractionConfig(
        use_cache=False,
        disable_ocr=True,
        include_document_structure=True,
        pages=xberg.PageConfig(extract_pages=True),
    )
    given = xberg.ExtractInput(kind="bytes", bytes=data, mime_type=_MIMETYPES[suffix], filename=f"document.{suffix}")
    try:
        return asyncio.run(xberg.extract(given, config)).results[0]
    except (RuntimeError, ValueError, OSError) as error:
        raise ReadError(_reason(suffix, str(error))) from error


def _reason(suffix: str, message: str) -> str:
    if re.search(r"(?i)password|encrypt", message):
        return "encrypted document: it asks for a password; save a copy without one"
    return f"damaged {suffix.upper()} file ({one_line(message)[:150]}); open it in its program and save it again"


def _node(node: Any) -> Node:
    content = json.loads(str(node.content))
    return Node(str(content["node_type"]), content, str(node.content_layer).lower(), node.page)
