"""What is known of one state of an index, made of what was known of the state before and of what changed since."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from index.errors import ChangedMeanwhile
from index.milvus.rows import Fetched
from index.milvus.standing import Moved, Standing

__all__ = ["Facts", "Followed", "Now", "Seen"]

T = TypeVar("T")

Facts = dict[str, str]

Now = Callable[[], tuple[Facts, Standing]]
"""Gives facts and standing as they are now, of whoever wrote them."""

TRIES = 5
"""Changes in a row that may come while one state is being read."""


@dataclass(frozen=True, slots=True)
class Seen(Generic[T]):
    """One state of an index, and what is known of it."""

    facts: Facts
    standing: Standing
    fetched: Fetched
    value: T

    @property
    def state(self) -> tuple[str, int]:
        """Name of the store, and number of its last change."""
        return self.facts.get("store", ""), self.standing.change

    def is_of_or_after(self, facts: Facts, standing: Standing) -> bool:
        """Whether this is that state, or a later one."""
        return self.state[0] == facts.get("store", "") and self.state[1] >= standing.change


class Followed(Generic[T]):
    """Something of the state that is asked for, or of a later one. Threads may share it."""

    def __init__(
        self,
        now: Now,
        make: Callable[[Facts, Fetched], T],
        follow: Callable[[T, Facts, Fetched, Moved], T | None],
    ) -> None:
        """`make` makes it anew; `follow` of what it was, None where it cannot."""
        self._now, self._make, self._follow = now, make, follow
        self._seen: Seen[T] | None = None
        self._is_exact = False
        self._lock = Lock()

    def at(self, facts: Facts, standing: Standing, fetched: Callable[[], Fetched]) -> Seen[T]:
        """What is known of that state, or of a later one.

        `fetched` gives what rows are fetched with. Raises `ChangedMeanwhile` when one change follows another.
        """
        with self._lock:
            for _ in range(TRIES):
                before = self._seen
                if before and self._is_exact and before.is_of_or_after(facts, standing):
                    return before
                seen = self._made(before, facts, standing, fetched())
                # What a change took away while it was read may be missing: then the change is followed as well.
                facts, standing = self._now()
                self._seen = seen
                self._is_exact = seen.state == (facts.get("store", ""), standing.change)
                if self._is_exact:
                    return seen
        raise ChangedMeanwhile("the documents change faster than they are read: ask again")

    def _made(self, before: Seen[T] | None, facts: Facts, standing: Standing, fetched: Fetched) -> Seen[T]:
        state, is_made = (facts.get("store", ""), standing.change), False

        def is_current() -> bool:
            if not is_made:  # `at` looks when all of it was read
                return True
            facts, standing = self._now()
            return state == (facts.get("store", ""), standing.change)

        fetched, value = fetched.of(standing, is_current), None
        if before and before.state[0] == state[0]:
            moved = standing.since(before.standing.change)
            value = self._follow(before.value, facts, fetched, moved) if moved is not None else None
        value = self._make(facts, fetched) if value is None else value
        is_made = True
        return Seen(facts, standing, fetched, value)
