"""Damaged rows of a store that is sound otherwise: documents are read again, vectors made again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from index.checking.database import CheckedStore
from index.checking.rows import Row
from index.renewal import new_identity
from index.writing import WritableStore

__all__ = ["mend_rows"]

DOCUMENT_OF = {"documents": 0, "texts": 0, "passages": 1}
"""Which column of a table names the document."""


def mend_rows(database: Path, say: Callable[[str], None]) -> bool:
    """Take out the rows that differ from their checksums, so that a sync makes them anew; False when there are none."""
    with closing(CheckedStore.at(database)) as checked:
        damaged = checked.damaged_rows()
        documents = _documents(damaged)
        paths = checked.paths_of(documents)
    if not damaged:
        return False
    with closing(WritableStore.create(database)) as store:
        with store.committing():
            store.set_meta("under_way", "yes")  # the sync looks at all passages and vectors
            for document in documents:
                store.remove(document)
            for table in ("vectors", "sentences", "removed"):
                store.delete_rows(table, [row.number for row in damaged.get(table, ())])
        if "removed" in damaged:  # who knows what derived files should have left out
            new_identity(store)
    for document in documents:
        say(f"index.db: what it holds of {paths.get(document, f'document {document}')} is damaged; it is read again")
    for table, what in (("vectors", "vectors"), ("sentences", "sentence vectors of passages")):
        if table in damaged:
            say(f"index.db: {len(damaged[table]):,} {what} are damaged; they are made again")
    if "removed" in damaged:
        say("index.db: the list of removed passages is damaged; what is derived is made again")
    return True


def _documents(damaged: Mapping[str, Sequence[Row]]) -> list[int]:
    """The documents that damaged rows belong to. Their numbers are right: SQLite's indexes agree with them."""
    found: set[int] = set()
    for table, column in DOCUMENT_OF.items():
        found.update(row.values[column] for row in damaged.get(table, ()))
    return sorted(found)
