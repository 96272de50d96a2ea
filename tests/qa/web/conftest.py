"""Pages on folders of documents, each ended with what used it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.qa.web.page_server import running


@pytest.fixture
def serve_page(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """Start the page on a folder and give its address: `serve_page(folder, "--watch")`."""
    with ExitStack() as started:
        yield lambda folder, *options: started.enter_context(running(folder, tmp_path / "server.log", *options))


@pytest.fixture(scope="module")
def shared_folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `FILES` of a test module in a folder that all of its tests use."""
    folder = tmp_path_factory.mktemp("shared") / "corpus"
    for name, text in request.module.FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def shared_page(shared_folder: Path, footnote_cache: Path, guarded_processes: Path) -> Iterator[str]:
    """The page on that folder."""
    with running(shared_folder, shared_folder.parent / "server.log") as address:
        yield address


@pytest.fixture(scope="session")
def sample_page(tmp_path_factory: pytest.TempPathFactory, indexed_sample: Callable[[Path], Path]) -> Iterator[str]:
    """The page on a copy of the sample corpus, for tests that only ask."""
    folder = tmp_path_factory.mktemp("sample")
    with running(indexed_sample(folder / "corpus"), folder / "server.log") as address:
        yield address
