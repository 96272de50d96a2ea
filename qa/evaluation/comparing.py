"""What changed since an earlier report: each figure on the questions of both, and question by question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from qa.evaluation.bootstrap import paired_intervals, value_of
from qa.evaluation.errors import EvaluationError
from qa.evaluation.figures import Unit, measures_of
from qa.evaluation.outcomes import Outcome
from qa.evaluation.report import Report

__all__ = ["CHANGES", "Change", "Comparison", "Difference", "compared"]

CHANGES = (
    "newly right",
    "newly wrong",
    "answered before, refused now",
    "refused before, answered now",
    "right document first",
    "right document no longer first",
    "another answer",
)
"""In the order they are told."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure on the questions of both reports."""

    name: str
    group: str
    before: float | None
    now: float | None
    difference: float | None
    low: float | None
    high: float | None
    """The middle 95 % of the difference, both sides drawn again together."""
    unit: Unit
    higher_is_better: bool | None

    @property
    def verdict(self) -> str:
        """Whether it is "better" or "worse"; "" when the interval holds 0."""
        if self.low is None or self.high is None or self.low <= 0 <= self.high or self.higher_is_better is None:
            return ""
        return "better" if (self.low > 0) == self.higher_is_better else "worse"


@dataclass(frozen=True, slots=True)
class Change:
    """A question that went otherwise than before."""

    id: str
    question: str
    kinds: tuple[str, ...]
    """Of `CHANGES`."""
    before: str
    """The answer; "" for a refusal."""
    now: str
    confidence_before: float
    confidence_now: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A report against an earlier one."""

    earlier: str
    """Name, date and version of the earlier report."""
    common: int
    """Questions that both asked."""
    only_before: int
    only_now: int
    differences: tuple[Difference, ...]
    changes: tuple[Change, ...]

    def count(self, kind: str) -> int:
        """Questions that changed in this way."""
        return sum(kind in change.kinds for change in self.changes)

    def as_json(self) -> dict[str, Any]:
        """A plain dictionary."""
        differences = [{**asdict(difference), "verdict": difference.verdict} for difference in self.differences]
        return {**asdict(self), "differences": differences, "counts": {kind: self.count(kind) for kind in CHANGES}}


def compared(now: Report, before: Report, name: str) -> Comparison:
    """`now` against `before`, which `name` says; over the questions that both asked in the same words.

    Raises `EvaluationError` when there are none.
    """
    earlier = {_key(outcome): outcome for outcome in before.outcomes}
    common = [(outcome, earlier[_key(outcome)]) for outcome in now.outcomes if _key(outcome) in earlier]
    if not common:
        raise EvaluationError(f"{name} has no question in common with these: compare reports of the same questions")
    changes = [_change(new, old) for new, old in common]
    return Comparison(
        earlier=f"{name} ({before.facts.date[:10]}, Footnote {before.facts.footnote})",
        common=len(common),
        only_before=len(before.outcomes) - len(common),
        only_now=len(now.outcomes) - len(common),
        differences=_differences([new for new, _ in common], [old for _, old in common]),
        changes=tuple(sorted((c for c in changes if c.kinds), key=lambda c: CHANGES.index(c.kinds[0]))),
    )


def _key(outcome: Outcome) -> tuple[str, str, tuple[str, ...]]:
    return outcome.id, outcome.question, outcome.history


def _differences(now: Sequence[Outcome], before: Sequence[Outcome]) -> tuple[Difference, ...]:
    n = len(now)
    earlier = {measure.name: measure for measure in measures_of(before)}
    both = [(measure, earlier[measure.name]) for measure in measures_of(now) if measure.name in earlier]
    found = paired_intervals([(new.statistic, old.statistic) for new, old in both], n)
    differences = []
    for (new, old), interval in zip(both, found, strict=True):
        low, high = interval or (None, None)
        value, was = value_of(new.statistic, n), value_of(old.statistic, n)
        change = value - was if value is not None and was is not None else None
        differences.append(
            Difference(new.name, new.group, was, value, change, low, high, new.unit, new.higher_is_better)
        )
    return tuple(differences)


def _change(now: Outcome, before: Outcome) -> Change:
    kinds = [
        (now.right is True and before.right is False, "newly right"),
        (now.right is False and before.right is True, "newly wrong"),
        (before.found and not now.found, "answered before, refused now"),
        (now.found and not before.found, "refused before, answered now"),
        (now.rank == 1 and before.rank != 1, "right document first"),
        (before.rank == 1 and now.rank != 1, "right document no longer first"),
        (now.found and before.found and now.text != before.text, "another answer"),
    ]
    return Change(
        id=now.id,
        question=now.question,
        kinds=tuple(kind for applies, kind in kinds if applies),
        before=before.text if before.found else "",
        now=now.text if now.found else "",
        confidence_before=before.confidence,
        confidence_now=now.confidence,
    )
