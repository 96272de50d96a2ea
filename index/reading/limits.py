"""What one file may cost, and the number that says how files are read."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["READER_VERSION", "ReadingLimits"]

READER_VERSION = 3
"""Raised whenever the text or the blocks of some file come out differently; a sync then reads everything again."""


@dataclass(frozen=True, slots=True)
class ReadingLimits:
    """What one file may cost before it is given up.

    The defaults are far above what documents need: the slowest of 30 company filings (85 dense pages) took 2.5 s on two
    busy cores, and the worker that read all 30 never held more than 0.7 GB of address space.
    """

    timeout_s: float = 60.0
    """Wall-clock time per file."""
    timeout_s_per_mb: float = 1.0
    """Added for each megabyte (10**6 bytes) of the file."""
    memory_bytes: int = 4 << 30
    """Address space of the worker (RLIMIT_AS); not enforced on Windows."""
    file_bytes: int = 512 << 20
    """Size of a file."""
    text_chars: int = 50_000_000
    """Characters of text taken from one file."""
    reply_bytes: int = 512 << 20
    """Size of a worker's reply; a larger one counts as a broken worker."""

    def timeout_for(self, size_bytes: int) -> float:
        """Seconds that a file of this size may take."""
        return self.timeout_s + self.timeout_s_per_mb * size_bytes / 1e6
