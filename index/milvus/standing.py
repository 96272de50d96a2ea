"""Which documents of a corpus count, and what became of them by the last changes: one row, read with each question."""

from __future__ import annotations

from typing import Any, NamedTuple

from index.errors import IndexMismatch
from index.milvus.collections import SCHEMA_VERSION, Collections
from index.milvus.connection import Connection
from index.milvus.encoding import packed_json, unpacked_json

__all__ = ["STANDING", "Moved", "Standing", "Step", "check_schema", "facts_of"]

FACTS = (*("schema", "store", "model", "fingerprint", "dimension", "under_way", "ocr", "folder"),)
"""What is kept of a corpus, by name, beside its standing."""

STANDING = "standing"

MOST_OF_STEP = 4_000
"""Documents of one change up to which they are remembered one by one."""

MOST_CHARACTERS = 16_000
"""Of a standing: those of the changes before are forgotten that do not fit (some 50 changes of 200 documents)."""


class Step(NamedTuple):
    """What one change did."""

    change: int
    came: tuple[int, ...] = ()
    """Documents that are new, or in the place of others."""
    gone: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    """Documents that stay, with another name or other times."""

    @property
    def is_small(self) -> bool:
        """Whether it can be remembered."""
        return len(self.came) + len(self.gone) + len(self.changed) <= MOST_OF_STEP


class Moved(NamedTuple):
    """What became of the documents between two states."""

    came: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()
    """Those that are there no more; also some that came and went in between."""
    changed: frozenset[int] = frozenset()


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
    written: int = 0
    """A moment of the server's clock, later than everything that this standing tells of was written; 0: not known."""
    steps: tuple[Step, ...] = ()
    """The last changes, one after the other up to this."""

    @property
    def hidden(self) -> frozenset[int]:
        """Documents that do not count, though there may be something of them."""
        return frozenset(self.gone if self.came else self.new)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is under way."""
        return not self.new and not self.gone

    def stepped(self, step: Step, **changes: Any) -> Standing:
        """A change further."""
        steps = (*self.steps, step) if step.is_small else ()
        return self._replace(change=step.change, steps=steps, **changes)

    def since(self, change: int) -> Moved | None:
        """What became of the documents since that change; None when it is not remembered."""
        if change == self.change:
            return Moved()
        later = [step for step in self.steps if step.change > change]
        if [step.change for step in later] != list(range(change + 1, self.change + 1)) or not later:
            return None
        came, gone, changed = set[int](), set[int](), set[int]()
        for step in later:
            came |= set(step.came)
            gone |= set(step.gone)
            changed |= set(step.changed)
        return Moved(frozenset(came - gone), frozenset(gone), frozenset(changed - gone - came))

    def packed(self) -> str:
        """As a row keeps it: the oldest changes are left out where it would be too long."""
        steps = self.steps
        while True:
            value = packed_json([self.change, self.last, self.new, self.gone, self.came, self.written, steps])
            if len(value) <= MOST_CHARACTERS or not steps:
                return value
            steps = steps[len(steps) // 4 + 1 :]

    @classmethod
    def unpacked(cls, value: str) -> Standing:
        """The inverse of `packed`; also of a row that an earlier Footnote wrote, which has no moment and no steps."""
        change, last, new, gone, came, *more = unpacked_json(value)
        written, steps = more or (0, [])
        told = tuple(Step(step[0], *map(tuple, step[1:])) for step in steps)
        return cls(change, last, tuple(new), tuple(gone), came, written, told)


def facts_of(connection: Connection, names: Collections, consistency: str) -> tuple[dict[str, str], Standing]:
    """The facts about the corpus, by name, and its standing. Raises `IndexMismatch` for those of another version.

    `consistency`: "Strong" for what was written up to now, "Bounded" for what was written up to five seconds ago.
    """
    own = names.own("meta")
    ids = [f"{own}{name}" for name in (*FACTS, STANDING)]
    options = {"partition_names": [names.partition], "consistency_level": consistency}
    rows = connection.call("get", names.kept, ids, output_fields=["id", "value"], **options)
    facts = {row["id"].removeprefix(own): row["value"] for row in rows}
    standing = facts.pop(STANDING, "")
    check_schema(facts, connection)
    return facts, Standing.unpacked(standing) if standing else Standing()


def check_schema(facts: dict[str, str], connection: Connection) -> None:
    """Raise `IndexMismatch` for a corpus that another version of Footnote put there."""
    found = facts.get("schema", SCHEMA_VERSION if not facts else "0")
    if found != SCHEMA_VERSION:
        raise IndexMismatch(
            f"the index at {connection.address} is of version {found}, this Footnote keeps version "
            f"{SCHEMA_VERSION}: name another collection or corpus, or use the Footnote that made it"
        )
