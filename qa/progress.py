"""How far a sync is, in words and as a bar on standard error, drawn only when something takes long."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING

from index import SyncProgress

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["Pace", "TerminalProgress", "left_in_words", "paced", "progress_in_words", "words_only"]

QUIET_SECONDS = 1.0
"""Shorter waits need no bar."""

PACE_SECONDS = 30.0
"""How far back a pace looks: a step of so many seconds counts for two thirds. One large file hardly changes the time
left, and a faster or slower kind of document is followed within a minute."""

MEASURED_SECONDS = 3.0
"""From less than this no time left is told: what is over by then needs none, and the first steps are no measure."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a sync goes on, smoothed over its last steps."""

    share: float
    """Of the work, done when this was last known."""
    seconds: float
    """When that was, since the sync began."""
    rate: float = 0.0
    """Share of the work done in a second."""
    measured: float = 0.0
    """Seconds that the rate was measured in."""

    @property
    def seconds_left(self) -> float | None:
        """Until all is done; None before there is enough to estimate from."""
        return (1 - self.share) / self.rate if self.rate > 0 and self.measured >= MEASURED_SECONDS else None


def paced(before: Pace | None, progress: SyncProgress) -> Pace:
    """The pace after one more step: as many of the last seconds count alike as there were, up to `PACE_SECONDS`.

    `before`: None at the start. Measured is from the first share that is known: workers start and a model is loaded
    before it. A step that brought nothing leaves the pace as it was, and its time counts to the next.
    """
    if before is None:
        return Pace(progress.share, progress.seconds)
    step, took = progress.share - before.share, progress.seconds - before.seconds
    if step <= 0 or took <= 0:
        return before
    measured = before.measured + took
    weight = math.expm1(-took / PACE_SECONDS) / math.expm1(-measured / PACE_SECONDS)  # 1 for the first step
    return Pace(progress.share, progress.seconds, before.rate + weight * (step / took - before.rate), measured)


def left_in_words(seconds: float) -> str:
    """As exact as can be known: 4 -> "a few seconds left", 38 -> "about 40 s left", 130 -> "about 2 min left"."""
    if seconds < 7.5:
        return "a few seconds left"
    if seconds < 57.5:
        return f"about {5 * round(seconds / 5)} s left"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"about {minutes} min left"
    if minutes >= 600:
        return f"about {round(minutes / 60)} h left"
    hours, minutes = divmod(10 * round(minutes / 10), 60)
    return f"about {hours} h {minutes} min left" if minutes else f"about {hours} h left"


def progress_in_words(progress: SyncProgress, seconds_left: float | None = None) -> str:
    """Counts, rate and time left: "12 of 40 documents, 310 passages, 104/s, about 35 s left".

    `seconds_left`: by its pace; None when there is none yet.
    """
    if progress.passages_total:
        parts = [f"{progress.stage}, {progress.passages:,} of {progress.passages_total:,} passages"]
    elif progress.by_words_total:
        parts = [words_only(progress.by_words, progress.searchable)]
    elif progress.documents_total:
        passages = f"{progress.stored:,} passage{'' if progress.stored == 1 else 's'}"
        parts = [f"{progress.documents:,} of {progress.documents_total:,} documents", passages]
    else:
        return progress.stage
    if progress.rate:
        parts.append(f"{progress.rate:,.0f}/s")
    if seconds_left is not None:
        parts.append(left_in_words(seconds_left))
    return ", ".join(parts)


def words_only(by_words: int, searchable: int) -> str:
    """What is true until all vectors are made: "12,000 of 40,000 passages are searched by words only so far"."""
    return f"{by_words:,} of {searchable:,} passages {'is' if searchable == 1 else 'are'} searched by words only so far"


class TerminalProgress:
    """Call it with each `SyncProgress`, or `show` what else takes long; leaving its `with` block takes the bar away."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._pace: Pace | None = None

    def __enter__(self) -> TerminalProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.stop()

    def __call__(self, progress: SyncProgress) -> None:
        """Draw how far the sync is."""
        if progress.share:
            self._pace = paced(self._pace, progress)
        left = self._pace.seconds_left if self._pace else None
        self.show(progress_in_words(progress, left), progress.share, soon=bool(progress.documents_total))

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
        console = Console(stderr=True)
        # In a file or a pipe nothing of it could be taken away again, and a blank line would be left.
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task("starting", total=1.0)
        self._bar.start()
