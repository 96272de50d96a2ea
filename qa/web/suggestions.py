"""Questions to begin with, made from the titles of the documents that are there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import PurePosixPath

from index import DocumentRecord, State

__all__ = ["SUGGESTIONS", "suggested_questions", "worth_suggesting"]

SUGGESTIONS = 4
TITLE_CHARACTERS = range(6, 80)
"""Shorter titles say nothing, longer ones do not fit on a button."""

_FILE_NAME = re.compile(r"[_\\/{}<>]|\.\w{1,5}$|^\W*\d[\d\W]*$")
"""What a file is called, not what it is about."""


def suggested_questions(documents: Iterable[DocumentRecord], count: int = SUGGESTIONS) -> tuple[str, ...]:
    """At most `count` questions about as many documents, from different folders where there are several."""
    subjects = list(dict.fromkeys(filter(None, map(_subject, worth_suggesting(documents)))))[:count]
    return tuple(f"What do the documents say about “{subject}”?" for subject in subjects)


def worth_suggesting(documents: Iterable[DocumentRecord], *, longest: int | None = None) -> Iterator[DocumentRecord]:
    """Documents that say something, the first of each folder, then the second of each, ...

    `longest`: the most passages one may have.
    """
    folders: dict[str, list[DocumentRecord]] = {}
    for document in documents:
        is_short = longest is None or document.passages <= longest
        if document.state is State.INDEXED and document.passages and is_short:
            folders.setdefault(str(PurePosixPath(document.path).parent), []).append(document)
    for row in zip_longest(*folders.values()):
        yield from (document for document in row if document is not None)


def _subject(document: DocumentRecord) -> str:
    """The title, when the document has one: "Oil and sanctions"; "" for "scan_0042" of "scan_0042.pdf"."""
    title = " ".join(document.title.split()).strip('“”"')
    named_after_file = _letters(title) == _letters(PurePosixPath(document.path).stem)
    return "" if named_after_file or len(title) not in TITLE_CHARACTERS or _FILE_NAME.search(title) else title


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())
