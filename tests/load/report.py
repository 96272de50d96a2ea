"""What a load came to, as tables of Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from tests.load.measuring import Taken
from tests.load.running import Outcome
from tests.load.verdicts import Row, Verdict, percentile

ROWS = 12
"""Of the table over time."""

HEADS = (
    "minute", "server MB", "of that private", "an asker MB", "all MB", "files", "threads", "processes", "index MB",
    "WAL MB", "temporary", "answers", "p50 ms", "p95 ms",
)  # fmt: skip


def report(outcome: Outcome, held: Sequence[Verdict]) -> str:
    """The verdicts, what was done, and how it went over time."""
    done = ", ".join(f"{name} {times:,}" for name, times in sorted(outcome.done.items()))
    lines = [
        f"{outcome.minutes:g} minutes at {outcome.rate:g} requests a second, seed {outcome.seed}.",
        "",
        f"Done: {done}.",
        f"Changes could be asked after {_told(outcome.changes)}.",
        "",
        *(f"- {verdict}" for verdict in held),
        "",
        f"| {' | '.join(HEADS)} |",
        "| --- " * len(HEADS) + "|",
        *(_row(outcome, number) for number in range(ROWS)),
        "",
        *(f"- {line}" for line in outcome.lost),
    ]
    return "\n".join(lines) + "\n"


def _row(outcome: Outcome, number: int) -> str:
    length = 60 * outcome.minutes / ROWS
    began = outcome.taken[0].seconds if outcome.taken else 0.0
    then = [each for each in outcome.taken if number * length <= each.seconds - began < (number + 1) * length]
    if not then:
        return f"| {number * length / 60:.1f} |" + " |" * (len(HEADS) - 1)
    names = ("server", "private", "asker", "total", "files", "threads", "processes", "index", "log", "temporary")
    middle = [f"{_median(then, name):.{1 if name in {'index', 'log'} else 0}f}" for name in names]
    times = _of(outcome.answers, number * length, (number + 1) * length)
    told = [f"{1e3 * percentile(times, share):.0f}" for share in (0.5, 0.95)] if times else ["", ""]
    return f"| {' | '.join([f'{(number + 1) * length / 60:.1f}', *middle, str(len(times)), *told])} |"


def _median(taken: Sequence[Taken], name: str) -> float:
    return statistics.median(float(getattr(each, name)) for each in taken)


def _of(row: Row, begin: float, end: float) -> list[float]:
    return [each for at, each in row if begin <= at < end]


def _told(seconds: Sequence[float]) -> str:
    if not seconds:
        return "no change"
    return f"{percentile(seconds, 0.5):.1f} s in the middle, {percentile(seconds, 0.95):.1f} s at p95"
