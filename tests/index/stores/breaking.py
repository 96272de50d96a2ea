"""A sync to a server broken off before one of its writes, and what the store has then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from index.milvus import MilvusIndex
from tests.index.stores.states import ARMY

__all__ = ["WRITES", "Ended", "before_write", "broken_off_everywhere", "changed", "end", "rows"]

WRITES = {"upsert", "delete"}


class Ended(BaseException):
    """The end of a process, as far as its own code can tell."""


def changed(folder: Path) -> None:
    """One document of each kind of change."""
    (folder / "army.md").write_text(ARMY.replace("Carabobo", "Zulia") + "\nA second paragraph, of Guayana.\n")
    (folder / "oil.txt").rename(folder / "crude.txt")
    (folder / "aid" / "colombia.md").unlink()
    (folder / "new.md").write_text("# New\n\nRoraima has shelters for 6,000 people.\n")


def before_write(index: MilvusIndex, at: int, act: Callable[[], object]) -> Callable[[], int]:
    """Have `act` called before the write of that number (from 1), and at no other; gives how many there were."""
    connection, call = index._connection, type(index._connection).call
    count = 0

    def counted(name: str, *arguments: Any, **options: Any) -> Any:
        nonlocal count
        writes = name in WRITES and not str(arguments[1:]).count("/writer'")
        count += writes
        if writes and count == at:
            act()
        return call(connection, name, *arguments, **options)

    connection.call = counted  # type: ignore[method-assign]
    return lambda: count


def end() -> None:
    """As a process ends."""
    raise Ended


def broken_off_everywhere(index: Callable[[], MilvusIndex], meanwhile: Callable[[], object] = lambda: None) -> int:
    """Sync until it is done, broken off before the first write, then the second, and so on; how often it was.

    `index` gives one of a process of its own; `meanwhile` is called after each end.
    """
    at = 0
    while True:
        at += 1
        one = index()
        seen = before_write(one, at, end)
        try:
            one.sync()
        except Ended:
            meanwhile()
        if seen() < at:
            return at - 1


def rows(index: MilvusIndex) -> list[int]:
    """How many rows the corpus has: passages, documents, texts and the like; what people wrote apart."""
    names = index._names
    options: dict[str, Any] = {"partition_names": [index._names.partition]}
    kept = index._connection.query(names.kept, 'id like "t%" or id like "l%"', [], **options)
    of = [index._connection.count(name, "id >= 0", **options) for name in (names.passages, names.documents)]
    return [*of, len(kept)]
