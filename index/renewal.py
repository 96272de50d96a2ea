"""When an index begins anew: made by an older version, told to, or set back behind what was derived from it."""

from __future__ import annotations

import uuid
from pathlib import Path

from index import derived
from index.database import recorded
from index.errors import IndexDamaged, IndexNotWritable
from index.schema import FORMAT_VERSION, WITHOUT_SUMS, format_mismatch, is_older
from index.writing import WritableStore

__all__ = ["delete_index", "ensure_identity", "new_identity", "outdated"]


def outdated(database: Path, *, rebuild: bool) -> str:
    """Why an older index has to be built anew; "" when it need not be.

    Raises `IndexMismatch` for a newer one and `IndexDamaged` for a damaged one, unless it is to be rebuilt.
    """
    try:
        found = recorded(database).format
    except IndexDamaged:
        if rebuild:
            return ""
        raise
    if is_older(found) and found != WITHOUT_SUMS:
        return f"the index was of format {found}, this Footnote keeps format {FORMAT_VERSION}"
    if not rebuild and found not in {None, WITHOUT_SUMS, str(FORMAT_VERSION)}:
        raise format_mismatch(found)
    return ""


def delete_index(folder: Path) -> None:
    """Delete the store in `folder` and all that is derived from it. Raises `IndexNotWritable`."""
    # The log (-wal) goes before its database: left behind, it would be played into the next one.
    databases = [folder / f"index.db{suffix}" for suffix in ("-wal", "-shm", "-journal", "")]
    try:
        for path in [*databases, *folder.glob("*.fn")]:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise IndexNotWritable(
            f"the old index in {folder} cannot be deleted ({error.strerror}): mend its permissions, or keep "
            "the index elsewhere with --index PATH"
        ) from error


def ensure_identity(store: WritableStore, folder: Path) -> None:
    """Give a new store a name of its own, which its derived files carry; one that was set back gets another.

    A store is set back when the end of its log was lost, or a copy of it was put back: it will count again changes and
    passages that derived files know already, and mean others.
    """
    if store.meta("store") is None or derived.latest_change(folder, store.identity()) > store.change():
        new_identity(store)


def new_identity(store: WritableStore) -> None:
    """Another name for the store: all that was derived from it is made anew."""
    with store.committing(visible=False):
        store.set_meta("store", uuid.uuid4().hex)
