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
from typing import Any

from index.milvus.collections import without_vector
from index.milvus.connection import Rows
from index.milvus.encoding import batches, in_list
from index.milvus.rows import Fetched
from index.milvus.standing import STANDING, Standing, Step, facts_of

__all__ = ["Commits", "Pending"]

DOCUMENTS_AT_ONCE = 200
"""That come or go at one stroke."""

ROWS_AT_ONCE, BYTES_AT_ONCE = 1000, 8 << 20
"""Of one call."""


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
        self.kept = [row for row in self.kept if row["document"] != document]


class Commits:
    """Makes commits one after the other; whoever has it holds the writer's place."""

    def __init__(self, fetched: Fetched, still_held: Callable[[], None]) -> None:
        """Ends what a writer before this one left undone. `still_held` raises when the writer's place was lost."""
        self._still_held = still_held
        self.facts, self.standing = facts_of(fetched.connection, fetched.names, "Strong")
        self.fetched = fetched.written_until(self.standing.written)
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
            self._step(changed=tuple(sorted(row["id"] for row in pending.changed)))
        if pending.facts:
            self._put_facts(pending.facts)
        self.fetched = self.fetched.written_until(self.standing.written)

    def _put_documents(self, pending: Pending, rows: Rows) -> None:
        names, ids = self.fetched.names, {row["id"] for row in rows}
        filter_ = in_list("name", [row["name"] for row in rows])
        before = self.fetched.query(names.documents, filter_, ["name"])
        replaced = sorted(row["id"] for row in before)
        # Readers who know the standing before this one tell by the number that these came later.
        self._stand(last=max(ids), new=tuple(sorted(ids)), gone=tuple(replaced), came=False)
        self._upsert(names.passages, [row for row in pending.passages if row["document"] in ids])
        self._upsert(names.kept, [row for row in pending.kept if row["document"] in ids])
        self._upsert(names.documents, rows)
        self._turn(sorted(ids), replaced)

    def _turn(self, new: Sequence[int], gone: Sequence[int]) -> None:
        """Have documents count instead of others, which then are deleted."""
        new, gone = tuple(new), tuple(gone)
        self._step(came=new, gone=gone, under_way={"new": new, "gone": gone, "came": True})
        self._settle()

    def _settle(self) -> None:
        """Delete what does not count."""
        self._delete(sorted(self.standing.hidden))
        self._stand(new=(), gone=(), came=False)
        self.fetched = self.fetched.written_until(self.standing.written)

    def _step(self, *, under_way: dict[str, Any] | None = None, **what: tuple[int, ...]) -> None:
        """A change further; `what` became of which documents."""
        self._put_standing(self.standing.stepped(Step(self.standing.change + 1, **what), **under_way or {}))

    def _stand(self, **changes: Any) -> None:
        self._put_standing(self.standing._replace(**changes))

    def _put_standing(self, standing: Standing) -> None:
        # Whoever reads it waits until what was written before this moment is seen on the node that is asked.
        value = standing._replace(written=self.fetched.connection.now()).packed()
        self._put_facts({STANDING: value})
        self.standing = Standing.unpacked(value)

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
