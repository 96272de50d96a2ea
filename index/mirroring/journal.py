"""What was copied, and which state of it: a line for each object, written before its file takes its place.

    ["2019/aid.pdf", "48213-1796027819", 48213, 1796027820512345678]

A line counts when the file that stands there is the one it tells of, by its size and time. So a mirror that was killed
between any two writes knows what it has, and a file that somebody changed or deleted is copied again.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import IO, NamedTuple
from uuid import uuid4

__all__ = ["Entry", "Journal"]


class Entry(NamedTuple):
    """What a file of the copy is."""

    stamp: str
    """State of the object; "" for one that must be looked at again."""
    size: int
    mtime_ns: int

    def is_of(self, file: Path) -> bool:
        """Whether the file at a path is the one that was copied."""
        try:
            status = file.lstat()
        except OSError:
            return False
        return (status.st_size, status.st_mtime_ns) == (self.size, self.mtime_ns)


class Journal:
    """The lines of one mirror; whoever writes holds its writer's place."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: IO[str] | None = None

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def entries(self) -> dict[str, Entry]:
        """The latest line of each key; what cannot be understood is left out, and copied again."""
        found: dict[str, Entry] = {}
        try:
            lines = self._path.read_text("utf-8", "replace").splitlines()
        except OSError:
            return found
        for line in lines:
            try:
                key, stamp, size, mtime_ns = json.loads(line)
                found[str(key)] = Entry(str(stamp), int(size), int(mtime_ns))
            except (ValueError, TypeError):
                continue
        return found

    def add(self, key: str, entry: Entry) -> None:
        """Write a line. Raises `OSError`."""
        if self._file is None:
            self._file = self._path.open("a", encoding="utf-8")
            self._file.write("\n")  # the last line may have been cut
        self._file.write(json.dumps([key, *entry]) + "\n")
        self._file.flush()

    def rewrite(self, entries: dict[str, Entry]) -> None:
        """Write all lines anew. Raises `OSError`."""
        self.__exit__(None, None, None)
        new = self._path.with_name(f"{self._path.name}.{uuid4().hex}")
        try:
            new.write_text("".join(json.dumps([key, *entry]) + "\n" for key, entry in entries.items()), "utf-8")
            new.replace(self._path)
        finally:
            new.unlink(missing_ok=True)
