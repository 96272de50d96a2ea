"""What the tests of faults share: the process that forks writers, and folders as they were before."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.faults.folders import EDITIONS, passages_of, put, state_of
from tests.faults.writing import Task, Writers


@pytest.fixture(scope="session")
def writers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writers]:
    """One process for all tests, which forks a writer for each task."""
    if not hasattr(os, "fork"):
        pytest.skip("the system has no fork")
    with Writers(tmp_path_factory.mktemp("writers")) as process:
        yield process


@pytest.fixture
def watched(writers: Writers) -> Writers:
    """The same where calls can be watched."""
    if not writers.can_watch:
        pytest.skip("the system lets no process watch its children's calls (seccomp's notification, Linux 5.5)")
    return writers


@dataclass(frozen=True)
class Built:
    """A folder of one edition with its index, to be copied, and what is known of it."""

    home: Path
    passages: dict[str, list[tuple[int, int, str]]]
    state: dict[str, Any]


@pytest.fixture(scope="session")
def built(writers: Writers, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Built]:
    """The index of an edition, made from nothing by an embedder of some name; each once."""
    known: dict[tuple[int, str], Built] = {}

    def build(edition: int, model: str = "counting") -> Built:
        if (edition, model) not in known:
            home = tmp_path_factory.mktemp("built")
            put(home / "corpus", EDITIONS[edition])
            ended = writers.do(Task("sync", str(home / "corpus"), str(home / "index"), model=model, watch=False)).ended
            assert ended == "well"
            state = state_of(home / "corpus", home / "index", model)
            known[edition, model] = Built(home, passages_of(home / "index"), state)
        return known[edition, model]

    return build


@pytest.fixture
def copied(built: Callable[..., Built], tmp_path: Path) -> Callable[..., Path]:
    """Another copy of the folder and index of an edition, with the folder brought to a later edition."""

    def copy(before: int | None, after: int) -> Path:
        home = tmp_path / "home"
        shutil.rmtree(home, ignore_errors=True)
        if before is None:
            home.mkdir()
        else:
            shutil.copytree(built(before).home, home)
        put(home / "corpus", EDITIONS[after])
        return home

    return copy
