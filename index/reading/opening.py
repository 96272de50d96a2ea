"""One file to its document: open it safely, find its kind, call the format's reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from index.documents import Document
from index.errors import ReadError
from index.reading.archive import DamagedFile
from index.reading.kinds import Kind, kind_of
from index.reading.limits import ReadingLimits, raising
from index.reading.regular import bytes_in, opened
from index.reading.source import Source

__all__ = ["document_in", "document_of", "within"]

_READERS = {
    Kind.PDF: "index.reading.pdf",
    Kind.HTML: "index.reading.html",
    Kind.EPUB: "index.reading.epub",
    Kind.EML: "index.reading.mail",
    Kind.MHTML: "index.reading.mail",
    Kind.MARKDOWN: "index.reading.markdown",
    Kind.RST: "index.reading.restructured",
    Kind.ORG: "index.reading.orgmode",
    Kind.TEX: "index.reading.tex",
    Kind.CSV: "index.reading.separated",
    Kind.TSV: "index.reading.separated",
    Kind.JSON: "index.reading.jsontext",
    Kind.JSONL: "index.reading.jsontext",
    Kind.XML: "index.reading.xmltext",
    Kind.CODE: "index.reading.plain",
    Kind.TEXT: "index.reading.plain",
}
"""The module whose `read(source)` reads a kind; all others are read by `index.reading.office`."""

_DAMAGED = "damaged file: read as far as it goes, some of its text may be missing; save it again"


def document_in(path: str, limits: ReadingLimits) -> Document:
    """The document in the file at `path`; ReadError if there is none."""
    with opened(Path(path)) as file:
        return document_of(bytes_in(file.descriptor, limits.file_bytes), Path(path).name, limits)


def document_of(
    data: bytes, name: str, limits: ReadingLimits, recognised: Mapping[int, bytes] | None = None
) -> Document:
    """The document that a file of this name with these bytes holds; ReadError if there is none.

    `recognised`: what text recognition found in pages of it, by their numbers.
    """
    try:
        document = _read(data, name, limits, recognised or {})
    except DamagedFile:
        found = _of_what_is_left(data, name, limits)
        if found is None:
            raise
        document = found
    if not document.blocks:
        raise ReadError(document.note or "no text in this file; nothing can be found in it")
    return within(document, limits)


def _read(data: bytes, name: str, limits: ReadingLimits, recognised: Mapping[int, bytes]) -> Document:
    kind = kind_of(data, name, limits)
    reader: Callable[[Source], Document] = import_module(_READERS.get(kind, "index.reading.office")).read
    return reader(Source(data, name, kind, limits, recognised))


def _of_what_is_left(data: bytes, name: str, limits: ReadingLimits) -> Document | None:
    """The document of a damaged zip file's sound parts; None when there is no text in them, or it is no zip file."""
    if not data.startswith(b"PK"):
        return None
    from index.reading.salvage import salvaged

    try:
        document = _read(salvaged(data, limits), name, limits, {})
    except ReadError:
        return None
    note = f"{document.note}; {_DAMAGED}" if document.note else _DAMAGED
    return replace(document, note=note) if document.blocks else None


def within(document: Document, limits: ReadingLimits) -> Document:
    """The document, cut after the last block that the limits allow, with a note that says so."""
    if len(document.text) <= limits.text_chars and len(document.blocks) <= limits.blocks:
        return document
    kept = document.blocks[: limits.blocks]
    if kept[-1].end > limits.text_chars:
        kept = tuple(block for block in kept if block.end <= limits.text_chars)
        limit = "text_chars"
    else:
        limit = "blocks"
    if not kept:  # one block of megabytes, which may be cut anywhere
        first = document.blocks[0]
        kept = (replace(first, end=min(first.end, first.start + limits.text_chars)),)
    end = kept[-1].end
    runs = tuple(replace(run, length=min(run.length, end - run.start)) for run in document.runs if run.start < end)
    note = f"only the first {end:,} of {len(document.text):,} characters are indexed; {raising(limit)} for more"
    note = f"{document.note}; {note}" if document.note else note
    return replace(document, text=document.text[:end], blocks=kept, runs=runs, note=note)
