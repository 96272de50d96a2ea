"""Outcomes and reports made by hand."""

from __future__ import annotations

from typing import Any

from qa.evaluation.figures import figures_of
from qa.evaluation.outcomes import Outcome
from qa.evaluation.report import Facts, Report


def outcome(identity: str = "1", **facts: Any) -> Outcome:
    """A right answer to an answerable question, but for `facts`."""
    usual = {
        "question": f"Question {identity}?",
        "answers": ("yes",),
        "documents": ("a.md",),
        "found": True,
        "confidence": 0.8,
        "text": "Yes.",
        "path": "a.md",
        "seconds": 0.02,
        "best_right": True,
        "right": True,
        "citations": 2,
        "exact": 2,
        "ranked": ("a.md",),
        "rank": 1,
        "measures": {"recall@1": 1.0, "MRR@10": 1.0},
    }
    return Outcome(id=identity, **{**usual, **facts})


def refusal(identity: str, kind: str = "out-of-corpus", **facts: Any) -> Outcome:
    """A right refusal, but for `facts`."""
    usual = {
        "unanswerable": kind,
        "answers": (),
        "documents": (),
        "found": False,
        "confidence": 0.1,
        "best_right": False,
        "right": True,
        "ranked": (),
        "rank": None,
        "measures": {},
    }
    return outcome(identity, **{**usual, **facts})


def report(*outcomes: Outcome, **facts: Any) -> Report:
    """The report of these outcomes."""
    usual = {
        "source": "questions.jsonl",
        "date": "2026-11-24T05:00:00+00:00",
        "footnote": "0.1.0",
        "model": "counting",
        "corpus": "papers",
        "documents": 3,
        "failed": 0,
        "passages": 9,
    }
    return Report(facts=Facts(**{**usual, **facts}), figures=figures_of(outcomes), outcomes=outcomes)
