"""What a check tells: findings, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

__all__ = ["NAMED", "REPAIR", "CheckProgress", "Finding", "OnCheck", "Verdict", "judged", "not_checked"]

NAMED = 5
"""Examples that a finding names; the rest is counted."""

REPAIR = "run `footnote check --repair`"


class Verdict(StrEnum):
    """How one thing that was looked at turned out."""

    OK = "ok"
    WRONG = "wrong"
    NOTE = "note"
    """Information; neither right nor wrong."""
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and how it turned out."""

    name: str
    """One word: "store", "counts", "vectors" ..."""
    verdict: Verdict
    said: str
    """What was found, in one line for a person."""
    remedy: str = ""
    """What to do; "" when there is nothing to do."""
    examples: tuple[str, ...] = ()
    """The first few things that are wrong, a line each."""
    facts: Mapping[str, int | float | str] = field(default_factory=dict)
    """The figures in `said`, for programs."""


class CheckProgress(NamedTuple):
    """How far a check is."""

    stage: str
    """What is being looked at, for a person."""
    done: int
    total: int

    @property
    def share(self) -> float:
        """Of this stage, in [0, 1]."""
        return self.done / self.total if self.total else 0.0


OnCheck = Callable[[CheckProgress], None]


def judged(
    name: str,
    problems: Sequence[str],
    well: str,
    *,
    remedy: str = REPAIR,
    facts: Mapping[str, int | float | str] | None = None,
) -> Finding:
    """`well` when there are no problems; else the first problem, how many more there are, and what to do."""
    if not problems:
        return Finding(name, Verdict.OK, well, facts=facts or {})
    more = f", and {len(problems) - 1:,} more" if len(problems) > 1 else ""
    counted = {**(facts or {}), "problems": len(problems)}
    return Finding(name, Verdict.WRONG, problems[0] + more, remedy, tuple(problems[1:NAMED]), counted)


def not_checked(name: str, why: str) -> Finding:
    """What could not be looked at, and why."""
    return Finding(name, Verdict.NOT_CHECKED, why)
