"""Questions to begin with, made from the titles of the documents that are there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import PurePosixPath

from index import DocumentRecord, State

__all__ = ["suggested_questions"]

SUGGESTIONS = 4
TITLE_CHARACTERS = range(6, 80)
"""Shorter titles say nothing, longer ones do not fit on a button."""

_FILE_NAME = re.compile(r"[_\\/{}<>]|\.\w{1,5}$|^\W*\d[\d\W]*$")
"""What a file is called, not what it is about."""


def suggested_questions(documents: Iterable[DocumentRecord], count: int = SUGGESTIONS) -> tuple[str, ...]:
    """At most `count` questions about as many documents, from different folders where there are several."""
    folders: dict[str, list[str]] = {}
    for document in documents:
        if document.state is State.INDEXED and document.passages and (subject := _subject(document)):
            folders.setdefault(str(PurePosixPath(document.path).parent), []).append(subject)
    subjects = list(dict.fromkeys(_in_turns(list(folders.values()))))[:count]
    return tuple(f"What do the documents say about “{subject}”?" for subject in subjects)


def _subject(document: DocumentRecord) -> str:
    """The title, when the document has one: "Oil and sanctions"; "" for "scan_0042" of "scan_0042.pdf"."""
    title = " ".join(document.title.split()).strip('“”"')
    named_after_file = _letters(title) == _letters(PurePosixPath(document.path).stem)
    return "" if named_after_file or len(title) not in TITLE_CHARACTERS or _FILE_NAME.search(title) else title


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _in_turns(groups: Sequence[Sequence[str]]) -> Iterator[str]:
    """The first of each group, then the second of each, ..."""
    for row in zip_longest(*groups):
        yield from (subject for subject in row if subject is not None)
