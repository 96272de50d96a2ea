"""Commits to a Milvus server, which has no transactions.

Documents come and go at one stroke all the same, because one row says which of them count (`Standing`):

    1. the standing: these documents will come, in the place of those; nobody counts them yet
    2. passages, texts and rows of the new ones
    3. the standing: a change further, the new ones count, and those that they replace do not
    4. what does not count is deleted
    5. the standing: nothing is under way

Each step can be done again. Whoever writes next after an end in between ends what was begun: before the third step what
has come is deleted, after it what is to go.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from index.errors import IndexMismatch
from index.milvus.collections import SCHEMA_VERSION, without_vector
from index.milvus.connection import Rows
from index.milvus.encoding import batches, in_list, packed_json, unpacked_json
from index.milvus.rows import Fetched

__all__ = ["Commits", "Pending", "Standing", "check_schema", "facts_of"]

FACTS = (*("schema", "store", "model", "fingerprint", "dimension", "under_way", "ocr", "folder"),)
"""What is kept of a corpus, by name, beside its standing."""

STANDING = "standing"

DOCUMENTS_AT_ONCE = 200
"""That come or go at one stroke."""

ROWS_AT_ONCE, BYTES_AT_ONCE = 1000, 8 << 20
"""Of one call."""


class Standing(NamedTuple):
    """Which documents count."""

    change: int = 0
    """Number of the last change."""
    last: int = 0
    """The highest number that a document was given."""
    new: tuple[int, ...] = ()
    """Documents that are coming, or have just come."""
    gone: tuple[int, ...] = ()
    """Documents that will go with that, or are about to be deleted."""
    came: bool = False
    """Whether the new ones count instead of those that go."""

    @property
    def hidden(self) -> frozenset[int]:
        """Documents that do not count, though there may be something of them."""
        return frozenset(self.gone if self.came else self.new)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is under way."""
        return not self.new and not self.gone


def facts_of(fetched: Fetched) -> tuple[dict[str, str], Standing]:
    """The facts about the corpus, by name, and its standing. Raises `IndexMismatch` for those of another version."""
    own = fetched.names.own("meta")
    ids = [f"{own}{name}" for name in (*FACTS, STANDING)]
    rows = fetched.connection.call(
        "get", fetched.names.kept, ids, output_fields=["id", "value"], partition_names=[fetched.names.partition]
    )
    facts = {row["id"].removeprefix(own): row["value"] for row in rows}
    standing = facts.pop(STANDING, "")
    check_schema(facts, fetched)
    if not standing:
        return facts, Standing()
    change, last, new, gone, came = unpacked_json(standing)
    return facts, Standing(change, last, tuple(new), tuple(gone), came)


def check_schema(facts: dict[str, str], fetched: Fetched) -> None:
    """Raise `IndexMismatch` for a corpus that another version of Footnote put there."""
    found = facts.get("schema", SCHEMA_VERSION if not facts else "0")
    if found != SCHEMA_VERSION:
        raise IndexMismatch(
            f"the index at {fetched.connection.address} is of version {found}, this Footnote keeps version "
            f"{SCHEMA_VERSION}: name another collection or corpus, or use the Footnote that made it"
        )


@dataclass(slots=True)
class Pending:
    """What one commit will do."""

    documents: dict[bytes, dict[str, Any]] = field(default_factory=dict)
    """Rows of new documents by name."""
    passages: Rows = field(default_factory=list)
    kept: Rows = field(default_factory=list)
    changed: Rows = field(default_factory=list)
    """Rows of documents that stay, as they will be."""
    gone: list[int] = field(default_factory=list)
    facts: dict[str, str] = field(default_factory=dict)

    def forget(self, document: int) -> None:
        """Drop the passages of a document that will not come."""
        self.passages = [row for row in self.passages if row["document"] != document]


class Commits:
    """Makes commits one after the other; whoever has it holds the writer's place."""

    def __init__(self, fetched: Fetched, still_held: Callable[[], None]) -> None:
        """Ends what a writer before this one left undone. `still_held` raises when the writer's place was lost."""
        self.fetched, self._still_held = fetched, still_held
        self.facts, self.standing = facts_of(fetched)
        if not self.standing.is_settled:
            self._settle()

    def commit(self, pending: Pending, last: int) -> None:
        """Do all of it; `last`: the highest number that a document was given.

        Raises `StoreError`; what is not done then is done, or undone, by the next writer.
        """
        self._still_held()
        documents = sorted(pending.documents.values(), key=lambda row: int(row["id"]))
        for some in batches(documents, DOCUMENTS_AT_ONCE):
            self._put_documents(pending, some)
        if last != self.standing.last:
            self._stand(last=last)
        for gone in batches(pending.gone, DOCUMENTS_AT_ONCE):
            self._turn((), gone)
        if pending.changed:
            self._upsert(self.fetched.names.documents, pending.changed)
            self._stand(change=self.standing.change + 1)
        if pending.facts:
            self._put_facts(pending.facts)
        self.fetched = self.fetched.anew()

    def _put_documents(self, pending: Pending, rows: Rows) -> None:
        names, ids = self.fetched.names, {row["id"] for row in rows}
        filter_ = in_list("name", [row["name"] for row in rows])
        before = self.fetched.connection.query(names.documents, filter_, ["name"], partition_names=[names.partition])
        replaced = sorted(row["id"] for row in before)
        # Readers who know the standing before this one tell by the number that these came later.
        self._stand(last=max(ids), new=tuple(sorted(ids)), gone=tuple(replaced), came=False)
        self._upsert(names.passages, [row for row in pending.passages if row["document"] in ids])
        self._upsert(names.kept, [row for row in pending.kept if row["document"] in ids])
        self._upsert(names.documents, rows)
        self._turn(sorted(ids), replaced)

    def _turn(self, new: Sequence[int], gone: Sequence[int]) -> None:
        """Have documents count instead of others, which then are deleted."""
        self._stand(change=self.standing.change + 1, new=tuple(new), gone=tuple(gone), came=True)
        self._settle()

    def _settle(self) -> None:
        """Delete what does not count."""
        self._delete(sorted(self.standing.hidden))
        self._stand(new=(), gone=(), came=False)
        self.fetched = self.fetched.anew()

    def _stand(self, **changes: Any) -> None:
        standing = self.standing._replace(**changes)
        value = packed_json([standing.change, standing.last, standing.new, standing.gone, standing.came])
        self._put_facts({STANDING: value})
        self.standing = standing

    def _delete(self, documents: Sequence[int]) -> None:
        """Documents first: then nobody sees their passages go."""
        names = self.fetched.names
        if documents:
            partition = {"partition_name": names.partition}
            call = self.fetched.connection.call
            call("delete", names.documents, ids=list(documents), **partition)
            call("delete", names.passages, filter=in_list("document", documents), **partition)
            call("delete", names.kept, filter=in_list("document", documents), **partition)

    def _put_facts(self, facts: dict[str, str]) -> None:
        own = self.fetched.names.own("meta")
        rows = [without_vector({"id": f"{own}{name}", "document": 0, "value": value}) for name, value in facts.items()]
        self._upsert(self.fetched.names.kept, rows)
        self.facts.update((name, value) for name, value in facts.items() if name != STANDING)

    def _upsert(self, collection: str, rows: Rows) -> None:
        """Put rows in, in place of those of the same ids: doing it twice is doing it once."""
        some, size = list[dict[str, Any]](), 0
        for row in rows:
            some.append(row)
            size += sum(4 * len(value) for value in row.values() if not isinstance(value, int))
            if len(some) >= ROWS_AT_ONCE or size >= BYTES_AT_ONCE:
                self._send(collection, some)
                some, size = [], 0
        if some:
            self._send(collection, some)

    def _send(self, collection: str, rows: Rows) -> None:
        self.fetched.connection.call("upsert", collection, rows, partition_name=self.fetched.names.partition)
