"""What people said of answers: an append-only file beside the index, which no rebuild deletes."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from index.errors import IndexNotWritable
from index.lines import opened, sealed

__all__ = ["JUDGEMENTS_FILE", "Judgements"]

JUDGEMENTS_FILE = "feedback.jsonl"

_APPENDED = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""The folder may have come along with somebody's documents: no link is written through, and no pipe waited for."""


class Judgements:
    """One JSON object a line, oldest first. Threads and processes may share the file."""

    def __init__(self, folder: Path) -> None:
        """Name the folder of the index; nothing is opened yet."""
        self._path = folder / JUDGEMENTS_FILE
        self._lock = threading.Lock()

    @property
    def is_writable(self) -> bool:
        """Whether something can be appended, as far as permissions tell."""
        if self._path.exists():
            return self._path.is_file() and os.access(self._path, os.W_OK)
        return os.access(self._path.parent, os.W_OK)

    def append(self, entry: Mapping[str, Any]) -> None:
        """Write one entry, and wait until the disk has it. Raises `IndexNotWritable`."""
        line = sealed(entry, "replace") + b"\n"
        try:
            with self._lock, os.fdopen(os.open(self._path, _APPENDED, 0o666), "a+b") as file:
                if _is_torn(file.fileno()):
                    line = b"\n" + line
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise IndexNotWritable(
                f"the judgement cannot be kept in {self._path} ({error.strerror}): make the folder writable, or "
                "keep the index elsewhere with --index PATH"
            ) from error

    def entries(self) -> list[dict[str, Any]]:
        """Everything that was appended; a line that is torn or damaged is passed over."""
        try:
            lines = self._path.read_bytes().split(b"\n")
        except OSError:
            return []
        return [entry for entry in map(opened, lines) if entry is not None]


def _is_torn(descriptor: int) -> bool:
    """Whether the last line has no end, because its writer was killed."""
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
