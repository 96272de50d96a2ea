"""All documents of a folder: those that were read, and those that wait to be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from index.errors import CorpusError, IndexMissing
from index.scanning import FileFacts, scan
from index.schema import DocumentRecord
from index.store import KnownFile, Store
from index.sync import is_readable

__all__ = ["Listing", "Waiting", "listing"]

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


def listing(corpus: Path, database: Path) -> Listing:
    """The documents now. Raises `StoreError` for an index that cannot be read; without one, all files wait."""
    known: dict[bytes, KnownFile] = {}
    documents: tuple[DocumentRecord, ...] = ()
    try:
        store = Store.open(database)
    except IndexMissing:
        pass
    else:
        try:
            with store.reading():
                known, documents = store.known_files(), tuple(store.documents())
        finally:
            store.close()
    try:
        found = scan(corpus, is_readable).files.values()
    except CorpusError:
        return Listing(documents, folder_is_there=False)
    read_at = {document.id: document.indexed_at for document in documents}
    return Listing(documents, tuple(_waiting(found, known, read_at)))


def _waiting(found: Iterable[FileFacts], known: dict[bytes, KnownFile], read_at: dict[int, float]) -> list[Waiting]:
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
