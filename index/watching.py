"""The folder watched: when the documents in it change, so that a sync can follow.

Events say only where it is worth looking: at the files they name, and at the whole folder when folders come and go.
What is found is compared with what was found before, so that neither hidden files nor the index itself set off a sync,
and an event that never came is made up for by the next look at the whole folder.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from index.errors import CorpusError
from index.scanning import FileFacts, Scan, check_corpus, scan
from index.sync import is_readable

if TYPE_CHECKING:
    from watchfiles._rust_notify import RustNotify

__all__ = ["Changed", "FolderNotice", "Notice", "changes"]

Changed = frozenset[str] | None
"""Names below the corpus of the documents that are new, changed or gone; None: all of them may be."""

NAMED = 1_000
"""Changed documents that are told by name: with more, looking at all of the folder takes no longer."""

QUIET_SECONDS = 0.5
"""Changes are told once nothing more has changed for this long: a program that saves writes several times.

Where they are only looked for, they are told at once, and looked for again after this long.
"""

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
    files: dict[bytes, int]
    """By name, what differs when the file has changed."""
    folders: frozenset[bytes]
    seconds: float

    def changed_since(self, known: _Look | None) -> Changed:
        """Which documents differ from those of an earlier look."""
        if known is None:
            return None
        before, now = known.files, self.files
        names = {name for name, stamp in now.items() if before.get(name) != stamp} | (before.keys() - now.keys())
        return frozenset(map(os.fsdecode, names)) if len(names) <= NAMED else None

    def has_lost(self, known: _Look) -> bool:
        """Whether documents of an earlier look are missing."""
        return not known.files.keys() <= self.files.keys()


def changes(corpus: Path, *, index: Path, stop: Event, say: Notice) -> Iterator[Changed]:
    """Yield once when watching has begun, then whenever documents have changed, until `stop` is set: which ones.

    What changes while the caller is at work is told next, so nothing is lost between a sync and the following one.
    `index`: where the index is kept, which is no part of the documents. `say` gets one line for a person when
    something stands in the way: the folder is gone, or it can only be looked at now and then. Raises `CorpusError` when
    it is not there at the start.
    """
    check_corpus(corpus)
    folder = _Watched(corpus, index, stop, say)
    known: _Look | None = None
    told: Changed = None
    while not stop.is_set():
        found = folder.look_at(told, known) or folder.look(known)
        if found and known and not folder.has_events and found.has_lost(known):
            found = folder.look(known)  # a walk in the middle of a rename may have met neither of the names
        if found and (known is None or found.files != known.files):
            changed, known = found.changed_since(known), found
            yield changed
            if not folder.has_events:  # nothing tells what came meanwhile, nor whether more is on its way
                told = None
                stop.wait(QUIET_SECONDS)
                continue
        known = found or known
        told = folder.wait(found)


class _Watched:
    """The folder with the system's events for it, as long as it gives any."""

    def __init__(self, corpus: Path, index: Path, stop: Event, say: Notice) -> None:
        self._corpus, self._stop, self._say = corpus, stop, say
        self._index = _below(corpus, index)
        self._events: RustNotify | None = None
        self._watched: tuple[tuple[int, int], frozenset[bytes]] | None = None
        self._is_gone = self._only_looks = False
        self._looked = 0.0

    @property
    def has_events(self) -> bool:
        """Whether what happens is told, also while nobody waits for it."""
        return self._events is not None

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

    def look_at(self, told: Changed, known: _Look | None) -> _Look | None:
        """What is in the folder where only the files `told` may differ from `known`; None: all must be looked at."""
        if told is None or known is None or self._watched != (known.identity, known.folders):
            return None
        names = {name for name in map(os.fsencode, told) if not self._is_of_index(name)}
        if not names:
            return known
        if not names.isdisjoint(known.folders):
            return None
        try:
            found = scan(self._corpus, is_readable, map(os.fsdecode, names))
        except (CorpusError, OSError):
            return None
        if found.folders or found.unlisted or _identity(self._corpus) != known.identity:
            return None
        files = known.files.copy()
        for name in names:
            files.pop(name, None)
        return replace(known, files=files | self._stamps(found))

    def wait(self, found: _Look | None) -> Changed:
        """Return when it is worth looking again, or `stop` is set: where events told to look, None for everywhere.

        `found`: the latest look.
        """
        every = POLL_SECONDS if self._events is None else LOOK_SECONDS
        # From the last look at everything: events of single files must not put off the next one.
        until = self._looked + max(every, found.seconds / LOOK_SHARE) if found else time.monotonic() + ROOT_SECONDS
        while (left := until - time.monotonic()) > 0 and not self._stop.is_set():
            told = self._told(min(left, ROOT_SECONDS))
            if told != frozenset() or (found and _identity(self._corpus) != found.identity):
                return told or None
        return None

    def _told(self, seconds: float) -> Changed:
        """What events, and then some quiet, told within about `seconds`: nothing if none came, None for anything."""
        if self._events is None:
            self._stop.wait(seconds)
            return frozenset()
        try:
            told = self._events.watch(_ms(LONGEST_SECONDS), _ms(QUIET_SECONDS), _ms(seconds), self._stop)
        except RuntimeError as error:  # an event of a file whose name is no text
            self._only_look(error)
            return None
        if told == "signal":
            raise KeyboardInterrupt
        return self._names(told) if isinstance(told, set) else frozenset()

    def _names(self, told: set[tuple[int, str]]) -> Changed:
        """Names below the corpus of what events told of; None when one of them is none."""
        root = f"{self._corpus}{os.sep}"
        if all(path.startswith(root) for _, path in told):
            return frozenset(path[len(root) :] for _, path in told)
        return None

    def _found(self) -> _Look | None:
        started = self._looked = time.monotonic()
        identity = _identity(self._corpus)
        try:
            found = scan(self._corpus, is_readable)
        except (CorpusError, OSError):
            return None
        if identity is None or identity != _identity(self._corpus) or b"" not in found.folders:
            return None  # gone, or another one came in between
        files = self._stamps(found)
        folders = frozenset(name for name in found.folders if not self._is_of_index(name))
        return _Look(identity, files, folders, time.monotonic() - started)

    def _stamps(self, found: Scan) -> dict[bytes, int]:
        """The documents in one number each: 100,000 take 17 MB."""
        return {name: _stamp(facts) for name, facts in found.files.items() if not self._is_of_index(name)}

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


def _stamp(facts: FileFacts) -> int:
    """Size and times in one number; times before 1970 are below 0."""
    return (facts.size << 128) + (facts.mtime_ns << 64) + facts.ctime_ns


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
