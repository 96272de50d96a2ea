"""What an index asks of its server, one call after the other."""

from __future__ import annotations

from typing import Any, NamedTuple

from index.milvus import MilvusIndex

__all__ = ["Call", "calls_of"]


class Call(NamedTuple):
    """One call, and what it gave."""

    name: str
    collection: str
    """Its kind: "passages", "documents", "kept"; "" for none."""
    options: dict[str, Any]
    arguments: tuple[Any, ...]
    found: Any


def calls_of(index: MilvusIndex) -> list[Call]:
    """A list that every call from now on is added to."""
    connection, calls = index._connection, list[Call]()
    call = type(connection).call

    def recorded(name: str, *arguments: Any, **options: Any) -> Any:
        found = call(connection, name, *arguments, **options)
        kind = str(arguments[0]).rpartition("_")[2] if arguments else ""
        calls.append(Call(name, kind, options, arguments[1:], found))
        return found

    connection.call = recorded  # type: ignore[method-assign]
    return calls
