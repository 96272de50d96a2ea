"""Vectors as the store has them: those of passages, and those of their sentences."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from index.row_sums import whole

__all__ = ["batches", "marks", "packed_sentences", "vectors_of"]

_VARIABLES = 512
"""Values bound in one statement (SQLite's limit was 999 for long)."""


def vectors_of(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, NDArray[np.float16]]:
    """The vectors of passages, by their ids; none for one that has none yet."""
    query = "SELECT p.id, p.key, v.vector, v.crc FROM passages p JOIN vectors v ON v.key = p.key WHERE p.id IN ({})"
    return {id_: np.frombuffer(data, np.float16) for id_, data in _joined(connection, query, ids)}


def packed_sentences(connection: sqlite3.Connection, ids: Sequence[int]) -> dict[int, bytes]:
    """The same of their sentences, as they are kept (see `sentence_vectors`)."""
    query = "SELECT p.id, p.key, s.vectors, s.crc FROM passages p JOIN sentences s ON s.key = p.key WHERE p.id IN ({})"
    return dict(_joined(connection, query, ids))


def _joined(connection: sqlite3.Connection, query: str, ids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
    for some in batches(ids):
        for row in connection.execute(query.format(marks(some)), some):
            yield row[0], whole(connection, query.split("JOIN ")[1].split(maxsplit=1)[0], row[1:])[1]


def batches(values: Sequence[int]) -> Iterator[list[int]]:
    """For one `IN` each, as many as a power of two: [1, 2, 3] -> [1, 2, 3, 3]."""
    # A connection keeps a statement of 17 KB for each number of values, and each thread of a server has a connection.
    for at in range(0, len(values), _VARIABLES):
        some = [int(value) for value in values[at : at + _VARIABLES]]
        yield some + some[-1:] * ((1 << (len(some) - 1).bit_length()) - len(some))


def marks(values: Sequence[int]) -> str:
    """A place for each value in a statement."""
    return ",".join("?" * len(values))
