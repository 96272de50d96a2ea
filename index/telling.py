"""How far a sync is, told while it goes on."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace

from index.report import OnProgress, SyncProgress

__all__ = ["Telling"]

QUIET_SECONDS = 0.2
"""Between two tellings at least: thousands of small files are read in a second."""


@dataclass(slots=True)
class Telling:
    """The progress so far, passed on when it has changed and not more often than anybody can read."""

    on_progress: OnProgress
    at: SyncProgress = field(default_factory=lambda: SyncProgress("reading"))
    _started: float = field(default_factory=time.monotonic)
    _stage_from: float = field(default_factory=time.monotonic)
    _said: float = 0.0

    def stage(self, name: str) -> None:
        """Something else is done from now on."""
        self._stage_from = time.monotonic()
        self.at = replace(self.at, stage=name, rate=0.0)

    def tell(self, progress: SyncProgress, done: int, *, always: bool = True) -> None:
        """`progress` is how far it is, without times; `done`: passages done in this stage, which make its rate."""
        now = time.monotonic()
        in_stage = now - self._stage_from
        self.at = replace(progress, seconds=now - self._started, rate=done / in_stage if in_stage > 0 else 0.0)
        if always or now - self._said >= QUIET_SECONDS:
            self._said = now
            self.on_progress(self.at)
