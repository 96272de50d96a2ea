"""What a format's reader is given."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.reading.assembly import one_line
from index.reading.kinds import Kind

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

    def title(self, *candidates: str | None) -> str:
        """The first candidate that a person could have chosen; "" when there is none.

        The file's name is no title of the document: it may change while the document stays the same.
        """
        for candidate in candidates:
            title = one_line(candidate or "")
            if 2 <= len(title) <= _TITLE_CHARS and not _NO_TITLES.fullmatch(title):
                return title
        return ""
