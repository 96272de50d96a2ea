"""Both stores behind one fixture, so that a test says what holds for an index wherever it is kept."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from index.opening import AnyIndex, opened
from qa import Corpus
from tests.fake_embedder import CountingEmbedder
from tests.index.stores.server import Server

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for all tests of this process; each takes a corpus of its own in the same collections."""
    pytest.importorskip("pymilvus")
    pytest.importorskip("milvus_lite")
    server = Server(tmp_path_factory.mktemp("milvus"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def soon_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who takes a place on a server looks again a moment later whether another took it too: here nobody does.

    Tests of several writers set a time of their own.
    """
    for module in ("lease", "numbering"):
        monkeypatch.setattr(f"index.milvus.{module}.SETTLED_SECONDS", 0.01)


@dataclass(frozen=True)
class Place:
    """Where an index is kept: its own for each test, or for each `Place`."""

    store: str
    folder: Path

    def index(self, corpus: Path, embedder: CountingEmbedder | None = None, **options: Any) -> AnyIndex:
        """The index of a folder there."""
        embedder = embedder or CountingEmbedder()
        return opened(corpus, store=self.store, index=self.folder, embedder=embedder, **options)

    def corpus(self, corpus: Path, embedder: CountingEmbedder | None = None) -> Corpus:
        """The folder, to be asked."""
        return Corpus(corpus, store=self.store, index=self.folder, embedder=embedder or CountingEmbedder())


@pytest.fixture
def in_folder(tmp_path):
    return Place("", tmp_path / "index")


@pytest.fixture
def on_server(milvus, tmp_path):
    return Place(milvus.address("shared", f"c{next(_NUMBERS)}"), tmp_path / "state")


@pytest.fixture(params=["folder", "milvus"])
def place(request):
    return request.getfixturevalue("in_folder" if request.param == "folder" else "on_server")


@pytest.fixture
def another(place, milvus, tmp_path):
    """Another place of the same kind, for an index that is made afresh."""
    store = milvus.address("shared", f"c{next(_NUMBERS)}") if place.store else ""
    return Place(store, tmp_path / "another")


@pytest.fixture
def another_on_server(milvus, tmp_path):
    return Place(milvus.address("shared", f"c{next(_NUMBERS)}"), tmp_path / "another-state")
