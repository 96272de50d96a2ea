"""The index beside a folder, as something that is moved (`index.moving`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

from index import derived
from index.database import missing_index, readable
from index.folder import Index
from index.moving import refuse_other
from index.renewal import ensure_identity
from index.room import make_folder
from index.store import Store
from index.writer import writing
from index.writing import WritableStore

__all__ = ["OfFolder"]


@dataclass(frozen=True, slots=True)
class OfFolder:
    """What `index.moving.Kept` says."""

    index: Index

    @contextmanager
    def source(self) -> Iterator[Store]:
        """What is in it, held still for the length of the `with` block."""
        if not self.index.exists:
            raise missing_index(self.index.folder)
        database = self.index.folder / "index.db"
        with readable(database), closing(Store.open(database)) as store, store.reading():
            yield store

    @contextmanager
    def target(self, dimension: int, *, passages: int, only_if_empty_or_of: str) -> Iterator[WritableStore]:
        """To be written into; only if there is nothing, or what a model of that fingerprint made."""
        index, database = self.index, self.index.folder / "index.db"
        make_folder(index.folder)
        with writing(index.corpus, index.folder), readable(database), closing(WritableStore.create(database)) as store:
            refuse_other(store.meta("fingerprint"), only_if_empty_or_of, f"the folder {index.folder}")
            ensure_identity(store, index.folder)
            yield store
            derived.saved(derived.empty(dimension), store, index.folder)
