"""The states of an index on a server, as one process sees them one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock

from index.errors import ChangedMeanwhile
from index.milvus.collections import Collections, ready
from index.milvus.connection import Connection
from index.milvus.followed import Facts, Followed, Seen
from index.milvus.listed import Listed
from index.milvus.reading import MilvusReader
from index.milvus.rows import Fetched, Remembered
from index.milvus.standing import Moved, Standing, facts_of
from index.milvus.statistics import Statistics

__all__ = ["States"]


class States:
    """What was seen of one corpus. Threads may share it."""

    def __init__(self, connection: Connection, names: Collections) -> None:
        """Nothing is asked of the server yet."""
        self._connection, self._names = connection, names
        self._remembered, self._of_store = Remembered(), ""
        self._statistics = Followed(self.now, _statistics, _followed)
        self._listed = Followed(self.now, Listed.of, Listed.followed)
        self._is_ready = self._is_in_doubt = False
        self._lock = RLock()

    def fetched(self) -> Fetched:
        """What rows are fetched with."""
        return Fetched(self._connection, self._names, self._remembered)

    def there(self) -> Fetched | None:
        """The same; None before the first sync has begun."""
        with self._lock:
            self._is_ready = self._is_ready or ready(self._connection, self._names, None)
            return self.fetched() if self._is_ready else None

    def facts(self) -> tuple[Facts, Standing]:
        """Facts about the corpus, and which documents count; none before the first sync.

        They may be as of some seconds ago, unless something was found meanwhile that they do not tell of.
        """
        return self.now() if self._is_in_doubt else self._read("Bounded")

    def now(self) -> tuple[Facts, Standing]:
        """The same with what anybody has written up to now, for which a cluster waits a moment."""
        self._is_in_doubt = False
        return self._read("Strong")

    def seen(self, facts: Facts, standing: Standing) -> Seen[Statistics]:
        """That state, or a later one."""
        return self._statistics.at(facts, standing, self.fetched)

    def listed(self, facts: Facts, standing: Standing) -> Seen[Listed]:
        """The documents of that state, or of a later one."""
        return self._listed.at(facts, standing, self.fetched)

    def reader(self, facts: Facts, standing: Standing) -> MilvusReader:
        """Reads that state."""
        state = facts.get("store", ""), standing.change

        def is_current() -> bool:
            facts, standing = self.now()
            return state == (facts.get("store", ""), standing.change)

        return MilvusReader(self.fetched().of(standing, is_current), facts)

    def reader_of(self, seen: Seen[Statistics]) -> MilvusReader:
        """Reads a state that was seen."""

        def listed() -> Listed:
            found = self.listed(seen.facts, seen.standing)
            if found.state != seen.state:
                raise ChangedMeanwhile("documents were changed while they were read: ask again")
            return found.value

        return MilvusReader(seen.fetched, seen.facts, listed)

    @contextmanager
    def doubting(self) -> Iterator[None]:
        """What is asked again because something changed is not asked of the state before the change."""
        try:
            yield
        except ChangedMeanwhile:
            self._is_in_doubt = True
            raise

    def _read(self, consistency: str) -> tuple[Facts, Standing]:
        if not self.there():
            return {}, Standing()
        facts, standing = facts_of(self._connection, self._names, consistency)
        with self._lock:
            if facts.get("store", "") != self._of_store:
                # Other collections of the same names may give the same ids again.
                self._remembered, self._of_store = Remembered(), facts.get("store", "")
        return facts, standing


def _statistics(facts: Facts, fetched: Fetched) -> Statistics:
    return Statistics.of(fetched, *MilvusReader(fetched, facts).counts())


def _followed(before: Statistics, facts: Facts, fetched: Fetched, moved: Moved) -> Statistics | None:
    return before.followed(fetched, *MilvusReader(fetched, facts).counts(), moved)
