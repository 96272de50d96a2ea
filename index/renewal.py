"""When an index begins anew: made by an older version, told to, or set back behind what was derived from it."""

from __future__ import annotations

import uuid
from pathlib import Path

from index import derived
from index.database import recorded
from index.embedding import Embedder
from index.errors import IndexDamaged, IndexMismatch
from index.room import not_writable
from index.schema import FORMAT_VERSION, WITHOUT_SUMS, format_mismatch, is_older
from index.writing import WritableStore, fold_log

__all__ = [
    "COPY",
    "REPAIRING",
    "check_model",
    "delete_index",
    "delete_unfinished",
    "ensure_identity",
    "new_identity",
    "outdated",
]

REPAIRING, COPY = "index.db.repairing", "index.db.copy"
"""Stores that a repair works at; one that was killed leaves them."""

_SUFFIXES = ("", "-journal", "-shm", "-wal")


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


def check_model(fingerprint: str | None, model: str | None, embedder: Embedder, place: str) -> None:
    """Raise `IndexMismatch` unless an index was made by this model; `place`: where it is ("in ...")."""
    if fingerprint == embedder.fingerprint:
        return
    if model == embedder.name:
        raise IndexMismatch(
            f"the index {place} was made by {fingerprint}, this is {embedder.fingerprint}: name the same --device, or "
            "run `footnote sync` to embed anew"
        )
    raise IndexMismatch(
        f"the index {place} was made with the model {model}, this is {embedder.name}: run `footnote sync --model "
        f"{embedder.name}` to embed the documents with it, or ask with --model {model}"
    )


def delete_unfinished(folder: Path) -> None:
    """Delete what a repair that was killed left behind; whoever calls holds the writer's place. Raises `OSError`."""
    for name in (REPAIRING, COPY):
        for suffix in _SUFFIXES:
            (folder / f"{name}{suffix}").unlink(missing_ok=True)


def delete_index(folder: Path) -> None:
    """Delete the store in `folder` and all that is derived from it. Raises `IndexNotWritable`."""
    # The database goes before its log, which an open page shares as long as it has the database's name: killed in
    # between, what is left of the log is deleted before the next database is made, or it would be played into it.
    fold_log(folder / "index.db")
    databases = [folder / f"index.db{suffix}" for suffix in _SUFFIXES]
    try:
        for path in [*folder.glob("vectors*.fn*"), *folder.glob("lexical*.fn*"), *databases]:
            path.unlink(missing_ok=True)
        delete_unfinished(folder)
    except OSError as error:
        raise not_writable(folder, error) from error


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
