"""From outcomes to figures: what is measured, over which questions, with its bootstrap interval."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from qa.evaluation import abstention
from qa.evaluation.bootstrap import Interval, Statistic, intervals, value_of
from qa.evaluation.outcomes import Outcome
from qa.evaluation.ranking import MEASURES

__all__ = ["PERCENTILES", "Figure", "Measure", "figures_of", "measures_of", "sureness_and_right"]

Floats = NDArray[np.float64]
Unit = Literal["share", "score", "seconds"]

PERCENTILES = (50, 90, 95, 99)
"""Of the seconds a question takes."""


@dataclass(frozen=True, slots=True)
class Measure:
    """Something to be measured on some outcomes, in a form that can be drawn again."""

    name: str
    group: str
    statistic: Statistic
    n: int
    """Questions that it is about."""
    unit: Unit = "share"
    higher_is_better: bool | None = True
    """None where neither is."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure with its value and the middle 95 % of its bootstrap."""

    name: str
    group: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    unit: Unit = "share"
    higher_is_better: bool | None = True

    def as_json(self) -> dict[str, Any]:
        """A plain dictionary."""
        return asdict(self)


def figures_of(outcomes: Sequence[Outcome]) -> tuple[Figure, ...]:
    """Every figure that the outcomes can have, with its interval."""
    measures = measures_of(outcomes)
    n = len(outcomes)
    found = intervals([measure.statistic for measure in measures], n)
    return tuple(_figure(measure, n, interval) for measure, interval in zip(measures, found, strict=True))


def measures_of(outcomes: Sequence[Outcome]) -> list[Measure]:
    """What these outcomes can tell, in the order of the report."""
    return [*_retrieval(outcomes), *_answers(outcomes), *_abstention(outcomes), *_latency(outcomes)]


def sureness_and_right(outcomes: Sequence[Outcome]) -> tuple[Floats, NDArray[np.bool_]]:
    """Confidence, and whether the sentence it is about is right, of all outcomes where that is known."""
    known = [outcome for outcome in outcomes if outcome.best_right is not None]
    return np.array([o.confidence for o in known], dtype=float), np.array([o.best_right for o in known], dtype=bool)


def _retrieval(outcomes: Sequence[Outcome]) -> Iterator[Measure]:
    for name in MEASURES:
        unit: Unit = "score" if name in ("MRR@10", "nDCG@10") else "share"
        yield from _mean(
            outcomes,
            name,
            "Retrieval",
            lambda o, name=name: o.measures.get(name),  # type: ignore[misc]
            unit=unit,
        )


def _answers(outcomes: Sequence[Outcome]) -> Iterator[Measure]:
    group = "Answers"
    yield from _mean(outcomes, "answer-sentence accuracy", group, lambda o: o.right if o.is_answerable else None)
    yield from _mean(
        outcomes, "best sentence, refusals aside", group, lambda o: o.best_right if o.is_answerable else None
    )
    yield from _mean(outcomes, "precision of answers given", group, lambda o: o.best_right if o.found else None)
    yield from _mean(outcomes, "place accuracy, first citation", group, lambda o: o.place_right)
    yield from _mean(outcomes, "place accuracy, any citation", group, lambda o: o.place_among)
    cited = np.array([outcome.citations for outcome in outcomes], dtype=float)
    exact = np.array([outcome.exact for outcome in outcomes], dtype=float)
    if cited.any():
        yield Measure("citation exactness", group, lambda w: _ratio(w @ exact, w @ cited), int((cited > 0).sum()))
    yield from _mean(outcomes, "rejected answers given again", group, lambda o: o.rejected, higher_is_better=False)


def _abstention(outcomes: Sequence[Outcome]) -> Iterator[Measure]:
    group = "Abstention"
    answerable = [o.is_answerable and not _is_unknown(o) for o in outcomes]
    yield from _mean(
        outcomes, "answered: answerable", group, lambda o: o.found if o.is_answerable and not _is_unknown(o) else None
    )
    kinds = sorted({outcome.unanswerable for outcome in outcomes} - {""})
    for kind in kinds:
        yield from _mean(
            outcomes,
            f"answered: {kind}",
            group,
            lambda o, kind=kind: o.found if o.unanswerable == kind else None,  # type: ignore[misc]
            higher_is_better=False,
        )
    if any(answerable):
        yield from _telling_apart(outcomes, answerable, None)
        for kind in kinds if len(kinds) > 1 else ():
            yield from _telling_apart(outcomes, answerable, kind)
    yield from _confidence(outcomes)


def _telling_apart(outcomes: Sequence[Outcome], answerable: Sequence[bool], kind: str | None) -> Iterator[Measure]:
    """Answerable questions against the unanswerable ones of one kind, or of all."""
    asked = [
        a or (bool(o.unanswerable) and kind in (None, o.unanswerable))
        for a, o in zip(answerable, outcomes, strict=True)
    ]
    chosen, positive = np.flatnonzero(asked), np.array(answerable)[np.flatnonzero(asked)]
    if positive.all():
        return
    sure = np.array([outcome.confidence for outcome in outcomes])[chosen]
    about = f", {kind}" if kind else ""
    n = len(chosen)
    yield Measure(f"AUROC{about}", "Abstention", lambda w: abstention.auroc(w[:, chosen], sure, positive), n, "score")
    yield Measure(
        f"kept at 5 % wrongly answered{about}",
        "Abstention",
        lambda w: abstention.kept_at(w[:, chosen], sure, positive),
        n,
    )


def _confidence(outcomes: Sequence[Outcome]) -> Iterator[Measure]:
    chosen = np.flatnonzero([outcome.best_right is not None for outcome in outcomes])
    if not len(chosen):
        return
    sure, right = sureness_and_right(outcomes)
    yield Measure(
        "AURC",
        "Abstention",
        lambda w: abstention.area_under_risk_coverage(w[:, chosen], sure, right),
        len(chosen),
        "score",
        higher_is_better=False,
    )
    yield Measure(
        "ECE",
        "Abstention",
        lambda w: abstention.calibration_error(w[:, chosen], sure, right),
        len(chosen),
        "score",
        higher_is_better=False,
    )


def _latency(outcomes: Sequence[Outcome]) -> Iterator[Measure]:
    chosen = np.flatnonzero([outcome.seconds is not None for outcome in outcomes])
    if not len(chosen):
        return
    seconds = np.array([outcome.seconds for outcome in outcomes if outcome.seconds is not None])
    for p in PERCENTILES:
        statistic = partial(_percentile, chosen=chosen, values=seconds, share=p / 100)
        yield Measure(f"latency p{p}", "Latency", statistic, len(chosen), "seconds", higher_is_better=False)


def _mean(
    outcomes: Sequence[Outcome],
    name: str,
    group: str,
    value: Callable[[Outcome], float | None],
    *,
    unit: Unit = "share",
    higher_is_better: bool = True,
) -> Iterator[Measure]:
    """The mean over the outcomes that have a value; nothing when none has."""
    values = [value(outcome) for outcome in outcomes]
    known = np.array([v is not None for v in values], dtype=float)
    numbers = np.array([float(v or 0.0) for v in values])
    if known.any():
        n = int(known.sum())
        yield Measure(name, group, lambda w: _ratio(w @ numbers, w @ known), n, unit, higher_is_better)


def _is_unknown(outcome: Outcome) -> bool:
    """Whether only rejected answers are known: there may be a right one, or none."""
    return outcome.rejected is not None and not outcome.answers and outcome.is_answerable


def _percentile(weights: Floats, *, chosen: NDArray[np.int64], values: Floats, share: float) -> Floats:
    """The least value that at least `share` of the drawn ones do not exceed: (b,), NaN where none was drawn."""
    order = np.argsort(values)
    reached = np.cumsum(weights[:, chosen[order]], axis=1)
    first = (reached < share * reached[:, -1:] - 1e-9).sum(1)
    found: Floats = np.where(reached[:, -1] > 0, values[order][np.minimum(first, len(values) - 1)], np.nan)
    return found


def _ratio(above: Floats, below: Floats) -> Floats:
    found: Floats = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
    return found


def _figure(measure: Measure, n: int, interval: Interval) -> Figure:
    low, high = interval or (None, None)
    value = value_of(measure.statistic, n)
    return Figure(measure.name, measure.group, value, low, high, measure.n, measure.unit, measure.higher_is_better)
