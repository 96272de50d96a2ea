"""What happened to each question: the answer given, where the right documents stood, and what was right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

__all__ = ["Outcome"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One question that was asked. None stands for what cannot be told, because nothing is known to compare with."""

    id: str
    question: str
    history: tuple[str, ...] = ()
    """Earlier questions."""
    answers: tuple[str, ...] = ()
    """Gold: words that make an answer right."""
    documents: tuple[str, ...] = ()
    """Gold: paths."""
    place: str = ""
    """Gold: the place in words."""
    unanswerable: str = ""
    """Why it has no answer; empty for an answerable question."""

    found: bool = False
    """Whether an answer was given."""
    confidence: float = 0.0
    text: str = ""
    """The answer; when none was given, the sentence that came closest."""
    path: str = ""
    """Of the first citation."""
    cited_place: str = ""
    """Of the first citation, in words."""
    carried: tuple[str, ...] = ()
    """Words taken over from earlier questions."""
    seconds: float | None = None
    """What asking took."""
    error: str = ""
    """Why it could not be asked."""

    best_right: bool | None = None
    """Whether `text` is right, given or not."""
    right: bool | None = None
    """Whether what was given is right: the right answer, or a refusal where there is none."""
    place_right: bool | None = None
    """Whether the first citation stands at the gold place."""
    place_among: bool | None = None
    """Whether any citation does."""
    citations: int = 0
    exact: int = 0
    """Citations that are a slice of their document."""
    rejected: bool | None = None
    """Whether a quote that was judged wrong was given again."""
    ranked: tuple[str, ...] = ()
    """Documents in the order found, as far as they count."""
    rank: int | None = None
    """Place of the first relevant document among them, counted from 1."""
    measures: Mapping[str, float] = field(default_factory=dict)
    """Of retrieval, by name."""

    @property
    def is_answerable(self) -> bool:
        """Whether the documents hold an answer."""
        return not self.unanswerable

    def as_json(self) -> dict[str, Any]:
        """A plain dictionary."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Outcome:
        """The inverse of `as_json`; fields of later versions are passed over. Raises `TypeError` for missing ones."""
        names = {field.name for field in fields(cls)}
        known: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items() if k in names}
        return cls(**known)
