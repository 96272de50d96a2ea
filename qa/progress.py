"""A progress bar on standard error, drawn only when something takes long."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING

from index import SyncProgress

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["TerminalProgress", "progress_in_words"]

QUIET_SECONDS = 1.0
"""Shorter waits need no bar."""


def progress_in_words(progress: SyncProgress) -> str:
    """Counts, rate and time left: "12 of 40 documents, 310 passages, 104/s, 0:35 left"."""
    if not progress.documents_total:
        return progress.stage
    parts = [f"{progress.documents} of {progress.documents_total} documents", f"{progress.embedded} passages"]
    if progress.rate:
        parts.append(f"{progress.rate:.0f}/s")
    if progress.seconds_left is not None:
        minutes, seconds = divmod(round(progress.seconds_left), 60)
        parts.append(f"{minutes}:{seconds:02d} left")
    return ", ".join(parts)


class TerminalProgress:
    """Call it with each `SyncProgress`, or `show` what else takes long; leaving its `with` block takes the bar away."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> TerminalProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, progress: SyncProgress) -> None:
        """Draw how far the sync is."""
        self.show(progress_in_words(progress), progress.share, soon=bool(progress.documents_total))

    def show(self, words: str, share: float, *, soon: bool = False) -> None:
        """Draw a bar that is full at a share of 1, once it has taken long enough, or `soon`."""
        if self._bar is None and (soon or time.monotonic() - self._started > QUIET_SECONDS):
            self._start()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=share, description=words)

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        columns = (BarColumn(bar_width=30), TextColumn("{task.percentage:>3.0f}%"), TextColumn("{task.description}"))
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._bar.add_task("starting", total=1.0)
        self._bar.start()
