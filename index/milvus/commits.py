"""Commits to a Milvus server, which has no transactions.

A commit is made of steps that can each be done again, in an order that shows no reader half a document:

    1. the journal: which documents will come, and which will go
    2. passages and texts of the new ones, which nobody sees, because their documents are not there
    3. the documents' rows: now they are
    4. the rows of those that they replace, then the passages and texts of these
    5. facts, the number of the change, and an empty journal

Whoever writes next after an end in between reads the journal, and ends what was begun: a document that came stays, one
that did not leaves nothing behind.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from index.errors import IndexMismatch
from index.milvus.collections import SCHEMA_VERSION, without_vector
from index.milvus.connection import Rows
from index.milvus.rows import Fetched, batches, in_list

__all__ = ["Commits", "Pending", "check_schema", "facts_of"]

FACTS = (
    *("schema", "change", "store", "model", "fingerprint", "dimension", "under_way", "ocr"),
    *("journal", "last_document", "folder"),
)
"""What is kept of a corpus, by name."""

DOCUMENTS_AT_ONCE = 200
"""Of one journal."""

ROWS_AT_ONCE, BYTES_AT_ONCE = 1000, 8 << 20
"""Of one call."""


def facts_of(fetched: Fetched) -> dict[str, str]:
    """The facts about the corpus, by name. Raises `IndexMismatch` for those of another version of Footnote."""
    own = fetched.names.own("meta")
    ids = [f"{own}{name}" for name in FACTS]
    rows = fetched.connection.call(
        "get", fetched.names.kept, ids, output_fields=["id", "value"], partition_names=[fetched.names.partition]
    )
    facts = {row["id"].removeprefix(own): row["value"] for row in rows}
    check_schema(facts, fetched)
    return facts


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

    @property
    def is_seen(self) -> bool:
        """Whether readers see it."""
        return bool(self.documents or self.changed or self.gone)


class Commits:
    """Makes commits one after the other; whoever has it holds the writer's place."""

    def __init__(self, fetched: Fetched, still_held: Callable[[], None]) -> None:
        """Ends what a writer before this one left undone. `still_held` raises when the writer's place was lost."""
        self.fetched, self._still_held = fetched, still_held
        self.facts = facts_of(fetched)
        self._recover()
        self.last = int(self.facts.get("last_document", "0"))
        """The highest number of a document."""

    def commit(self, pending: Pending, *, visible: bool) -> None:
        """Do all of it. Raises `StoreError`; what is missing then is done, or undone, by the next writer."""
        self._still_held()
        for some in batches(list(pending.documents.values()), DOCUMENTS_AT_ONCE):
            self._put_documents(pending, some)
        if pending.changed:
            self._upsert(self.fetched.names.documents, pending.changed)
        for gone in batches(pending.gone, DOCUMENTS_AT_ONCE):
            self._put_facts({"journal": json.dumps({"new": [], "gone": gone})})
            self._delete(gone)
        facts = dict(pending.facts)
        if visible and pending.is_seen:
            facts["change"] = str(int(self.facts.get("change", "0")) + 1)
        if self.facts.get("journal"):
            facts["journal"] = ""
        if facts:
            self._put_facts(facts)
        self.fetched = self.fetched.anew()

    def _put_documents(self, pending: Pending, rows: Rows) -> None:
        names, ids = self.fetched.names, {row["id"] for row in rows}
        filter_ = in_list("name", [row["name"] for row in rows])
        before = self.fetched.connection.query(names.documents, filter_, ["name"], partition_names=[names.partition])
        replaced = sorted(row["id"] for row in before)
        journal = json.dumps({"new": sorted(ids), "gone": replaced})
        self._put_facts({"journal": journal, "last_document": str(self.last)})
        self._upsert(names.passages, [row for row in pending.passages if row["document"] in ids])
        self._upsert(names.kept, [row for row in pending.kept if row["document"] in ids])
        self._upsert(names.documents, rows)
        self._delete(replaced)

    def _delete(self, documents: Sequence[int]) -> None:
        """Documents first: then nobody sees their passages go."""
        names = self.fetched.names
        if documents:
            partition = {"partition_name": names.partition}
            call = self.fetched.connection.call
            call("delete", names.documents, ids=list(documents), **partition)
            call("delete", names.passages, filter=in_list("document", documents), **partition)
            call("delete", names.kept, filter=in_list("document", documents), **partition)

    def _recover(self) -> None:
        """End what the journal says was begun."""
        said = self.facts.get("journal")
        if not said:
            return
        journal = json.loads(said)
        new, gone = [int(id_) for id_ in journal["new"]], [int(id_) for id_ in journal["gone"]]
        came = self.fetched.documents(new)
        # Some of their rows only, or none: then each name keeps the document that it had.
        self._delete(new if len(came) < len(new) else gone)
        self._put_facts({"journal": ""})
        self.fetched = self.fetched.anew()

    def _put_facts(self, facts: dict[str, str]) -> None:
        own = self.fetched.names.own("meta")
        rows = [without_vector({"id": f"{own}{name}", "document": 0, "value": value}) for name, value in facts.items()]
        self._upsert(self.fetched.names.kept, rows)
        self.facts.update(facts)

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
