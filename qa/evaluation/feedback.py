"""Thumbs from the chat page as questions: up makes the quoted sentence a right answer, down a rejected one.

A later line about the same exchange replaces the earlier one, and all exchanges about one question become one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from qa.answers import Turn
from qa.evaluation.errors import EvaluationError
from qa.evaluation.fields import Fields
from qa.evaluation.lines import Line, objects
from qa.evaluation.questions import Gold, Question, Quote

__all__ = ["RIGHTLY_REFUSED", "is_feedback", "questions_from_feedback", "read_feedback"]

RIGHTLY_REFUSED = "refusal confirmed"
"""The kind of an unanswerable question whose refusal was given a thumb up."""


def is_feedback(path: Path) -> bool:
    """Whether a file holds thumbs instead of questions: its first object has a rating."""
    first = next(objects(path, torn=True), None) if path.is_file() else None
    return first is not None and "rating" in first.raw


def read_feedback(path: Path) -> tuple[Question, ...]:
    """The questions of a file of thumbs; raises `EvaluationError` when it holds none that count."""
    return questions_from_feedback(objects(path, torn=True), str(path))


def questions_from_feedback(lines: Iterable[Line | Mapping[str, Any]], name: str) -> tuple[Question, ...]:
    """The questions of thumbs, oldest first; `name` says where they are from."""
    latest: dict[str, Fields] = {}
    for number, line in enumerate(lines, 1):
        fields = Fields(line.raw, line.at) if isinstance(line, Line) else Fields(line, f"{name}, entry {number}")
        latest[str(fields.raw.get("exchange") or number)] = fields
    together: dict[tuple[str, tuple[Turn, ...]], list[Fields]] = {}
    for fields in latest.values():
        if fields.raw.get("rating") in ("up", "down"):
            key = fields.required_text("question"), fields.turns("history")
            together.setdefault(key, []).append(fields)
    if not together:
        raise EvaluationError(f"{name} holds no judgement yet: give answers a thumb up or down on the chat page")
    return tuple(_question(*key, judged, number) for number, (key, judged) in enumerate(together.items(), 1))


def _question(question: str, history: tuple[Turn, ...], judged: Sequence[Fields], number: int) -> Question:
    right = [_quote(fields) for fields in judged if fields.raw["rating"] == "up" and fields.raw.get("found")]
    wrong = [_quote(fields) for fields in judged if fields.raw["rating"] == "down" and fields.raw.get("found")]
    refused = {fields.raw["rating"] for fields in judged if not fields.raw.get("found")}
    return Question(
        id=str(number),
        question=question,
        answers=tuple(dict.fromkeys(quote.text for quote in right)),
        documents=tuple(Gold(path) for path in dict.fromkeys(quote.path for quote in right)),
        unanswerable=RIGHTLY_REFUSED if "up" in refused and not right else "",
        history=history,
        within=judged[-1].texts("within"),
        rejected=tuple(quote for quote in dict.fromkeys(wrong) if quote not in right),
        refusal_rejected="down" in refused,
        at=judged[-1].at,
    )


def _quote(fields: Fields) -> Quote:
    return Quote(fields.required_text("path"), fields.required_text("answer"))
