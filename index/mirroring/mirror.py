"""A copy of the documents at an address, brought in step with it; and when it is worth doing so again."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from threading import Event

from index.embedding.cache import cache_folder
from index.errors import CorpusAway, IndexNotWritable
from index.mirroring.address import Address
from index.mirroring.downloads import downloaded
from index.mirroring.journal import Entry, Journal
from index.mirroring.keys import Chosen, chosen
from index.mirroring.polling import polled, seconds_between
from index.mirroring.remote import Found, Remote, away, remote_of
from index.reading import ReadingLimits
from index.report import OnProgress, SyncProgress, SyncReport
from index.room import free_there
from index.sync import is_readable
from index.watching import Notice
from index.writer import writing

__all__ = ["MIRRORS", "Followed", "Mirror"]

MIRRORS = "FOOTNOTE_MIRROR"
"""Variable of the environment that names the folder of all copies; else it is in the cache."""

ARRIVING = "arriving"
"""Folder of downloads that have not all their bytes yet."""

TOLD_EACH = 100
"""Objects listed between two tellings of how many there are."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What bringing a copy in step did not do: (key, why) each."""

    failed: tuple[tuple[str, str], ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()

    def told_in(self, report: SyncReport) -> SyncReport:
        """The report of the sync that followed, with these."""
        failed = dict(self.failed) | dict(report.failed)
        return replace(
            report, failed=tuple(sorted(failed.items())), skipped=tuple(sorted({*report.skipped, *self.skipped}))
        )


class Mirror:
    """The copy of one address. Threads and processes may share it: one at a time brings it in step."""

    def __init__(self, address: Address, remote: Remote | None = None) -> None:
        """`remote`: the storage, when it is not the one that the address names. Raises `SettingError`."""
        seconds_between()  # said now, and not when it is first needed
        self.address = address
        self.folder = mirrors_folder() / address.digest
        self.documents = self.folder / "documents" / address.folder
        self.index = self.folder / "index"
        self._given = remote
        self._seen = b""
        with suppress(OSError):  # said when it is to be written
            self._make()

    def follow(self, tell: OnProgress, *, rebuild: bool = False) -> Followed:
        """Bring the copy in step. `rebuild`: also with an address below which there is nothing any more.

        Raises `CorpusAway` when not all of the storage could be listed, or nothing is there: then nothing was deleted.
        Raises `CorpusError`, `IndexLocked` while another process does the same, `IndexNotWritable`, `SettingError`.
        """
        most_bytes = ReadingLimits.from_environment().file_bytes
        try:
            self._make()
            with writing(self.address.where, self.folder):
                return self._followed(tell, most_bytes, rebuild=rebuild)
        except OSError as error:
            raise self._not_writable(error) from error

    def changes(self, stop: Event, say: Notice) -> Iterator[None]:
        """Yield at once, then whenever the listing differs from the one that was followed last, until `stop` is set.

        `say` gets one line for a person when the storage cannot be read, and when it can be again.
        """
        return polled(self._look, stop, say, f"{self.address.where} can be read again")

    def _look(self) -> bool:
        """Whether the storage differs from what was followed last."""
        return _digest(sorted(self._remote.listed())) != self._seen

    def _followed(self, tell: OnProgress, most_bytes: int, *, rebuild: bool) -> Followed:
        tell(SyncProgress(f"looking through {self.address}"))
        listed: list[Found] = []
        for found in self._remote.listed():  # to the end, before anything is changed
            listed.append(found)
            if len(listed) % TOLD_EACH == 0:
                tell(SyncProgress(f"looking through {self.address}: {len(listed):,} objects"))
        with Journal(self.folder / "journal.jsonl") as journal:
            known = journal.entries()
            if not listed and not (rebuild and known):
                raise self._nothing_there(len(known))
            result = chosen(listed, is_readable, most_bytes)
            self._take_away(result)
            kept, due = self._compared(result, known)
            self._check_room(due)
            failed, gone = self._download(due, journal, kept, tell, most_bytes)
            for key in gone:
                (self.documents / key).unlink(missing_ok=True)
            if kept != known:
                journal.rewrite(kept)
        self._seen = _digest(sorted(listed))
        return Followed(tuple(sorted([*result.failed, *failed])), tuple(result.skipped))

    def _compared(self, result: Chosen, known: dict[str, Entry]) -> tuple[dict[str, Entry], list[Found]]:
        """What is here already, and what has to be downloaded."""
        kept: dict[str, Entry] = {}
        due: list[Found] = []
        for key, found in result.wanted.items():
            entry = known.get(key)
            if entry and entry.is_of(self.documents / key):
                kept[key] = entry
            if key not in kept or kept[key].stamp != found.stamp:
                due.append(found)
        return kept, due

    def _download(
        self, due: list[Found], journal: Journal, kept: dict[str, Entry], tell: OnProgress, most_bytes: int
    ) -> tuple[list[tuple[str, str]], list[str]]:
        """Put the objects `due` into the copy, and into `kept`.

        (key, why) of those that stay as they were, and those that are gone since they were listed.
        """
        failed: list[tuple[str, str]] = []
        gone: list[str] = []
        for number, done in enumerate(downloaded(self._remote, due, self._arriving(), most_bytes), start=1):
            tell(SyncProgress(f"downloading from {self.address}: {number:,} of {len(due):,} objects"))
            if done.file is None:
                failed += [(done.key, done.why)] if done.why else []
                if not done.why:
                    gone.append(done.key)
                    kept.pop(done.key, None)
                continue
            status, target = done.file.stat(), self.documents / done.key
            entry = Entry(done.stamp, status.st_size, status.st_mtime_ns)
            target.parent.mkdir(parents=True, exist_ok=True)
            journal.add(done.key, entry)
            done.file.replace(target)
            kept[done.key] = entry
        return failed, gone

    def _take_away(self, result: Chosen) -> None:
        """Delete what is no document of the storage, and folders that are empty then."""
        for folder, folders, files in os.walk(self.documents, topdown=False):
            for name in files:
                path = Path(folder, name)
                if path.relative_to(self.documents).as_posix() not in result.wanted:
                    path.unlink()
            for name in folders:
                path = Path(folder, name)
                if path.is_symlink():
                    path.unlink()
                else:
                    with suppress(OSError):  # it has documents
                        path.rmdir()

    def _check_room(self, due: list[Found]) -> None:
        """Raise `IndexNotWritable` rather than fill the disk."""
        needed = sum(found.size for found in due)
        if needed > shutil.disk_usage(self.folder).free:
            raise self._full(f"{needed / 1e6:,.0f} MB are to be downloaded{free_there(self.folder)}")

    def _arriving(self) -> Path:
        """An empty folder for downloads: what a process that was killed left in it is deleted."""
        folder = self.folder / ARRIVING
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(exist_ok=True)
        return folder

    def _make(self) -> None:
        """Make the folders; in the cache for this account only. Raises `OSError`."""
        if not self.documents.is_dir():
            is_private = not os.environ.get(MIRRORS)
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700 if is_private else 0o777)
            self.documents.mkdir(parents=True, exist_ok=True)
            (self.folder / "address.txt").write_text(f"{self.address.where}\n", "utf-8")

    @cached_property
    def _remote(self) -> Remote:
        return self._given or remote_of(self.address)

    def _nothing_there(self, before: int) -> CorpusAway:
        if before:
            return away(
                self.address,
                f"no object is below it any more, and {before:,} {'was' if before == 1 else 'were'}; when they were "
                "deleted on purpose, run `footnote sync --rebuild`",
            )
        return CorpusAway(f"there are no objects below {self.address.where}: check the address, it is case-sensitive")

    def _not_writable(self, error: OSError) -> IndexNotWritable:
        return self._full(f"{error.strerror or error}{free_there(self.folder)}")

    def _full(self, why: str) -> IndexNotWritable:
        return IndexNotWritable(
            f"the copy of {self.address.where} in {self.folder} cannot be written ({why}): free some disk space, or "
            f"name another folder in {MIRRORS}; what was downloaded is kept"
        )


def mirrors_folder() -> Path:
    """Where the copies of all addresses are kept."""
    chosen_folder = os.environ.get(MIRRORS, "").strip()
    return Path(chosen_folder).expanduser().absolute() if chosen_folder else cache_folder() / "mirrors"


def _digest(listed: list[Found]) -> bytes:
    return hashlib.sha256("\n".join(map(repr, listed)).encode("utf-8", "surrogatepass")).digest()
