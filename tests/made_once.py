"""What takes long to make and nobody changes: the first process of a session to want it makes it, for all of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

__all__ = ["made_once", "shared_by_all"]


def shared_by_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the session, for all processes that test."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder of this name, made by `make(folder)`; what failed half way is made anew."""
    place = shared_by_all(tmp_path_factory) / "made"
    made, making = place / name, place / f"{name}-making"
    place.mkdir(exist_ok=True)
    with FileLock(place / f"{name}.lock"):
        if not made.exists():
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            make(making)
            making.rename(made)
    return made
