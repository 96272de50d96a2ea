"""One file to its document: open it safely, find its kind, call the format's reader."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from importlib import import_module
from pathlib import PurePath

from index.documents import Document
from index.errors import ReadError
from index.reading.kinds import Kind, kind_of
from index.reading.limits import ReadingLimits
from index.reading.source import Source

__all__ = ["bytes_of", "document_in"]

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


def document_in(path: str, limits: ReadingLimits) -> Document:
    """The document in the file at `path`; ReadError if there is none."""
    data = bytes_of(path, limits.file_bytes)
    name = PurePath(path).name
    kind = kind_of(data, name)
    reader: Callable[[Source], Document] = import_module(_READERS.get(kind, "index.reading.office")).read
    document = reader(Source(data=data, name=name, kind=kind))
    if len(document.text) > limits.text_chars:
        most = limits.text_chars // 1_000_000
        raise ReadError(f"{len(document.text):,} characters of text, {most} million at most; split the file")
    if not document.blocks:
        raise ReadError(document.note or "no text in this file; nothing can be found in it")
    return document


def bytes_of(path: str, most: int) -> bytes:
    """The bytes of a regular file. Opened without waiting, so that a pipe without a writer does not hang the worker."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        raise ReadError(f"cannot be opened: {getattr(error, 'strerror', None) or error}") from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ReadError("not a regular file (a folder, pipe, socket or device); only files are read")
        data = file.read(most + 1)
    if len(data) > most:
        raise ReadError(f"more than {most >> 20} MB; split the file or leave it out")
    return data
