"""The repair of one index, from the least to the most: files that are derived, rows, the store, all of it.

Whatever is done is said in a line. Killed at any moment, it can be run again: the damaged store stands in its place
until a whole one is put there in one step, and is kept under another name then.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from index.arrays import ArraysDamaged, verify_arrays
from index.checking import Finding, Verdict
from index.checking.database import CheckedStore
from index.checking.findings import NAMED
from index.database import recorded
from index.errors import IndexDamaged, IndexNotWritable
from index.renewal import REPAIRING, delete_unfinished, new_identity
from index.repairing.aside import free_name
from index.repairing.kept import kept_mended
from index.repairing.rows import mend_rows
from index.repairing.salvage import Salvaged, as_long_as_it_was, salvaged
from index.report import SyncReport
from index.schema import WITHOUT_SUMS
from index.writing import WritableStore

__all__ = ["Mend", "repaired"]

OF_NO_STORE = {"folder", "files", "model", "kept"}
"""Findings that are no damage of the store, or are another's to mend: no new store would make them better."""


@dataclass(frozen=True, slots=True)
class Mend:
    """The index to be mended, and what its owner lends to that; the writer's place is held meanwhile."""

    folder: Path
    build: Callable[[Path], SyncReport]
    """Sync the store in a file with the documents."""
    check: Callable[[], Sequence[Finding]]
    say: Callable[[str], None]

    @property
    def database(self) -> Path:
        """The store's file."""
        return self.folder / "index.db"


def repaired(mend: Mend) -> None:
    """Mend what is damaged. Raises `IndexMismatch` for an index of another version, and `IndexNotWritable`."""
    try:
        delete_unfinished(mend.folder)
        kept_mended(mend.folder, mend.say)
        changed = _derived_mended(mend)
        structure = _store_mended(mend)
        if structure:
            mend.say(f"index.db: {structure}")
            _renewed(mend, salvaged)
        elif mend_rows(mend.database, mend.say) or changed or _was_interrupted(mend):
            _built(mend, mend.database)
        wrong = [f for f in mend.check() if f.verdict == Verdict.WRONG and f.name not in OF_NO_STORE]
        if wrong:
            mend.say(f"index.db: {wrong[0].said}; it is built anew from the documents")
            _renewed(mend, lambda _damaged, _store: Salvaged())
    except OSError as error:
        raise IndexNotWritable(
            f"the repair of the index in {mend.folder} could not go on ({error.strerror}): free some disk space or "
            "mend its permissions, then run `footnote check --repair` again; nothing is lost"
        ) from error


def _derived_mended(mend: Mend) -> bool:
    """Delete derived files that are damaged: all of them is in the store."""
    damaged = False
    for path in sorted(mend.folder.glob("*.fn")):
        try:
            verify_arrays(path)
        except (ArraysDamaged, ValueError, KeyError, TypeError) as error:
            path.unlink(missing_ok=True)
            mend.say(f"{path.name}: damaged ({error}); it is made anew from index.db")
            damaged = True
    return damaged


def _store_mended(mend: Mend) -> str:
    """What is wrong with the store as a whole; "" when its rows can be looked at one by one."""
    try:
        if recorded(mend.database).format == WITHOUT_SUMS:
            _built(mend, mend.database)  # which adds them
        with closing(CheckedStore.at(mend.database)) as store:
            problems = store.problems()
    except IndexDamaged as error:
        return str(error).partition(" is damaged ")[2].rpartition(":")[0].strip("()")
    return "; ".join(problems[:NAMED])


def _was_interrupted(mend: Mend) -> bool:
    """Whether documents wait to be read: a repair that was killed took out their damaged rows, and no sync followed."""
    with closing(CheckedStore.at(mend.database)) as store:
        return bool(store.meta("under_way"))


def _renewed(mend: Mend, salvage: Callable[[Path, WritableStore], Salvaged]) -> None:
    """Build a store beside the damaged one, and put it in its place."""
    new = mend.folder / REPAIRING
    try:
        with closing(WritableStore.create(new)) as store, as_long_as_it_was(mend.database) as damaged:
            kept = salvage(damaged, store)
            new_identity(store)
            with store.committing():
                store.set_meta("under_way", "yes")
        mend.say(f"index.db: {kept.documents:,} documents and {kept.vectors:,} vectors of it are whole")
        _built(mend, new)
        with closing(WritableStore.create(new)):  # the last to close it: its log is empty then, and goes
            pass
        _check_that_it_is_whole(new)
        aside = _put_in_place(new, mend.database)
    finally:
        delete_unfinished(mend.folder)
    mend.say(f"index.db: built anew; the damaged file is kept as {aside.name}, to be deleted when all is well")


def _built(mend: Mend, database: Path) -> None:
    report = mend.build(database)
    mend.say(f"{mend.database.name}: {report}")


def _check_that_it_is_whole(new: Path) -> None:
    """SQLite does not say when it could not take the log over into its file, which may be one by halves then."""
    log = new.with_name(f"{new.name}-wal")
    if log.exists() and log.stat().st_size:
        raise OSError(errno.EIO, f"{log.name} was not taken over into its database")


def _put_in_place(new: Path, database: Path) -> Path:
    """One step changes the store; the log of the old one goes first, lest it be played into the new one."""
    aside = free_name(database)
    log = database.with_name(f"{database.name}-wal")
    if log.exists():
        log.replace(aside.with_name(f"{aside.name}-wal"))
    database.with_name(f"{database.name}-shm").unlink(missing_ok=True)
    try:
        os.link(database, aside)
    except OSError:  # not every file system can
        shutil.copyfile(database, aside)
    new.replace(database)
    return aside
