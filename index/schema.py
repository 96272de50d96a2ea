"""The tables of the one SQLite file, and the record types that come out of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from index.documents import Block, Place, Span
from index.errors import IndexMismatch

__all__ = [
    "FORMAT_VERSION",
    "SCHEMA",
    "WITHOUT_SUMS",
    "DocumentRecord",
    "PassageRecord",
    "State",
    "format_mismatch",
    "is_older",
]

FORMAT_VERSION = 3
"""Raised when the tables change: an older index is built anew by `footnote sync`, a newer one is refused."""

WITHOUT_SUMS = "2"
"""The format that lacks nothing but checksums: a sync adds them, and embeds nothing."""

SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name BLOB NOT NULL UNIQUE,      -- path below the corpus, as the file system's bytes
    path TEXT NOT NULL,             -- the same for people: always valid text
    state TEXT NOT NULL,            -- State
    reason TEXT NOT NULL,           -- why it failed, or what to know of the reading
    recipe TEXT NOT NULL,           -- versions and settings it was read and split by
    size INTEGER NOT NULL,          -- bytes
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL,
    digest BLOB NOT NULL,           -- SHA-256 of the file
    title TEXT NOT NULL,
    format TEXT NOT NULL,
    pages INTEGER,
    passages INTEGER NOT NULL,
    indexed_at REAL NOT NULL,       -- seconds since 1970
    crc INTEGER NOT NULL            -- of all the others (see row_sums), as in every table
);
CREATE INDEX documents_digest ON documents (digest);
CREATE TABLE texts (
    document INTEGER PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
    text BLOB NOT NULL,             -- the extracted text, UTF-8, zlib
    layout BLOB NOT NULL,           -- blocks and runs, JSON, zlib
    crc INTEGER NOT NULL
);
CREATE TABLE passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents (id),
    key BLOB NOT NULL,              -- hash of the embedded text: finds the vector
    start INTEGER NOT NULL,
    stop INTEGER NOT NULL,
    context TEXT NOT NULL,
    text TEXT NOT NULL,
    layout TEXT NOT NULL,           -- place, sentences and blocks, JSON
    crc INTEGER NOT NULL
);
CREATE INDEX passages_document ON passages (document, start);
CREATE INDEX passages_key ON passages (key);
CREATE TABLE vectors (
    key BLOB PRIMARY KEY,
    vector BLOB NOT NULL,           -- float16 (dimension,)
    crc INTEGER NOT NULL
);
CREATE TABLE sentences (
    key BLOB PRIMARY KEY,
    vectors BLOB NOT NULL,          -- of a passage's sentences, see sentence_vectors
    crc INTEGER NOT NULL
);
CREATE TABLE removed (passage INTEGER PRIMARY KEY, change INTEGER NOT NULL, crc INTEGER NOT NULL);
"""


class State(StrEnum):
    """What became of a document."""

    INDEXED = "indexed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DocumentRecord:
    """One document of the index, as shown in lists."""

    id: int
    path: str
    """Path below the corpus, with "/"; bytes that are not UTF-8 stand as \\xNN."""
    state: State
    reason: str
    title: str
    """Title the document gives itself, or its file name."""
    format: str
    pages: int | None
    passages: int
    size: int
    """Bytes."""
    indexed_at: float
    """When it was read; seconds since 1970."""
    modified_at: float = 0.0
    """When the file was changed, as its folder says; seconds since 1970, 0 where nobody knows."""


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """One passage of the index with the document it stands in: all that answering needs."""

    id: int
    document: DocumentRecord
    start: int
    end: int
    text: str
    context: str
    place: Place
    sentences: tuple[Span, ...]
    blocks: tuple[Block, ...]


def is_older(found: str | None) -> bool:
    """Whether an index of format `found` is of one before this version's."""
    return found is not None and found.isdecimal() and int(found) < FORMAT_VERSION


def format_mismatch(found: str | None) -> IndexMismatch:
    """The error for an index of format `found`, which is not this version's."""
    if found == WITHOUT_SUMS:
        remedy = "run `footnote sync` to bring it to this one"
    elif is_older(found):
        remedy = "run `footnote sync` to build it anew from the documents"
    else:
        remedy = "update Footnote, or run `footnote sync --rebuild` to build it anew from the documents"
    return IndexMismatch(f"the index is of format {found}, this Footnote reads format {FORMAT_VERSION}: {remedy}")
