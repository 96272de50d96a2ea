"""Numbers of corpora, which share collections: no two rows of a collection may have the same id."""

from __future__ import annotations

import time
import uuid

from index.errors import StoreError
from index.milvus.collections import without_vector
from index.milvus.rows import Fetched

__all__ = ["DOCUMENTS_OF_CORPUS", "new_number"]

DOCUMENTS_OF_CORPUS = 1 << 30
"""Numbers that each corpus has for its documents; with 2^20 passages each, 8,192 corpora fill what an id can hold."""

MOST_CORPORA = 8_192

SHARED = "_default"
"""The partition of what is not one corpus' own."""

SETTLED_SECONDS = 0.3
"""How long after taking a number it is looked at again: two who took it at once have both written by then."""


def new_number(fetched: Fetched) -> int:
    """A number that no other corpus of the collections has. Raises `StoreError` when there is none left."""
    mine = f"{fetched.names.partition} {uuid.uuid4().hex}"
    while True:
        taken = {int(row["id"].partition("/")[2]) for row in _rows(fetched, "")}
        number = next((number for number in range(MOST_CORPORA) if number not in taken), None)
        if number is None:
            raise StoreError(f"there are {MOST_CORPORA:,} corpora in the collection, the most: name another collection")
        row = without_vector({"id": f"corpora/{number:06d}", "document": 0, "value": mine})
        fetched.connection.call("upsert", fetched.names.kept, [row], partition_name=SHARED)
        time.sleep(SETTLED_SECONDS)
        if [row["value"] for row in _rows(fetched, f"{number:06d}")] == [mine]:
            return number


def _rows(fetched: Fetched, number: str) -> list[dict[str, str]]:
    filter_ = f'id like "corpora/{number}%"'
    options = {"partition_names": [SHARED], "consistency_level": "Strong"}
    return fetched.connection.query(fetched.names.kept, filter_, ["value"], **options)
