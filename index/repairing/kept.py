"""Conversations and judgements with damaged lines: the whole lines stay, and the file as it was is put beside them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from index.checking.kept import Kept, kept_files
from index.repairing.aside import free_name

__all__ = ["kept_mended"]


def kept_mended(folder: Path, say: Callable[[str], None]) -> None:
    """Take damaged lines out of what people wrote. Raises `OSError`."""
    for kept in kept_files(folder):
        if kept.damaged:
            aside = free_name(kept.path)
            _replace(kept, aside)
            say(
                f"{kept.path.relative_to(folder)}: {kept.damaged:,} damaged lines are left out, {len(kept.whole):,} "
                f"stay; the file as it was is kept as {aside.name}"
            )


def _replace(kept: Kept, aside: Path) -> None:
    """The whole lines in the file's place, with what somebody may have added meanwhile."""
    temporary = kept.path.with_name(f"{kept.path.name}.repairing")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(kept.content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(kept.path, aside)  # its name never stands empty: killed in between, a conversation would be gone
        except OSError:  # not every file system can
            kept.path.replace(aside)
        temporary.replace(kept.path)
    finally:
        temporary.unlink(missing_ok=True)
    with aside.open("rb") as before:
        before.seek(kept.size)
        added = before.read()
    if added:
        with kept.path.open("ab") as file:
            file.write(added)
