"""Folders below a folder, reached without following a link, even one that is put in their place meanwhile.

A walk looks first and opens later; whoever may write into the folder can put a link in between, and what is done below
it is then done somewhere else. Here each part is opened from the one above it, and a link is no folder. Systems that
cannot do that (Windows) get plain paths.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import NamedTuple

__all__ = ["Inside", "inside"]

_CAN = os.open in os.supports_dir_fd and hasattr(os, "O_NOFOLLOW") and hasattr(os, "O_DIRECTORY")


class Inside(NamedTuple):
    """A file's name in a folder that is held open."""

    name: str
    """Below `folder`, or in full where no folder can be held open."""
    folder: int | None
    """As the functions of `os` take it (`dir_fd`)."""

    def beside(self, name: str) -> Inside:
        """Another name in the same folder."""
        return Inside(name if self.folder is not None else str(Path(self.name).with_name(name)), self.folder)


@contextmanager
def inside(root: Path, name: str, *, make: bool = False) -> Iterator[Inside]:
    """The file `name` below `root`, which may itself be a link. `make`: make the folders that are missing between them.

    Raises `OSError`; `NotADirectoryError` (or ELOOP) for a link in between.
    """
    *folders, last = PurePath(name).parts
    if not _CAN:
        if make:
            root.joinpath(*folders).mkdir(parents=True, exist_ok=True)
        yield Inside(str(root / name), None)
        return
    at = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for folder in folders:
            if make:
                _make(folder, at)
            below = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(at)
            at = below
        yield Inside(last, at)
    finally:
        os.close(at)


def _make(folder: str, at: int) -> None:
    try:
        os.mkdir(folder, dir_fd=at)
    except FileExistsError:
        return
