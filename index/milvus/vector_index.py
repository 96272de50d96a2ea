"""How a server finds vectors: which of its indexes, by how many passages are expected, and how widely it is searched.

Whatever it is, it only finds candidates, which are scored by their vectors. What differs is the memory a passage takes
(384 dimensions, about): hnsw 1.7 KB, sq8 .5 KB, rabitq .1 KB, diskann .2 KB and a fast disk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from index.errors import SettingError
from index.milvus.connection import Connection, version_of

__all__ = ["VectorIndex", "chosen", "of_type"]

MOST_IN_GRAPH = 10_000_000
"""Passages up to which the vectors themselves stay in memory, in a graph: 17 GB."""

MOST_IN_BYTES = 100_000_000
"""... up to which each number of a vector takes a byte: 50 GB; beyond, a bit, where the server knows how."""

EF = 400
"""Width of the search in a graph at least."""

LISTS, PROBED = 1024, 64
"""Inverted lists of a segment, and how many of them are looked through."""


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """One kind of index."""

    name: str
    """As it is called in an address."""
    type: str
    """As Milvus calls it."""
    built: dict[str, Any]
    since: tuple[int, int] = (2, 3)
    """The first version of Milvus that has it."""
    spare: float = 1.0
    """Times as many candidates as elsewhere are asked for, because its order says less."""

    def search(self, k: int) -> dict[str, Any]:
        """Parameters of a search for the `k` nearest."""
        if self.type.startswith("IVF"):
            return {"nprobe": PROBED}
        return {"search_list" if self.type == "DISKANN" else "ef": max(EF, 2 * k)}


_KINDS = {
    kind.name: kind
    for kind in (
        VectorIndex("hnsw", "HNSW", {"M": 16, "efConstruction": 200}),
        VectorIndex("sq8", "IVF_SQ8", {"nlist": LISTS}),
        VectorIndex("rabitq", "IVF_RABITQ", {"nlist": LISTS}, since=(2, 6), spare=4.0),
        VectorIndex("diskann", "DISKANN", {}),
    )
}


def chosen(connection: Connection, passages: int) -> VectorIndex:
    """The kind for so many passages, or the one that the address names. Raises `SettingError` for an old server."""
    if named := connection.address.vectors:
        kind = _KINDS[named]
        if not _has(connection, kind):
            raise SettingError(
                f"the server at {connection.address} is Milvus {connection.version}, which has no {kind.type} "
                f"({'.'.join(map(str, kind.since))} has): leave vectors={named} out of the store, or update the server"
            )
        return kind
    if passages <= MOST_IN_GRAPH:
        return _KINDS["hnsw"]
    return _KINDS["rabitq" if passages > MOST_IN_BYTES and _has(connection, _KINDS["rabitq"]) else "sq8"]


def of_type(type_: str) -> VectorIndex:
    """The kind that a server says an index is; for one made by somebody else, as for a graph."""
    return next((kind for kind in _KINDS.values() if kind.type == type_), _KINDS["hnsw"])


def _has(connection: Connection, kind: VectorIndex) -> bool:
    found = version_of(connection.version)
    return kind.since <= (found or (2, 5))  # Milvus Lite has what 2.5 has
