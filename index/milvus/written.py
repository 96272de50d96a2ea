"""What people wrote, conversations and judgements, kept on a Milvus server: every front end has the same.

Each entry is a row of its own, which is added and never changed, so that no two processes can be in each other's way.
"""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from index.conversations import MOST_CONVERSATIONS, Conversations, Stamp, checked_name
from index.errors import StoreError
from index.exchanges import HEAD, KeptConversation, KeptSummary, read_content, summary_of
from index.judgements import Judgements
from index.lines import opened, sealed
from index.milvus.collections import without_vector
from index.milvus.encoding import MOST_BYTES, batches, plain, text_of
from index.milvus.rows import Fetched

__all__ = ["MilvusConversations", "MilvusJudgements"]

MOST_ENTRIES = 5_000
"""Of one conversation."""

Ready = Callable[[], Fetched | None]
"""Gives what is there; None before the first sync."""


class MilvusConversations(Conversations):
    """The conversations of one index; see `Conversations`."""

    def __init__(self, folder: Path, ready: Ready) -> None:
        """`folder`: as of `Conversations`, in which nothing is kept. Nothing is asked of the server yet."""
        super().__init__(folder)
        self._ready = ready
        self._known: dict[str, tuple[Stamp, KeptSummary | None]] = {}

    @property
    def is_writable(self) -> bool:
        """Whether there is an index to keep something beside."""
        return self._ready() is not None

    @property
    def are_away(self) -> bool:
        """Never: they do not go with the folder of the documents."""
        return False

    def append(self, owner: str, conversation: str, entry: Mapping[str, Any]) -> None:
        """Add an entry, and wait until the server has it. Raises `KeyError` and `StoreError`."""
        prefix = _prefix(owner, conversation)
        there = self._rows(prefix, [])
        if len(there) >= MOST_ENTRIES:
            raise StoreError("this conversation is full, so its new questions are not kept: begin a new conversation")
        if (
            not there
            and len({_conversation(row["id"]) for row in self._rows(_prefix(owner), [])}) >= MOST_CONVERSATIONS
        ):
            raise StoreError(
                f"this conversation is not kept: there are {MOST_CONVERSATIONS:,} already, the most that are kept; "
                "delete some, then go on"
            )
        put(self._ready(), prefix, sealed(entry))

    def read(self, owner: str, conversation: str, *, last: int | None = None) -> KeptConversation:
        """The conversation, or its `last` exchanges; an empty one when there is none."""
        return read_content(_content(self._rows(_prefix(owner, conversation), ["value"])), last)

    def stamp(self, owner: str, conversation: str) -> Stamp | None:
        """What tells one state of the conversation from the next; None when there is none."""
        return _stamp(self._rows(_prefix(owner, conversation), []))

    def summaries(self, owner: str) -> tuple[list[KeptSummary], int]:
        """The conversations of `owner`, the one that changed last first; and how many could not be read."""
        of_each: dict[str, list[dict[str, Any]]] = {}
        for row in self._rows(_prefix(owner), []):
            of_each.setdefault(_conversation(row["id"]), []).append(row)
        found = []
        for conversation, rows in of_each.items():
            stamp = _stamp(rows)
            known = self._known.get(conversation)
            if known is None or known[0] != stamp:
                content = _content(self._rows(_prefix(owner, conversation), ["value"]))
                known = self._known[conversation] = (stamp or (0, 0, 0), summary_of(conversation, content))
            found.append(known)
        while len(self._known) > 10 * MOST_CONVERSATIONS:
            del self._known[next(iter(self._known))]
        newest = sorted(found, key=lambda known: known[0], reverse=True)
        return [summary for _, summary in newest if summary], sum(summary is None for _, summary in newest)

    def delete(self, owner: str, conversation: str) -> None:
        """Delete it for good; nothing happens when there is none."""
        fetched = self._ready()
        if fetched is None:
            return
        ids = [row["id"] for row in self._rows(_prefix(owner, conversation), [])]
        for some in batches(ids):
            names = fetched.names
            fetched.connection.call("delete", names.kept, ids=some, partition_name=names.partition)

    def _rows(self, prefix: str, fields: list[str]) -> list[dict[str, Any]]:
        return rows_of(self._ready(), prefix, fields)


class MilvusJudgements(Judgements):
    """What people said of answers; see `Judgements`."""

    def __init__(self, folder: Path, ready: Ready) -> None:
        """`folder`: as of `Judgements`, in which nothing is kept. Nothing is asked of the server yet."""
        super().__init__(folder)
        self._ready = ready

    @property
    def is_writable(self) -> bool:
        """Whether there is an index to keep something beside."""
        return self._ready() is not None

    def append(self, entry: Mapping[str, Any]) -> None:
        """Write one entry, and wait until the server has it. Raises `StoreError`."""
        put(self._ready(), "judgement", sealed(entry, "replace"))

    def entries(self) -> list[dict[str, Any]]:
        """Everything that was appended, oldest first; one that is damaged is passed over."""
        rows = rows_of(self._ready(), "judgement", ["value"])
        return [entry for row in rows if (entry := opened(plain(row["value"]))) is not None]


def put(fetched: Fetched | None, prefix: str, line: bytes) -> None:
    """Add a row. Raises `StoreError` when there is no index, or the line is too long."""
    if fetched is None:
        raise StoreError("there is no index yet to keep this beside: run `footnote sync`")
    value = text_of(line)
    if len(value) > MOST_BYTES:
        raise StoreError(f"an entry of {len(line):,} bytes is too long to be kept: at most {MOST_BYTES * 4 // 5:,} are")
    # By the time, so that they are in the order in which they were written, whichever front end wrote them.
    row = {"id": f"{_own(fetched, prefix)}{time.time_ns():020d}-{uuid.uuid4().hex[:8]}", "document": 0, "value": value}
    fetched.connection.call("upsert", fetched.names.kept, [without_vector(row)], partition_name=fetched.names.partition)


def rows_of(fetched: Fetched | None, prefix: str, fields: list[str]) -> list[dict[str, Any]]:
    """Rows whose names begin so, in order."""
    if fetched is None:
        return []
    return fetched.connection.query(
        fetched.names.kept, f'id like "{_own(fetched, prefix)}%"', fields, partition_names=[fetched.names.partition]
    )


def _own(fetched: Fetched, prefix: str) -> str:
    """The same within the corpus: "judgement" -> "judgement/<corpus>/"."""
    kind, _, rest = prefix.partition("/")
    return fetched.names.own(kind) + rest


def _prefix(owner: str, conversation: str | None = None) -> str:
    """What the rows of an owner, or of one conversation, begin with. Raises `KeyError` for a name that is none."""
    of_owner = f"conversation/{hashlib.sha256(owner.encode('utf-8', 'replace')).hexdigest()}/"
    return of_owner if conversation is None else f"{of_owner}{checked_name(conversation)}/"


def _conversation(id_: str) -> str:
    return id_.split("/")[3]


def _stamp(rows: list[dict[str, Any]]) -> Stamp | None:
    """The time of the last, and how many there are."""
    return (int(rows[-1]["id"].rpartition("/")[2].partition("-")[0]), len(rows), 0) if rows else None


def _content(rows: list[dict[str, Any]]) -> bytes:
    """As a file would have it."""
    return HEAD + b"".join(plain(row["value"]) + b"\n" for row in rows) if rows else b""
