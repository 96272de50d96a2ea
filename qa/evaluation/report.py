"""The report of an evaluation: its figures, every question with what happened to it, and what it was made with."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from index import DocumentRecord, State
from qa.corpus import Corpus
from qa.evaluation.abstention import Bin, reliability, risk_coverage
from qa.evaluation.bootstrap import RESAMPLES, SEED
from qa.evaluation.errors import EvaluationError
from qa.evaluation.figures import Figure, figures_of, sureness_and_right
from qa.evaluation.lines import text_of
from qa.evaluation.outcomes import Outcome

__all__ = ["FORMAT", "FORMAT_VERSION", "Facts", "Report", "read_report", "report_of"]

FORMAT = "footnote evaluation"
FORMAT_VERSION = 1

CURVE_POINTS = 400
"""Of the risk-coverage curve that a report keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What was evaluated, when, and with what."""

    source: str
    """Where the questions are from."""
    date: str
    """UTC, ISO 8601."""
    footnote: str
    """Version."""
    model: str
    corpus: str
    """Name of the folder."""
    documents: int
    failed: int
    """Documents that could not be read."""
    passages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything an evaluation found."""

    facts: Facts
    figures: tuple[Figure, ...]
    outcomes: tuple[Outcome, ...]
    notes: tuple[str, ...] = ()
    """What a reader must know to read the figures right."""

    def figure(self, name: str) -> Figure | None:
        """The figure of that name, if these outcomes have it."""
        return next((figure for figure in self.figures if figure.name == name), None)

    @property
    def curve(self) -> list[tuple[float, float]]:
        """(coverage, risk), at most `CURVE_POINTS` of them; empty when nothing could be judged."""
        sure, right = sureness_and_right(self.outcomes)
        if not len(sure):
            return []
        points = list(zip(*(values.tolist() for values in risk_coverage(sure, right)), strict=True))
        step = max(1, len(points) // CURVE_POINTS)
        return [*points[:-1:step], points[-1]]

    @property
    def reliability(self) -> list[Bin]:
        """Share of right sentences by confidence."""
        sure, right = sureness_and_right(self.outcomes)
        return reliability(sure, right)

    def as_json(self) -> dict[str, Any]:
        """Plain dictionaries and lists, ready for `json.dumps`."""
        return {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "facts": asdict(self.facts),
            "bootstrap": {"resamples": RESAMPLES, "seed": SEED, "level": 0.95},
            "notes": list(self.notes),
            "figures": [figure.as_json() for figure in self.figures],
            "reliability": [part._asdict() for part in self.reliability],
            "risk_coverage": [{"coverage": coverage, "risk": risk} for coverage, risk in self.curve],
            "questions": [outcome.as_json() for outcome in self.outcomes],
        }


def report_of(
    outcomes: Sequence[Outcome],
    corpus: Corpus,
    records: Sequence[DocumentRecord],
    *,
    source: str,
    notes: Sequence[str] = (),
) -> Report:
    """Count the outcomes of `corpus`, whose documents are `records`."""
    failed = sum(outcome.error != "" for outcome in outcomes)
    said = [*notes, f"{failed:,} questions could not be asked and count as not answered."] if failed else notes
    facts = Facts(
        source=source,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        footnote=_version(),
        model=corpus.model,
        corpus=corpus.name,
        documents=sum(record.state is State.INDEXED for record in records),
        failed=sum(record.state is State.FAILED for record in records),
        passages=sum(record.passages for record in records),
    )
    return Report(facts=facts, figures=figures_of(outcomes), outcomes=tuple(outcomes), notes=tuple(said))


def read_report(path: Path) -> Report:
    """The inverse of writing `as_json`; raises `EvaluationError` for what is no such report."""
    try:
        raw = json.loads(text_of(path))
    except (ValueError, RecursionError) as error:
        raise EvaluationError(f"{path} is not JSON: name a report that --report PATH.json wrote") from error
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise EvaluationError(f"{path} is not a report of footnote eval: name one that --report PATH.json wrote")
    if raw.get("version") != FORMAT_VERSION:
        raise EvaluationError(
            f"{path} has format version {raw.get('version')}, this Footnote reads {FORMAT_VERSION}: "
            "evaluate again to compare"
        )
    try:
        return Report(
            facts=Facts(**_known(Facts, raw["facts"])),
            figures=tuple(Figure(**_known(Figure, figure)) for figure in raw["figures"]),
            outcomes=tuple(Outcome.from_json(outcome) for outcome in raw["questions"]),
            notes=tuple(raw["notes"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise EvaluationError(f"{path} is incomplete ({error}): write the report again") from error


def _known(kind: type[Facts | Figure], raw: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(kind)}
    return {name: value for name, value in raw.items() if name in names}


def _version() -> str:
    try:
        return version("footnote-qa")
    except PackageNotFoundError:  # run from a checkout that was not installed
        return "unknown"
