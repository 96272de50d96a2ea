"""All documents of a folder: those that were read, and those that wait to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from index.errors import CorpusError
from index.known_files import KnownFile
from index.scanning import FileFacts, scan
from index.schema import DocumentRecord
from index.sync import is_readable

__all__ = ["Held", "Listing", "Waiting", "listing"]

SETTLES_SECONDS = 1.0
"""A file whose times were too fresh to be kept counts as changed when it is this much newer than its reading."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file of the folder that the next sync reads."""

    path: str
    """Path below the corpus, as `DocumentRecord.path`."""
    size: int
    """Bytes."""
    modified_at: float
    """Seconds since 1970."""
    is_new: bool
    """Not read yet; False: it was read, and has changed since."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The documents of one moment."""

    documents: tuple[DocumentRecord, ...] = ()
    """What the index holds, by path."""
    waiting: tuple[Waiting, ...] = ()
    """What the next sync reads, by path."""
    folder_is_there: bool = True
    """False: nothing is known of what waits."""


@dataclass(frozen=True, slots=True)
class Held:
    """What an index holds, read once for each state of it: 100,000 documents take a second."""

    state: tuple[str, int] = ("", -1)
    """Name of the store, and number of its last change."""
    known: Mapping[bytes, KnownFile] = field(default_factory=dict)
    documents: tuple[DocumentRecord, ...] = ()


def listing(corpus: Path, index: Held) -> Listing:
    """The documents now: without an index, all files wait."""
    try:
        found = scan(corpus, is_readable).files.values()
    except CorpusError:
        return Listing(index.documents, folder_is_there=False)
    read_at = {document.id: document.indexed_at for document in index.documents}
    return Listing(index.documents, tuple(_waiting(found, index.known, read_at)))


def _waiting(found: Iterable[FileFacts], known: Mapping[bytes, KnownFile], read_at: dict[int, float]) -> list[Waiting]:
    waiting = []
    for facts in found:
        before = known.get(facts.name)
        if before is None or _has_changed(facts, before.facts, read_at.get(before.id, 0.0)):
            waiting.append(Waiting(facts.path, facts.size, facts.mtime_ns / 1e9, is_new=before is None))
    return waiting


def _has_changed(now: FileFacts, before: FileFacts, read_at: float) -> bool:
    """By size and times alone: a sync compares the bytes before it reads anything anew."""
    if now.size != before.size:
        return True
    if before.mtime_ns:
        return (now.mtime_ns, now.ctime_ns) != (before.mtime_ns, before.ctime_ns)
    return max(now.mtime_ns, now.ctime_ns) / 1e9 > read_at + SETTLES_SECONDS
