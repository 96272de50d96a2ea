"""Documents taken out of the folder, and put back: a removed file is moved, never deleted.

    remove     reports/aid.pdf  ->  <index>/.removed/20261125-021314-1f3a9c04/reports/aid.pdf
    restore    the other way, never over a document that stands there by now

The name of the index's subfolder begins with a dot, so that no sync reads it, wherever the index is kept. The
document has its new name before it loses the old one, on another file system as a copy that is complete and on disk:
killed in between, it stands twice, and is never lost.
"""

from __future__ import annotations

import calendar
import errno
import os
import re
import shutil
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import uuid4

from index.errors import CorpusError, FootnoteError
from index.inside import Inside, inside
from index.scanning import FileFacts, scan, shown
from index.sync import is_readable

__all__ = ["RemovalError", "Removals", "Removed"]

REMOVED_FOLDER = ".removed"

LISTED = 50
"""Removed documents that are listed, the latest first."""

_NO_WAIT = getattr(os, "O_NONBLOCK", 0)
"""A pipe without a writer is not waited for."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL

_KEY = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")


class RemovalError(FootnoteError):
    """A document was not removed or not put back; the message says why, and what can be done."""


@dataclass(frozen=True, slots=True)
class Removed:
    """A document that was taken out of the folder."""

    key: str
    """Names it to `restore`."""
    path: str
    """Where it stood, below the corpus."""
    removed_at: float
    """Seconds since 1970."""


class Removals:
    """The documents that were taken out of the folder `corpus`, kept in the index's folder."""

    def __init__(self, corpus: Path, index: Path) -> None:
        self._corpus, self._index, self._folder = corpus, index, index / REMOVED_FOLDER

    def remove(self, path: str) -> Removed:
        """Take the document out of the folder. `path`: as it is listed; nothing else is ever touched.

        Raises `RemovalError`.
        """
        facts = self._document(path)
        key = _key(time.time())
        name = os.fsdecode(facts.name)
        kept = f"{REMOVED_FOLDER}/{key}/{name}"
        try:
            self._index.mkdir(parents=True, exist_ok=True)
            with inside(self._corpus, name) as source, inside(self._index, kept, make=True) as target:
                _move(source, target)
        except OSError as error:
            self._tidy((self._index / kept).parent, self._folder)
            raise RemovalError(
                f"{path} was not removed ({error.strerror}): check the permissions of the folder, or delete it there"
            ) from error
        return Removed(key, path, _seconds(key))

    def restore(self, key: str) -> Removed:
        """Put a removed document back where it stood, unless something stands there by now. Raises `RemovalError`."""
        removed = next((found for found in self._kept() if found[0].key == key), None) if _KEY.fullmatch(key) else None
        if removed is None:
            raise RemovalError(
                "this document is not among the removed ones any more: it may have been put back already"
            )
        entry, kept, name = removed
        target = self._corpus / name
        if self._leaves_the_folder(target.parent):
            raise RemovalError(f"{entry.path} was not put back: its folder is a link now; the file is kept in {kept}")
        try:
            below = str(kept.relative_to(self._index))
            with inside(self._index, below) as source, inside(self._corpus, name, make=True) as to:
                _move(source, to)
        except FileExistsError as error:
            raise RemovalError(
                f"{entry.path} was not put back: another document stands there now; rename that one, then try again"
            ) from error
        except OSError as error:
            raise RemovalError(
                f"{entry.path} was not put back ({error.strerror}): check the permissions of the folder; "
                f"the file is kept in {kept}"
            ) from error
        self._tidy(kept.parent, self._folder)
        return entry

    def listed(self) -> list[Removed]:
        """The documents that can be put back, the latest first; at most `LISTED`."""
        found = []
        for entry, _, _ in self._kept():
            found.append(entry)
            if len(found) == LISTED:
                break
        return found

    def _document(self, path: str) -> FileFacts:
        """The file that is listed under `path`: a walk that follows no link found it below the corpus."""
        try:
            named = [facts for facts in scan(self._corpus, is_readable).files.values() if facts.path == path]
        except CorpusError as error:
            raise RemovalError(f"{path} was not removed: {error}") from error
        if not named:
            raise RemovalError(f"{path} is not in the folder any more: sync, and it leaves the list")
        if len(named) > 1:
            raise RemovalError(f"{path} was not removed: two files are listed under this name; delete it in the folder")
        return named[0]

    def _leaves_the_folder(self, parent: Path) -> bool:
        return parent.resolve() != self._corpus.resolve() / parent.relative_to(self._corpus)

    def _kept(self) -> Iterator[tuple[Removed, Path, str]]:
        """Every removed document, the latest first: with the file, and its name below the corpus.

        A link is none of ours: it would list, and "put back" would take away, what stands where it leads.
        """
        try:
            found = [] if self._folder.is_symlink() else list(self._folder.iterdir())
            keys = sorted((f.name for f in found if _KEY.fullmatch(f.name) and not f.is_symlink()), reverse=True)
        except OSError:
            return
        for key in keys:
            for folder, _, files in os.walk(self._folder / key):
                for file in files:
                    kept = Path(folder, file)
                    if stat.S_ISREG(kept.lstat().st_mode) and not file.startswith(_ARRIVING):
                        name = str(kept.relative_to(self._folder / key))
                        yield Removed(key, shown(os.fsencode(name)), _seconds(key)), kept, name

    def _tidy(self, folder: Path, root: Path) -> None:
        """Take away the folders that a document left empty behind."""
        with suppress(OSError):
            while folder != root:
                folder.rmdir()
                folder = folder.parent


_ARRIVING = ".arriving-"
"""How a name begins that a file has while it is copied; no sync reads it."""


def _move(source: Inside, target: Inside) -> None:
    """Move a file, never over another one: `FileExistsError` when something stands there."""
    try:
        os.link(source.name, target.name, src_dir_fd=source.folder, dst_dir_fd=target.folder, follow_symlinks=False)
    except FileExistsError:
        raise
    except OSError:  # another file system, or one without links
        _copy(source, target)
    try:
        _check_regular(target)
        _unlink(source)
    except OSError:
        _unlink(target)
        raise


def _copy(source: Inside, target: Inside) -> None:
    arriving = target.beside(f"{_ARRIVING}{uuid4().hex}")
    try:
        _check_regular(source)
        with _opened(source, os.O_RDONLY | _NO_WAIT) as old, _opened(arriving, _NEW) as new:
            shutil.copyfileobj(old, new)
            status = os.fstat(old.fileno())
            os.fchmod(new.fileno(), stat.S_IMODE(status.st_mode))
            new.flush()
            os.utime(arriving.name, ns=(status.st_atime_ns, status.st_mtime_ns), dir_fd=arriving.folder)
            os.fsync(new.fileno())
        os.close(os.open(target.name, _NEW, dir_fd=target.folder))  # holds the name until the move
        os.replace(arriving.name, target.name, src_dir_fd=arriving.folder, dst_dir_fd=target.folder)
    finally:
        with suppress(FileNotFoundError):
            _unlink(arriving)


def _opened(file: Inside, flags: int) -> IO[bytes]:
    descriptor = os.open(file.name, flags | getattr(os, "O_NOFOLLOW", 0), 0o600, dir_fd=file.folder)
    return os.fdopen(descriptor, "rb" if flags & os.O_ACCMODE == os.O_RDONLY else "wb")


def _check_regular(file: Inside) -> None:
    """Raise `OSError` for what took the place of a file since it was found."""
    if not stat.S_ISREG(os.stat(file.name, dir_fd=file.folder, follow_symlinks=False).st_mode):
        raise OSError(errno.EINVAL, "it is no file any more")


def _unlink(file: Inside) -> None:
    os.unlink(file.name, dir_fd=file.folder)


def _key(now: float) -> str:
    """A name that no other removal has, in order of time: 1795572794.5 -> "20261125-021314-1f4c09a4"."""
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(now))}-{int(now % 1 * 1000):03x}{uuid4().hex[:5]}"


def _seconds(key: str) -> float:
    """When it was removed, as its key tells it; 0 for a key that names no time."""
    try:
        return float(calendar.timegm(time.strptime(key[:15], "%Y%m%d-%H%M%S")))
    except ValueError:
        return 0.0
