"""The seam to xberg: the only module that knows it, so that it can be replaced.

It is given bytes, never a path or an address, and told to run no text recognition: both could reach for the network.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from index.errors import ReadError
from index.reading.archive import DamagedFile
from index.reading.assembly import one_line
from index.reading.limits import ReadingLimits, raising

__all__ = ["Node", "nodes_of", "pages_of", "text_as_guessed"]

_MIMETYPES = {
    "doc": "application/msword",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odt": "application/vnd.oasis.opendocument.text",
    "pdf": "application/pdf",
    "ppt": "application/vnd.ms-powerpoint",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "rtf": "application/rtf",
    "txt": "text/plain",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_RATIO = 1000
"""Of packed text, see `archive.py`; xberg's own 100 is met by spreadsheets of much the same rows."""
_ITERATIONS = 1_000_000_000
"""The clock and the memory of the process are the limit, not how often a loop of xberg's goes round."""


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


def nodes_of(data: bytes, suffix: str, limits: ReadingLimits | None = None) -> tuple[list[Node], str]:
    """All nodes of an office file, and the title it states."""
    result = _extracted(data, suffix, limits or ReadingLimits())
    structure = result.document.nodes if result.document else []
    return [_node(node) for node in structure], (result.metadata.title or "") if result.metadata else ""


def pages_of(data: bytes, suffix: str) -> list[str]:
    """The text of each page that is found; [] when the file cannot be read."""
    try:
        return [str(page.content) for page in _extracted(data, suffix, ReadingLimits()).pages or []]
    except ReadError:
        return []


def text_as_guessed(data: bytes) -> str:
    """Text of an unknown encoding, with white space as xberg likes it."""
    return str(_extracted(data, "txt", ReadingLimits()).content)


def _extracted(data: bytes, suffix: str, limits: ReadingLimits) -> Any:
    import asyncio  # here: with it each reader of plain text would start 20 ms later

    import xberg

    config = xberg.ExtractionConfig(
        use_cache=False,
        disable_ocr=True,
        include_document_structure=True,
        pages=xberg.PageConfig(extract_pages=True),
        max_archive_depth=0,
        security_limits=xberg.SecurityLimits(
            max_archive_size=limits.unpacked_bytes,
            max_content_size=limits.unpacked_bytes,
            max_compression_ratio=_RATIO,
            max_files_in_archive=limits.parts,
            max_table_cells=limits.cells,
            max_iterations=_ITERATIONS,
        ),
    )
    given = xberg.ExtractInput(kind="bytes", bytes=data, mime_type=_MIMETYPES[suffix], filename=f"document.{suffix}")
    try:
        return asyncio.run(xberg.extract(given, config)).results[0]
    except (RuntimeError, ValueError, OSError) as error:
        raise _reason(suffix, str(error), limits) from error


def _reason(suffix: str, message: str, limits: ReadingLimits) -> ReadError:
    if re.search(r"(?i)password|encrypt", message):
        return ReadError("encrypted document: it asks for a password; save a copy without one")
    if "max_table_cells" in message:
        return ReadError(f"more than {limits.cells:,} cells in its tables; split the file or {raising('cells')}")
    if re.search(r"(?i)security (?:limit|violation)|exceeds? (?:the )?limit|bomb", message):
        return ReadError(f"built to be too much to read ({one_line(message)[:150]}); leave it out")
    return DamagedFile(
        f"damaged {suffix.upper()} file ({one_line(message)[:150]}); open it in its program and save it again"
    )


def _node(node: Any) -> Node:
    content = json.loads(str(node.content))
    return Node(str(content["node_type"]), content, str(node.content_layer).lower(), node.page)
