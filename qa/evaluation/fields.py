"""The fields of one JSON object, checked: an error names the line, the field, and what was expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from qa.answers import Turn
from qa.evaluation.errors import EvaluationError

__all__ = ["Fields"]

MISSPELT = 0.8
"""Similarity from which a name of a field is taken for another one, misspelt (difflib's ratio)."""


@dataclass(frozen=True, slots=True)
class Fields:
    """`raw`, read where `at` says."""

    raw: Mapping[str, Any]
    at: str

    def wrong(self, name: str, expected: str) -> EvaluationError:
        """The error of a field that holds something else than `expected`."""
        given = repr(self.raw.get(name))
        return EvaluationError(f'{self.at} has "{name}": {given[:60]}; expected {expected}')

    def check_names(self, known: Sequence[str]) -> None:
        """Raise `EvaluationError` for a name that looks like a misspelt one; others may stand for their owner."""
        for name in self.raw:
            meant = [] if name in known else get_close_matches(name.lower(), known, 1, MISSPELT)
            if meant:
                raise EvaluationError(f'{self.at} has "{name}": write "{meant[0]}"')

    def identity(self, *, default: str) -> str:
        """The id as text."""
        value = self.raw.get("id")
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, str | int) or not str(value):
            raise self.wrong("id", "a text or a number")
        return str(value)

    def required_text(self, name: str) -> str:
        """A text that is not blank."""
        value = self.raw.get(name)
        if name not in self.raw:
            raise EvaluationError(f'{self.at} has no "{name}": give it as text')
        if not isinstance(value, str) or not value.strip():
            raise self.wrong(name, "a text")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; one text stands for a list of it."""
        value = self.raw.get(name)
        values = [value] if isinstance(value, str) else [] if value is None else value
        if not isinstance(values, list) or not all(isinstance(v, str) and v.strip() for v in values):
            raise self.wrong(name, "a list of texts")
        return tuple(values)

    def entries(self, name: str) -> list[str | dict[str, Any]]:
        """A list of texts and objects."""
        value = self.raw.get(name)
        values = [value] if isinstance(value, str) else [] if value is None else value
        if not isinstance(values, list) or not all(v and isinstance(v, str | dict) for v in values):
            raise self.wrong(name, "a list of paths")
        return values

    def place(self, names: Sequence[str]) -> dict[str, Any]:
        """Those of the fields that name a place, with their types checked."""
        found = {name: self.raw[name] for name in names if self.raw.get(name) is not None}
        for name, value in found.items():
            if name in ("page", "slide"):
                if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                    raise self.wrong(name, "a number, counted from 1")
            elif name == "heading" and isinstance(value, list):
                found[name] = " › ".join(map(str, value))
            elif not isinstance(value, str):
                raise self.wrong(name, "a text")
        return found

    def span(self) -> tuple[int | None, int | None]:
        """`start` and `end` in characters; both or neither."""
        start, end = (self.raw.get(name) for name in ("start", "end"))
        if start is None and end is None:
            return None, None
        if isinstance(start, bool) or not isinstance(start, int) or start < 0:
            raise self.wrong("start", "the first character, counted from 0")
        if isinstance(end, bool) or not isinstance(end, int) or end <= start:
            raise self.wrong("end", "one past the last character, after start")
        return start, end

    def turns(self, name: str) -> tuple[Turn, ...]:
        """Earlier questions, oldest first: texts, or objects with a question, perhaps its answer and whether it found.

        Without `found` it counts as answered.
        """
        return tuple(self._turn(name, entry) for entry in self.entries(name))

    def _turn(self, name: str, entry: str | dict[str, Any]) -> Turn:
        raw = {"question": entry} if isinstance(entry, str) else entry
        question, answer, found = raw.get("question"), raw.get("answer") or "", raw.get("found")
        found = True if found is None else found
        if not (isinstance(question, str) and isinstance(answer, str) and isinstance(found, bool)):
            raise self.wrong(
                name, 'a list of questions, or of {"question": ..., "answer": ..., "found": true or false}'
            )
        return Turn(question, answer, found)
