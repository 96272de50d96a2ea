"""The folder watched: when the documents in it change, so that a sync can follow.

Events say only that it is worth looking. What is found is compared with what was found before, so that neither hidden
files nor the index itself set off a sync, and an event that never came is made up for by the next look.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from index.errors import CorpusError
from index.scanning import FileFacts, check_corpus, scan
from index.sync import is_readable

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

__all__ = ["FolderNotice", "Notice", "changes"]

QUIET_SECONDS = 0.5
"""Changes are told once nothing more has changed for this long: a program that saves writes several times."""

LONGEST_SECONDS = 5.0
"""... but a steady stream of writes holds them back no longer than this."""

ROOT_SECONDS = 2.0
"""How often to see whether the folder itself is still there: an unmounted one tells no events."""

LOOK_SECONDS = 30.0
"""How often to look without an event: network folders tell none of what other machines write."""

POLL_SECONDS = 3.0
"""The same where the system cannot watch the folders."""

LOOK_SHARE = 0.05
"""Of the time spent looking without an event, at most: a look at a large folder makes the next one wait longer."""

TRIES = 5
"""Times that folders which come and go while they are looked at are looked at again."""

MEND = "On Linux, fs.inotify.max_user_watches and max_user_instances may be too low; names must be UTF-8."

Notice = Callable[[str], None]


class FolderNotice(str):
    """A line for a person that says that the folder is gone, or back."""

    is_gone: bool

    def __new__(cls, line: str, *, is_gone: bool) -> FolderNotice:
        """The line; a program is told by `is_gone`."""
        made = super().__new__(cls, line)
        made.is_gone = is_gone
        return made


@dataclass(frozen=True, slots=True)
class _Look:
    """What a walk through the folder found."""

    identity: tuple[int, int]
    files: dict[bytes, FileFacts]
    folders: frozenset[bytes]
    seconds: float


def changes(corpus: Path, *, index: Path, stop: Event, say: Notice) -> Iterator[None]:
    """Yield once when watching has begun, then whenever documents have changed, until `stop` is set.

    What changes while the caller is at work is told next, so nothing is lost between a sync and the following one.
    `index`: where the index is kept, which is no part of the documents. `say` gets one line for a person when
    something stands in the way: the folder is gone, or it can only be looked at now and then. Raises `CorpusError` when
    it is not there at the start.
    """
    check_corpus(corpus)
    folder = _Watched(corpus, index, stop, say)
    known: _Look | None = None
    while not stop.is_set():
        found = folder.look(known)
        if found and (known is None or found.files != known.files):
            known = found
            yield
        else:
            known = found or known
            folder.wait(found)


class _Watched:
    """The folder with the system's events for it, as long as it gives any."""

    def __init__(self, corpus: Path, index: Path, stop: Event, say: Notice) -> None:
        self._corpus, self._stop, self._say = corpus, stop, say
        self._index = _below(corpus, index)
        self._events: RustNotify | None = None
        self._watched: tuple[tuple[int, int], frozenset[bytes]] | None = None
        self._is_gone = self._only_looks = False

    def look(self, known: _Look | None) -> _Look | None:
        """What is in the folder, all of which is watched from now on; None while the folder is gone."""
        for _ in range(TRIES):
            found = self._found()
            self._tell_of(gone := found is None or _is_left_behind(found, known))
            if found is None or gone:
                self._watched = self._events = None
                return None
            if self._only_looks or self._watched == (found.identity, found.folders):
                return found
            self._watch(found)  # and look again: what came before the events began told none
        return found

    def wait(self, found: _Look | None) -> None:
        """Return when it is worth looking again, or `stop` is set. `found`: the latest look."""
        every = POLL_SECONDS if self._events is None else LOOK_SECONDS
        until = time.monotonic() + (max(every, found.seconds / LOOK_SHARE) if found else ROOT_SECONDS)
        while (left := until - time.monotonic()) > 0 and not self._stop.is_set():
            if self._has_changed(min(left, ROOT_SECONDS)) or (found and _identity(self._corpus) != found.identity):
                return

    def _has_changed(self, seconds: float) -> bool:
        """Whether an event came, and then some quiet, within about `seconds`."""
        if self._events is None:
            self._stop.wait(seconds)
            return False
        try:
            told = self._events.watch(_ms(LONGEST_SECONDS), _ms(QUIET_SECONDS), _ms(seconds), self._stop)
        except RuntimeError as error:  # an event of a file whose name is no text
            self._only_look(error)
            return True
        if told == "signal":
            raise KeyboardInterrupt
        return isinstance(told, set)

    def _found(self) -> _Look | None:
        started = time.monotonic()
        identity = _identity(self._corpus)
        try:
            found = scan(self._corpus, is_readable)
        except (CorpusError, OSError):
            return None
        if identity is None or identity != _identity(self._corpus) or b"" not in found.folders:
            return None  # gone, or another one came in between
        files = {name: facts for name, facts in found.files.items() if not self._is_of_index(name)}
        folders = frozenset(name for name in found.folders if not self._is_of_index(name))
        return _Look(identity, files, folders, time.monotonic() - started)

    def _is_of_index(self, name: bytes) -> bool:
        return self._index is not None and (name == self._index or name.startswith(self._index + b"/"))

    def _watch(self, found: _Look) -> None:
        """Begin to get events of the folders that were found, each by itself: links in them are not followed."""
        from watchfiles._rust_notify import RustNotify

        self._watched = self._events = None
        one_by_one = sys.platform == "linux"  # elsewhere the system watches a whole tree at once, and follows no links
        names = found.folders if one_by_one else [b""]
        paths = [str(self._corpus / os.fsdecode(name)) for name in names]
        try:
            self._events = RustNotify(paths, False, False, 0, not one_by_one, False)
        except FileNotFoundError:
            return  # gone since it was found
        except (OSError, RuntimeError, UnicodeEncodeError) as error:
            self._only_look(error)
            return
        self._watched = (found.identity, found.folders)

    def _only_look(self, error: Exception) -> None:
        """Do without events from now on."""
        self._only_looks, self._watched, self._events = True, None, None
        reason = str(error).split(" about [")[0].rstrip(".")
        self._say(
            f"the system cannot watch {self._corpus} ({reason}): looking for changes every few seconds instead. {MEND}"
        )

    def _tell_of(self, gone: bool) -> None:
        if gone and not self._is_gone:
            line = f"the folder {self._corpus} is gone: the index stays as it is until the folder is back"
            self._say(FolderNotice(line, is_gone=True))
        if self._is_gone and not gone:
            self._say(FolderNotice(f"the folder {self._corpus} is back", is_gone=False))
        self._is_gone = gone


def _is_left_behind(found: _Look, known: _Look | None) -> bool:
    """Whether this is what an unmounted folder leaves: an empty one in its place. Its documents are not deleted."""
    return known is not None and found.identity != known.identity and bool(known.files) and not found.files


def _identity(folder: Path) -> tuple[int, int] | None:
    """Which folder stands at a path, so that another one in its place is seen; None when there is none."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _below(corpus: Path, index: Path) -> bytes | None:
    """The name of the index's folder below the corpus, as a scan names it; None when it lies elsewhere."""
    try:
        return os.fsencode(index.resolve().relative_to(corpus.resolve()).as_posix())
    except ValueError:
        return None


def _ms(seconds: float) -> int:
    return max(1, round(seconds * 1000))
