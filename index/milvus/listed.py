"""All documents of one state of an index on a server, followed from state to state."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from index.known_files import KnownFile
from index.milvus.encoding import batches, in_list
from index.milvus.followed import Facts
from index.milvus.rows import DOCUMENT_FIELDS, Fetched, document_record, known_file
from index.milvus.standing import Moved
from index.schema import DocumentRecord

__all__ = ["Listed"]


@dataclass(frozen=True)
class Listed:
    """What is listed of each document, by id."""

    each: dict[int, tuple[DocumentRecord, KnownFile]]

    @classmethod
    def of(cls, facts: Facts, fetched: Fetched) -> Listed:
        """All of them, read anew."""
        filter_ = fetched.but_hidden("id >= 0")
        return cls(_read(fetched.query(fetched.names.documents, filter_, DOCUMENT_FIELDS)))

    def followed(self, facts: Facts, fetched: Fetched, moved: Moved) -> Listed:
        """After a change, of which only the documents are read that came or changed."""
        due = moved.came | moved.changed
        each = {id_: told for id_, told in self.each.items() if id_ not in moved.gone and id_ not in due}
        for some in batches(sorted(due)):
            filter_ = fetched.but_hidden(in_list("id", some))
            each |= _read(fetched.query(fetched.names.documents, filter_, DOCUMENT_FIELDS))
        return Listed(each)

    @cached_property
    def documents(self) -> tuple[DocumentRecord, ...]:
        """By path."""
        return tuple(sorted((record for record, _ in self.each.values()), key=lambda record: record.path))

    @cached_property
    def files(self) -> dict[bytes, KnownFile]:
        """By name."""
        return {known.facts.name: known for _, known in self.each.values()}


def _read(rows: Iterable[dict[str, Any]]) -> dict[int, tuple[DocumentRecord, KnownFile]]:
    return {row["id"]: (document_record(row), known_file(row)) for row in rows}
