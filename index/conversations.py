"""Conversations kept beside the index, one file each in a folder of its owner; no rebuild deletes them.

    .footnote/conversations/<digest of the owner>/<name of the conversation>.conversation

A file only grows: a line that says what it is, then an entry a line, either `{"exchange": {"key": ..., ...}}` or
`{"name": ...}`. A later exchange with the same key takes the place of the earlier one, a later name that of the name
before. An interruption can tear the last line, which is then passed over; what stood before it stays.

Only the owner of the folder may read the files, and their suffix is none of a document: they are never indexed.
"""

from __future__ import annotations

import hashlib
import os
import re
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from index.errors import IndexNotWritable, StoreError
from index.exchanges import HEAD, KeptConversation, KeptSummary, read_content, summary_of
from index.lines import sealed

__all__ = ["CONVERSATIONS_FOLDER", "MOST_CONVERSATIONS", "SUFFIX", "Conversations", "Stamp", "checked_name"]

CONVERSATIONS_FOLDER = "conversations"
SUFFIX = ".conversation"
MOST_BYTES = 16 << 20
"""Of one conversation: about 2,000 questions with five citations each."""

MOST_CONVERSATIONS = 1_000
"""Of one owner."""

Stamp = tuple[int, int, int]
"""Changes whenever a file does."""

_NAME = re.compile(r"[0-9a-f]{32}")


class Conversations:
    """The conversations of one index. Threads and processes may share the files.

    `owner` is any string that nobody else can guess or take: a browser's key, or the name of a user who logged in.
    """

    def __init__(self, folder: Path) -> None:
        """Name the folder of the index; nothing is opened yet."""
        self._folder = folder / CONVERSATIONS_FOLDER
        self._lock = threading.Lock()
        self._summaries: dict[Path, tuple[Stamp, KeptSummary | None]] = {}

    @property
    def is_writable(self) -> bool:
        """Whether something can be kept, as far as permissions tell."""
        existing = next(path for path in (self._folder, *self._folder.parents) if path.exists())
        return existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)

    @property
    def are_away(self) -> bool:
        """Whether the folder of the documents is gone, and what is kept in it with it: nothing of that was deleted."""
        return not self._folder.parent.parent.exists()

    def append(self, owner: str, conversation: str, entry: Mapping[str, Any]) -> None:
        """Add an entry, and wait until the disk has it; a conversation begins with its first one.

        Raises `KeyError` for a name that is none, `IndexNotWritable`, and `StoreError` when a limit is reached.
        """
        path = self._path(owner, conversation)
        line = sealed(entry) + b"\n"
        with self._lock:
            try:
                self._make_room(path)
                _append(path, line)
            except OSError as error:
                raise self._not_writable(error) from error

    def read(self, owner: str, conversation: str, *, last: int | None = None) -> KeptConversation:
        """The conversation, or its `last` exchanges; an empty one when there is none.

        Raises `KeyError` for a name that is none, `StoreError` for a file that is no conversation.
        """
        return read_content(_content(self._path(owner, conversation)), last)

    def stamp(self, owner: str, conversation: str) -> Stamp | None:
        """What tells one state of the conversation from the next; None when there is none."""
        return _stamp(self._path(owner, conversation))

    def summaries(self, owner: str) -> tuple[list[KeptSummary], int]:
        """The conversations of `owner`, the one that changed last first; and how many files could not be read."""
        found: dict[Path, tuple[Stamp, KeptSummary | None]] = {}
        for path in self._files(owner):
            if stamp := _stamp(path):
                known = self._summaries.get(path)
                found[path] = known if known and known[0] == stamp else (stamp, _summary(path))
        with self._lock:
            self._summaries |= found
            while len(self._summaries) > MOST_CONVERSATIONS:
                del self._summaries[next(iter(self._summaries))]
        newest = sorted(found.values(), key=lambda known: known[0], reverse=True)
        return [summary for _, summary in newest if summary], sum(summary is None for _, summary in newest)

    def delete(self, owner: str, conversation: str) -> None:
        """Delete it for good; nothing happens when there is none. Raises `KeyError` and `IndexNotWritable`."""
        path = self._path(owner, conversation)
        with self._lock:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise self._not_writable(error) from error
            with suppress(OSError):  # others may be in it
                path.parent.rmdir()

    def _path(self, owner: str, conversation: str) -> Path:
        return self._of(owner) / f"{checked_name(conversation)}{SUFFIX}"

    def _of(self, owner: str) -> Path:
        """The folder of an owner: who may list it does not learn the owner's key from it."""
        return self._folder / hashlib.sha256(owner.encode("utf-8", "replace")).hexdigest()

    def _files(self, owner: str) -> list[Path]:
        try:
            return [path for path in self._of(owner).iterdir() if path.suffix == SUFFIX and _NAME.fullmatch(path.stem)]
        except OSError:
            return []

    def _make_room(self, path: Path) -> None:
        self._folder.parent.mkdir(
            exist_ok=True
        )  # not what is above: documents that were moved away would come back empty
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        if not path.exists() and sum(1 for _ in path.parent.iterdir()) >= MOST_CONVERSATIONS:
            raise StoreError(
                f"this conversation is not kept: there are {MOST_CONVERSATIONS:,} already, the most that are kept; "
                "delete some, then go on"
            )

    def _not_writable(self, error: OSError) -> IndexNotWritable:
        return IndexNotWritable(
            f"conversations cannot be kept in {self._folder} ({error.strerror}): make the folder writable, or keep the "
            "index elsewhere with --index PATH"
        )


def checked_name(conversation: str) -> str:
    """The name of a conversation. Raises `KeyError` for one that is none."""
    if not _NAME.fullmatch(conversation):
        raise KeyError(conversation)
    return conversation


def _append(path: Path, line: bytes) -> None:
    """All of the line or nothing of it, on the disk."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size + len(line) > MOST_BYTES:
            raise StoreError("this conversation is full, so its new questions are not kept: begin a new conversation")
        torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
        whole = memoryview((b"" if size else HEAD) + (b"\n" if torn else b"") + line)
        try:
            while whole:
                whole = whole[os.write(descriptor, whole) :]
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, size)
            raise
        if not size:
            _sync_folder(path.parent)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """So that a new file has its name after a power cut, too; not every system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _stamp(path: Path) -> Stamp | None:
    try:
        status = path.lstat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _content(path: Path) -> bytes:
    """The bytes of a conversation; none when there is no file. Raises `StoreError`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise StoreError(f"a conversation cannot be read ({error.strerror})") from error
    if content and (len(content) > MOST_BYTES or not content.startswith(HEAD)):
        raise StoreError(
            "a conversation cannot be read: its file is of a newer Footnote, or damaged: run `footnote check --repair`"
        )
    return content


def _summary(path: Path) -> KeptSummary | None:
    """What a list shows of a file; None when it is no conversation or holds no question."""
    try:
        return summary_of(path.stem, _content(path))
    except StoreError:
        return None
