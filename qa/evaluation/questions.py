"""Questions with what is known of their answers.

{"question": "How many arrive each day?", "answers": ["2,500"], "documents": ["aid.pdf"], "page": 4}
{"question": "Who won the cup?", "unanswerable": "out-of-corpus"}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qa.answers import Turn
from qa.evaluation.errors import EvaluationError
from qa.evaluation.fields import Fields
from qa.evaluation.lines import Line, objects

__all__ = [
    "PLACES",
    "UNANSWERABLE",
    "Gold",
    "Question",
    "Quote",
    "check_documents",
    "distinct",
    "read_questions",
    "unknown_documents",
]

PLACES = ("page", "page_label", "heading", "sheet", "slide")
"""What names a place in a document."""

UNANSWERABLE = "unanswerable"
"""The kind of an unanswerable question that names none."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A document that holds the answer, and where in it if that is known."""

    path: str
    place: Mapping[str, Any] = field(default_factory=dict)
    """Of `PLACES`, those that are known for this document."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a document."""

    path: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question, with what a right answer is known to be. What is not known is empty."""

    id: str
    question: str
    answers: tuple[str, ...] = ()
    """Words, any of which makes an answer right."""
    documents: tuple[Gold, ...] = ()
    """Any of them is right."""
    start: int | None = None
    """First character of the place that answers, in the stored text of a gold document."""
    end: int | None = None
    unanswerable: str = ""
    """Why the documents do not answer it ("out-of-corpus"); empty when they do."""
    history: tuple[Turn, ...] = ()
    within: tuple[str, ...] = ()
    grades: Mapping[str, int] = field(default_factory=dict)
    """How relevant each judged document is, where that is graded; else every document of `documents` counts 1."""
    rejected: tuple[Quote, ...] = ()
    """Quotes that someone judged to be wrong answers."""
    refusal_rejected: bool = False
    """Someone judged that the documents do answer it."""
    at: str = field(default="", compare=False)
    """Where it was read, for errors."""

    @property
    def judgements(self) -> dict[str, int]:
        """Relevance of the judged documents by path; empty when nothing is known, or nothing to be found."""
        if self.unanswerable:
            return {}
        return dict(self.grades) or {gold.path: 1 for gold in self.documents}


def read_questions(path: Path) -> tuple[Question, ...]:
    """The questions of a JSON Lines file. Raises `EvaluationError` naming the line that cannot be used."""
    if not path.exists():
        raise EvaluationError(f"there is no {path}: name a JSON Lines file of questions, or a BEIR-style folder")
    questions = tuple(_question(line) for line in objects(path))
    if not questions:
        raise EvaluationError(f'{path} holds no question: write one JSON object a line, as in {{"question": "Who?"}}')
    return distinct(questions)


def distinct(questions: Sequence[Question]) -> tuple[Question, ...]:
    """The questions, each with an id of its own; raises `EvaluationError` otherwise."""
    seen: dict[str, str] = {}
    for question in questions:
        if question.id in seen:
            raise EvaluationError(f'{question.at} has the id "{question.id}" of {seen[question.id]}: ids are unique')
        seen[question.id] = question.at
    return tuple(questions)


def check_documents(questions: Iterable[Question], known: set[str]) -> None:
    """Raise `EvaluationError` for the first gold document that is not among the documents of the corpus."""
    for question in questions:
        for gold in question.documents:
            if gold.path not in known:
                raise EvaluationError(
                    f'{question.at} names "{gold.path}", which is not a document of this corpus: give its path below '
                    "the folder, as `footnote search` shows it"
                )


def unknown_documents(questions: Iterable[Question], known: set[str]) -> int:
    """How many gold documents are not among the documents of the corpus."""
    return len({gold.path for question in questions for gold in question.documents} - known)


def _question(line: Line) -> Question:
    fields = Fields(line.raw, line.at)
    fields.check_names(
        ("id", "question", "answers", "documents", "start", "end", "unanswerable", "history", "within", *PLACES)
    )
    documents = tuple(_golds(fields))
    start, end = fields.span()
    if start is not None and not documents:
        raise EvaluationError(f"{line.at} has start and end but no document: name it under documents")
    answers, unanswerable = fields.texts("answers"), _unanswerable(fields)
    if answers and unanswerable:
        raise EvaluationError(f"{line.at} is unanswerable and has answers: leave one of the two out")
    return Question(
        id=fields.identity(default=str(line.number)),
        question=fields.required_text("question"),
        answers=answers,
        documents=documents,
        start=start,
        end=end,
        unanswerable=unanswerable,
        history=fields.turns("history"),
        within=fields.texts("within"),
        at=line.at,
    )


def _golds(fields: Fields) -> Iterable[Gold]:
    """Gold documents with their places.

    A place of the question counts for each document that can have one; a heading only when there is one document,
    because different documents have different headings.
    """
    entries = fields.entries("documents")
    shared = fields.place(PLACES)
    if len(entries) > 1:
        shared.pop("heading", None)
    for entry in entries:
        if isinstance(entry, str):
            yield Gold(entry, shared)
        else:
            own = Fields(entry, f"{fields.at}, in documents")
            own.check_names(("path", *PLACES))
            yield Gold(own.required_text("path"), own.place(PLACES) or shared)


def _unanswerable(fields: Fields) -> str:
    value = fields.raw.get("unanswerable")
    if value is None or value is False or value == "":
        return ""
    if value is True:
        return UNANSWERABLE
    if isinstance(value, str):
        return value.strip()
    raise fields.wrong("unanswerable", 'a kind such as "out-of-corpus", or true')
