"""Where a damaged file is kept: beside its place, named after the day and time."""

from __future__ import annotations

import time
from itertools import count
from os.path import lexists
from pathlib import Path

__all__ = ["free_name"]


def free_name(path: Path) -> Path:
    """A name that nothing has: `index.db` -> `index.db.damaged-2026-11-30-0915`, then `...-0915-2`."""
    name = f"{path.name}.damaged-{time.strftime('%Y-%m-%d-%H%M')}"
    names = (path.with_name(name if number == 1 else f"{name}-{number}") for number in count(1))
    return next(
        free for free in names if not lexists(free)
    )  # not a link to nowhere either: it would be written through
