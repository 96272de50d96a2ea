"""How often somebody may guess: after a few wrong passwords each further try has to wait, longer each time."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Attempts"]

FREE = 5
"""Wrong passwords without a wait: people mistype."""

FIRST_WAIT_SECONDS = 1.0
"""After those; it doubles with each further one."""

FORGOTTEN_AFTER_SECONDS = 3_600.0

REMEMBERED = 10_000
"""Addresses or names; beyond them the one that tried longest ago is forgotten."""


@dataclass(slots=True)
class _Count:
    failures: int
    last: float


class Attempts:
    """Counts wrong passwords by whatever names their source: an address, or the name that was tried.

    A try counts as wrong from its beginning, so that a hundred at the same time are no way around the wait.
    """

    def __init__(
        self,
        *,
        longest_wait_seconds: float,
        remembered: int = REMEMBERED,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._longest = longest_wait_seconds
        self._remembered = remembered
        self._clock = clock
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def __len__(self) -> int:
        return len(self._counts)

    def wait_seconds(self, source: str) -> float:
        """How long `source` has to wait before its next try; 0 when it may try now."""
        count = self._counts.get(source)
        if count is None or self._clock() - count.last > FORGOTTEN_AFTER_SECONDS or count.failures < FREE:
            return 0.0
        wait = min(self._longest, FIRST_WAIT_SECONDS * 2.0 ** min(count.failures - FREE, 30))
        return max(0.0, count.last + wait - self._clock())

    def begin(self, source: str) -> None:
        """A try begins; it counts as wrong unless `succeed` takes that back."""
        now = self._clock()
        count = self._counts.pop(source, None)
        if count is None or now - count.last > FORGOTTEN_AFTER_SECONDS:
            count = _Count(0, now)
        self._counts[source] = _Count(count.failures + 1, now)
        while len(self._counts) > self._remembered:
            self._counts.popitem(last=False)

    def succeed(self, source: str, *, forget_all: bool) -> None:
        """The try was right. `forget_all`: so were those before, most likely, but for their typing."""
        count = self._counts.get(source)
        if count is None:
            return
        count.failures -= 1
        if forget_all or count.failures <= 0:
            del self._counts[source]
