"""Documents chosen by their paths, by folders or by patterns with wildcards as in the shell.

chosen([(1, "reports/2019.pdf"), (2, "notes.md")], ["reports"])      -> [1]
chosen([(1, "reports/2019.pdf"), (2, "notes.md")], ["*.md"])         -> [2]
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

__all__ = ["Reach", "chosen", "reach"]

_OPEN = re.compile(r"[*?\[\\\x80-\U0010ffff]")
"""What may stand for something else: wildcards, letters that can be written in two ways, bytes that are no text."""


def chosen(paths: Sequence[tuple[int, str, bool]], patterns: Sequence[str]) -> list[int]:
    """Ids of the documents (id, path, whether it is indexed) that one of the patterns means, in the order of `paths`.

    A pattern is a path ("reports/2019.pdf"), a folder ("reports" or "reports/"), or has wildcards ("reports/*.pdf"; "*"
    also matches "/"). What is the path of a document means that one only, even when it could be read as wildcards
    ("report [1].pdf"). However accents are written, as letters or beside them, is the same, unless a document has
    exactly that path.
    """
    exact = {path for _, path, _ in paths}.intersection(patterns)
    others = [_composed(pattern) for pattern in patterns if pattern not in exact]
    exact |= {path for _, path, _ in paths if others and _composed(path) in others}
    others = [pattern for pattern in others if pattern not in set(map(_composed, exact))]
    return [
        id_ for id_, path, is_indexed in paths if is_indexed and (path in exact or _matches(_composed(path), others))
    ]


class Reach(NamedTuple):
    """Which paths a pattern may mean, as far as that can be said without comparing each: `chosen` decides."""

    path: str
    """This one, and what lies below it; ..."""
    start: str | None = None
    """... or, unless None, those that begin so ..."""
    end: str = ""
    """... and end so."""


def reach(pattern: str) -> Reach:
    """Of one pattern: "reports/" -> it and what lies below, "reports/*.pdf" -> also what begins and ends so too."""
    path = pattern.rstrip("/")
    if not _OPEN.search(pattern):
        return Reach(path)
    start = pattern[: _OPEN.search(pattern).start()]  # type: ignore[union-attr]
    if not pattern[len(start)].isascii():
        start = start[:-1]  # an accent may stand beside the letter before it
    is_plain = pattern.isascii() and "\\" not in pattern
    return Reach(path, start, re.split(r"[*?\]]", pattern)[-1].rpartition("[")[2] if is_plain else "")


def _composed(path: str) -> str:
    """The same for a name however its accents are written: macOS takes letters apart that others keep whole."""
    return path if path.isascii() else unicodedata.normalize("NFC", path)


def _matches(path: str, patterns: Sequence[str]) -> bool:
    """Whether the path lies in one of the folders, or matches one of the wildcards."""
    for pattern in patterns:
        folder = pattern.rstrip("/") + "/"
        if path.startswith(folder) or fnmatchcase(path, pattern):
            return True
    return False
