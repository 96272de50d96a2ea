"""What a sync tells: how far it is, and in the end what it did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["OnProgress", "SyncProgress", "SyncReport"]

READING_SHARE = 0.1
"""Of a sync's time, until all files are read and found by their words."""

EMBEDDING_SHARE = 0.5
"""The same for embedding their passages; what is left goes to the sentences (benchmarks/syncing.py, two folders: 13 and
8 % of the time is reading, 43 and 52 % passages)."""


DOCUMENT_BYTES = 30_000
"""What a document counts for beside its size: the smallest are read first, and take some time as well."""


@dataclass(frozen=True, slots=True)
class SyncProgress:
    """How far a sync is: files are read first, then passages are embedded, then their sentences."""

    stage: str
    """What is being done, for a person: "looking through the folder", "reading" ..."""
    documents: int = 0
    documents_total: int = 0
    embedded: int = 0
    """Passages embedded so far."""
    bytes: int = 0
    """Of the files read so far."""
    bytes_total: int = 0
    seconds: float = 0.0
    """Since the first document."""
    passages: int = 0
    """Passages whose sentences are embedded; they come after all others."""
    passages_total: int = 0
    stored: int = 0
    """Passages of the files read so far: they are found by their words within seconds."""
    rate: float = 0.0
    """Passages done in a second of this stage."""
    by_words: int = 0
    """Passages of the index that are searched by their words only, because their vectors are not made yet."""
    by_words_total: int = 0
    """How many those were when the model began with them; 0 before."""
    searchable: int = 0
    """Passages in the index, when the model begins with them."""
    is_preparing: bool = False
    """The model is being made ready, which takes long when it is compiled; before the first document."""

    @property
    def is_reading(self) -> bool:
        """Whether some files are not found by their words yet."""
        return not (self.by_words_total or self.passages_total) and self.documents < max(1, self.documents_total)

    @property
    def _begun_at(self) -> float:
        """Share of the whole at which this stage begins."""
        if self.passages_total:
            return READING_SHARE + EMBEDDING_SHARE
        return READING_SHARE if self.by_words_total else 0.0

    @property
    def share(self) -> float:
        """Work done, in [0, 1], of the whole sync: by bytes of the files, then by passages, then by their sentences."""
        if self.passages_total:
            done = (1 - READING_SHARE - EMBEDDING_SHARE) * min(1.0, self.passages / self.passages_total)
        elif self.by_words_total:
            done = EMBEDDING_SHARE * (1 - min(1.0, self.by_words / self.by_words_total))
        else:
            total = self.bytes_total + DOCUMENT_BYTES * self.documents_total
            done = READING_SHARE * min(1.0, (self.bytes + DOCUMENT_BYTES * self.documents) / total) if total else 0.0
        return min(1.0, self._begun_at + done)


OnProgress = Callable[[SyncProgress], None]


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync found and did. All paths are relative to the corpus."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    """(old path, new path)"""
    removed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    """(path, reason) of every document that could not be read, those of earlier syncs included."""
    in_part: tuple[tuple[str, str], ...] = ()
    """(path, note) of every document that is indexed, but not all of it; those of earlier syncs included."""
    skipped: tuple[tuple[str, str], ...] = ()
    """(path, reason) of entries that are no documents."""
    embedded: int = 0
    """Passages whose text was new and had to be embedded."""
    documents: int = 0
    """Documents in the index now."""
    passages: int = 0
    """Passages in the index now."""
    rebuilt: str = ""
    """Why everything was built anew, when it was."""
    seconds: float = 0.0

    @property
    def did_something(self) -> bool:
        """Whether the index differs from before."""
        return bool(self.new or self.changed or self.renamed or self.removed or self.rebuilt)

    def __str__(self) -> str:
        parts = [
            f"{len(self.new)} new",
            f"{len(self.changed)} changed",
            f"{len(self.renamed)} renamed",
            f"{len(self.removed)} removed",
            f"{len(self.unchanged)} unchanged",
            f"{len(self.failed)} failed",
        ]
        return (
            f"{self.documents} documents, {self.passages} passages ({', '.join(parts)}; "
            f"{self.embedded} passages embedded in {self.seconds:.1f} s)"
        )
