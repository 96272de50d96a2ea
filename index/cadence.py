"""How often a long sync commits: by time, so that neither the disk nor those who read meanwhile are kept busy by it."""

from __future__ import annotations

import time

__all__ = ["Cadence"]

FIRST_SECONDS = 1.0
"""Until the first commit, and between two in the beginning: something can be found almost at once."""

MOST_SECONDS = 8.0
"""Between two commits later on, and so the most work that is done twice after a `kill -9`."""

SHARE = 0.1
"""Of the time that a sync has taken, until its next commit. Each makes every reader catch up, which costs more the more
there is: so the commits of a sync of an hour are some 450, not 3,600."""


class Cadence:
    """Says when it is time for the next commit."""

    def __init__(self) -> None:
        self._started = self._last = time.monotonic()

    def is_due(self) -> bool:
        """Whether enough time has gone by since the last commit."""
        now = time.monotonic()
        return now - self._last >= min(max(FIRST_SECONDS, SHARE * (now - self._started)), MOST_SECONDS)

    def done(self) -> None:
        """Something was committed."""
        self._last = time.monotonic()
