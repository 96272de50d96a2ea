"""Room for an index: its folder, and what is said when that cannot be written (full, failing, permissions)."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

from index.errors import IndexNotWritable

__all__ = ["free_there", "make_folder", "not_writable"]

_FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}

_SQLITE_FULL = 13


def not_writable(folder: str | Path, error: Exception) -> IndexNotWritable:
    """The error for an index in `folder` that could not be written for the reason `error`, an `OSError` or SQLite's."""
    why = getattr(error, "strerror", None) or str(error)
    is_full = getattr(error, "errno", None) in _FULL or _code(error) == _SQLITE_FULL
    mend = "free some disk space" if is_full else "free some disk space, or mend the disk or its permissions"
    return IndexNotWritable(
        f"the index in {folder} cannot be written ({why}{free_there(Path(folder))}): {mend}, or keep the index "
        "elsewhere with --index PATH; what was committed before is safe"
    )


def _code(error: Exception) -> int:
    """SQLite's primary code of an error; 0 for any other."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def free_there(folder: Path) -> str:
    """How much room there is, as the message goes on; nothing where that cannot be told."""
    try:
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        return f"; {shutil.disk_usage(existing).free / 1e6:,.0f} MB are free there"
    except (OSError, StopIteration):
        return ""


def make_folder(folder: Path) -> None:
    """Make the folder of an index, which version control then passes over. Raises `IndexNotWritable`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ignoring = folder / ".gitignore"
        if not os.path.lexists(ignoring) or (ignoring.is_file() and not ignoring.lstat().st_size):
            ignoring.write_text("*\n")  # never through a link, whose own size is the length of its path
    except OSError as error:
        raise not_writable(folder, error) from error
