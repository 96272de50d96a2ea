"""Who reads, splits and embeds for a sync: this machine alone, or a cluster (see `index/spreading`).

Only the process that syncs plans and writes; hands give back what is to be stored.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from index.crew import ReadFile, read_ahead
from index.embedding import Embedder, EmbedsPassages
from index.errors import ReadError
from index.reading import Tesseract
from index.scanning import FileFacts
from index.splitting import Passage, SplitSettings, Tokenizer, split
from index.writing import passage_key

__all__ = ["Hands", "Prepare", "Prepared", "here", "prepared"]


class Prepared(NamedTuple):
    """A file that was read, and its passages with their keys: none when it could not be read."""

    read: ReadFile
    passages: list[tuple[bytes, Passage]]


Prepare = Callable[[Sequence[FileFacts], str], Iterator[Prepared | None]]
"""Reads and splits files, in the order given, with text recognition in some languages ("" for none). None says that the
next one takes long, so that something else can be done meanwhile."""


@dataclass(frozen=True, slots=True)
class Hands:
    """What a sync asks of whoever works for it."""

    embedder: EmbedsPassages
    settings: SplitSettings
    prepare: Prepare
    cores: int
    """How many can work at the same time."""


def here(corpus: Path, embedder: Embedder, settings: SplitSettings) -> Hands:
    """The hands of this machine alone."""

    def prepare(files: Sequence[FileFacts], languages: str) -> Iterator[Prepared | None]:
        for read in read_ahead(corpus, files, Tesseract(languages) if languages else None):
            yield prepared(read, embedder, settings) if read else None

    return Hands(embedder, settings, prepare, os.cpu_count() or 1)


def prepared(read: ReadFile, tokenizer: Tokenizer, settings: SplitSettings) -> Prepared:
    """What was read, split; a document without text is one that could not be read."""
    if isinstance(read.outcome, ReadError):
        return Prepared(read, [])
    passages = split(read.outcome, tokenizer, settings)
    if not passages:
        return Prepared(read._replace(outcome=ReadError("no text in this file")), [])
    return Prepared(read, [(passage_key(passage), passage) for passage in passages])
