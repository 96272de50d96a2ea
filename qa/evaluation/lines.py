"""Files of one JSON object a line, read with the number of each line for the errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from qa.evaluation.errors import EvaluationError

__all__ = ["Line", "objects", "text_of"]


class Line(NamedTuple):
    """One object of a file."""

    raw: dict[str, Any]
    at: str
    """For errors: "questions.jsonl, line 3"."""
    number: int


def objects(path: Path, *, torn: bool = False) -> Iterator[Line]:
    """The objects of a JSON Lines file; empty lines are passed over.

    `torn`: pass over lines that are no object too, as an interrupted append leaves them. Raises `EvaluationError`.
    """
    for number, data in enumerate(_lines(path), 1):
        at = f"{path.name}, line {number}"
        try:
            raw = json.loads(data.decode("utf-8-sig")) if data.strip() else None
        except (ValueError, RecursionError) as error:
            if torn:
                continue
            wrong = "UTF-8" if isinstance(error, UnicodeDecodeError) else "JSON"
            raise EvaluationError(f"{at} is not {wrong} ({error}): write one JSON object a line, as UTF-8") from error
        if isinstance(raw, dict):
            yield Line(raw, at, number)
        elif data.strip() and not torn:
            raise EvaluationError(f"{at} is not a JSON object but {_kind(raw)}: write one object a line")


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            yield from file
    except OSError as error:
        raise EvaluationError(f"{path} cannot be read ({error.strerror}): name a file that is there") from error


def text_of(path: Path) -> str:
    """The text of a UTF-8 file; raises `EvaluationError` with the reason when there is none."""
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise EvaluationError(f"{path} is not UTF-8 text (byte {error.start:,}): save it as UTF-8") from error
    except OSError as error:
        raise EvaluationError(f"{path} cannot be read ({error.strerror}): name a file that is there") from error


def _kind(value: Any) -> str:
    return {list: "a list", str: "a text", type(None): "null"}.get(type(value), "a number or a truth value")
