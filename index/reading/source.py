"""What a format's reader is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from index.reading.assembly import one_line, visible
from index.reading.kinds import Kind
from index.reading.limits import ReadingLimits

__all__ = ["Source"]

_TITLE_CHARS = 200
_NO_TITLES = re.compile(
    r"(?i)untitled|\(anonymous\)|paper title.*|microsoft (word|powerpoint|excel)|\w+ presentation|document\d*"
    r"|\S+\.[a-z]{2,4}|slide \d+"
)
"""Titles that programs write on their own and nobody chose; file names too."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file: its bytes, its name without folders, and its kind."""

    data: bytes
    name: str
    kind: Kind
    limits: ReadingLimits = field(default_factory=ReadingLimits)
    recognised: Mapping[int, bytes] = field(default_factory=dict)
    """What text recognition found in pages that are pictures, by their numbers (see `scans.py`)."""

    def title(self, *candidates: str | None) -> str:
        """The first candidate that a person could have chosen; "" when there is none.

        The file's name is no title of the document: it may change while the document stays the same.
        """
        for candidate in candidates:
            title = one_line(visible(candidate or ""))
            if 2 <= len(title) <= _TITLE_CHARS and not _NO_TITLES.fullmatch(title):
                return title
        return ""
