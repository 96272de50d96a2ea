"""What stands in the folder: documents are listed, added, taken out and put back."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from index.listing import Held, Listing, listing
from index.removal import RemovalError, Removals, Removed
from index.uploads import Upload, UploadError, store_uploads

__all__ = ["Holdings"]


class Holdings:
    """The documents of the folder `corpus`. Threads may share it."""

    def __init__(self, corpus: Path, index: Path, held: Callable[[Held], Held], source: str = "") -> None:
        """`index`: where removed documents are kept. `held`: what the index holds now, given what it held before.

        `source`: address that the folder is a copy of: then nothing is added to it or taken out, as the next sync would
        undo that.
        """
        self._corpus, self._of_index, self._source = corpus, held, source
        self._removals = Removals(corpus, index)
        self._held = Held()

    @property
    def is_there(self) -> bool:
        """False while the folder is moved away or unmounted."""
        return self._corpus.is_dir()

    @property
    def is_empty(self) -> bool:
        """Whether the index holds no document. Raises `StoreError`."""
        self._held = self._of_index(self._held)
        return not self._held.documents

    def listing(self) -> Listing:
        """The documents that were read, and those that wait to be. Raises `StoreError`."""
        self._held = found = self._of_index(self._held)
        return listing(self._corpus, found)

    def add(self, files: Iterable[tuple[Path, str]]) -> list[Upload | UploadError]:
        """Store files under the names they were given; what became of each, in order."""
        if self._source:
            why = f"was not stored: the documents are those at {self._source}; put it there, and the next sync finds it"
            return [UploadError(f"{name} {why}") for _, name in files]
        return store_uploads(self._corpus, files)

    def remove(self, path: str) -> Removed:
        """Take a document out of the folder; `restore` puts it back. Raises `RemovalError`."""
        if self._source:
            raise RemovalError(
                f"{path} was not removed: the documents are those at {self._source}; delete it there, and the next "
                "sync takes it off the list"
            )
        return self._removals.remove(path)

    def restore(self, key: str) -> Removed:
        """Put a removed document back. Raises `RemovalError`."""
        return self._removals.restore(key)

    def removed(self) -> list[Removed]:
        """The documents that can be put back, the latest first."""
        return self._removals.listed()
