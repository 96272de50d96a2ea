"""What a writer that meets with a fault may be at, in its own process."""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import index.crew
import index.runs
import index.sync
from index import Index
from index.documents import Document
from index.reading import ReadingLimits
from index.reading.opening import document_of
from index.reading.regular import OpenFile, bytes_in
from index.writing import WritableStore
from qa import Corpus
from tests.fake_embedder import CountingEmbedder
from tests.small_steps import take_small_steps

if TYPE_CHECKING:
    from tests.faults.writing import Task

__all__ = ["AtOnce", "do", "make_ready", "small_runs"]

Tell = Callable[[dict[str, Any]], None]


class AtOnce:
    """A reader without a process of its own: as good as one for notes that the tests wrote, and soon there."""

    was_hindered = False

    def __init__(self, recogniser: object = None) -> None:
        self.limits = ReadingLimits()

    def __enter__(self) -> AtOnce:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def stop(self) -> None:
        """Nothing goes on that could be stopped."""

    def read_open(self, file: OpenFile) -> Document:
        """The document in the file."""
        return document_of(bytes_in(file.descriptor, self.limits.file_bytes), file.path.name, self.limits)


def small_runs() -> list[tuple[Any, str, Any]]:
    """Settings with which every sync writes its derived files, now and then in its midst, and merges them."""
    return [(index.runs, "UNSAVED_PASSAGES", 1), (index.sync, "SAVED_SECONDS", 0.0)]


def make_ready() -> None:
    """Load and set what all tasks need."""
    take_small_steps()
    for module, name, value in small_runs():
        setattr(module, name, value)
    import index.derived
    import index.reading.markdown
    import index.reading.plain  # noqa: F401


def do(task: Task, tell: Tell) -> None:
    """Do it; every commit is told with the state of the index."""
    _prepare(task)
    _tell_of_commits(tell)
    holdings = Corpus(task.corpus, index=task.index).holdings
    if task.do in {"sync", "rebuild"}:
        made = Index(task.corpus, index=task.index, embedder=CountingEmbedder(name=task.model))
        made.sync(rebuild=task.do == "rebuild")
    elif task.do == "remove":
        for path in task.arguments:
            holdings.remove(path)
    elif task.do == "restore":
        for removed in holdings.removed():
            holdings.restore(removed.key)
    elif task.do == "add":
        for outcome in holdings.add([(Path(path), Path(path).name) for path in task.arguments]):
            if isinstance(outcome, Exception):
                raise outcome
    else:
        raise ValueError(task.do)


def _prepare(task: Task) -> None:
    if not task.has_workers:
        index.crew.Reader = AtOnce  # type: ignore[misc,assignment]
    if task.file_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (task.file_bytes, resource.RLIM_INFINITY))


def _tell_of_commits(tell: Tell) -> None:
    committing = WritableStore.committing

    @contextmanager
    def told(store: WritableStore, *, visible: bool = True) -> Iterator[None]:
        with committing(store, visible=visible):
            yield
        known = {known.facts.path: known.digest.hex() for known in store.known_files().values()}
        tell({"change": store.change(), "store": store.identity(), "documents": known})

    WritableStore.committing = told  # type: ignore[method-assign]
