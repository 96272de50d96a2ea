"""What one file may cost, the settings that change it, and the number that says how files are read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import NamedTuple

from index.errors import SettingError

__all__ = ["READER_VERSION", "SETTINGS", "ReadingLimits", "raising"]

READER_VERSION = 8
"""Raised whenever the text or the blocks of some file come out differently; a sync then reads everything again."""

_PATIENCE = 2
"""Seconds on the clock for each second of processor time: a busy machine must not decide what can be read."""


class Setting(NamedTuple):
    """One variable of the environment: the limit that it sets, and the unit it counts in."""

    field: str
    unit: int
    said: str
    """What it limits, for a person."""


SETTINGS: Mapping[str, Setting] = {
    "FOOTNOTE_READ_SECONDS": Setting("timeout_s", 1, "processor time for a file, one more for each MB of it"),
    "FOOTNOTE_READ_MEMORY_MB": Setting("memory_bytes", 1 << 20, "memory (address space) of a process that reads"),
    "FOOTNOTE_READ_FILE_MB": Setting("file_bytes", 1 << 20, "size of a file"),
    "FOOTNOTE_READ_UNPACKED_MB": Setting("unpacked_bytes", 1 << 20, "what a zipped file holds, unpacked"),
    "FOOTNOTE_READ_PARTS": Setting("parts", 1, "members of a zipped file"),
    "FOOTNOTE_READ_CELLS": Setting("cells", 1, "cells of all tables of an office file"),
    "FOOTNOTE_READ_PAGES": Setting("pages", 1, "pages of a PDF"),
    "FOOTNOTE_READ_CHARACTERS": Setting("text_chars", 1, "characters of text; what comes after them is left out"),
    "FOOTNOTE_READ_BLOCKS": Setting("blocks", 1, "paragraphs and rows; what comes after them is left out"),
}
"""All variables by name."""

_VARIABLES = {setting.field: variable for variable, setting in SETTINGS.items()}
_MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What one file may cost before it is given up.

    The defaults are far above what documents need: the slowest of 30 company filings (85 dense pages) took 2.5 s on two
    busy cores, and the worker that read all 30 never held more than 0.7 GB of address space.
    """

    timeout_s: float = 60.0
    """Processor time per file (RLIMIT_CPU); on the clock it is twice as much, which is all that Windows enforces."""
    timeout_s_per_mb: float = 1.0
    """Added for each megabyte (10**6 bytes) of the file."""
    memory_bytes: int = 4 << 30
    """Address space of the worker (RLIMIT_AS); not enforced on Windows."""
    file_bytes: int = 512 << 20
    """Size of a file."""
    unpacked_bytes: int = 1 << 30
    """All members of a zipped file together, as they say and as they are."""
    parts: int = 50_000
    """Members of a zipped file."""
    cells: int = 5_000_000
    """Cells of all tables of an office file."""
    pages: int = 20_000
    """Pages of a PDF."""
    text_chars: int = 50_000_000
    """Characters of text taken from one file; a longer text is cut there."""
    blocks: int = 1_000_000
    """Blocks (paragraphs, rows ...) taken from one file; what comes after them is cut."""
    reply_bytes: int = 1 << 30
    """Size of a worker's reply; a larger one counts as a broken worker."""

    def timeout_for(self, size_bytes: int) -> float:
        """Seconds of processor time that a file of this size may take."""
        return self.timeout_s + self.timeout_s_per_mb * size_bytes / 1e6

    def patience_for(self, size_bytes: int) -> float:
        """Seconds on the clock that a file of this size may take."""
        return _PATIENCE * self.timeout_for(size_bytes)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> ReadingLimits:
        """The defaults, changed by the variables of `SETTINGS`; SettingError for one that cannot be used."""
        given = {}
        for variable, setting in SETTINGS.items():
            value = environment.get(variable, "").strip()
            if not value:
                continue
            if not (value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS and int(value)):
                raise SettingError(f"{variable} is {value[:40]!r}: give a whole number above 0, or unset it")
            given[setting.field] = int(value) * setting.unit
        return cls(**given)

    def __str__(self) -> str:
        """What differs from the defaults, for the recipe of a document: "pages 10, blocks 99"; "" when nothing does."""
        plain = ReadingLimits()
        changed = [f.name for f in fields(self) if getattr(self, f.name) != getattr(plain, f.name)]
        return ", ".join(f"{name} {getattr(self, name):.15g}" for name in changed)


def raising(field: str) -> str:
    """How to raise a limit, as the end of a message: "raise FOOTNOTE_READ_PAGES"."""
    return f"raise {_VARIABLES[field]}"
