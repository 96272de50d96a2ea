"""The conversations of MTRAG and MTRAG-UN, turn by turn, for `benchmarks.followups`."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from qa.answers import Turn

from .retrieval import read_lines

__all__ = ["AskedTurn", "changes_of_topic", "cloud_turns", "documents_of", "first_turns", "un_turns"]


@dataclass(frozen=True, slots=True)
class AskedTurn:
    """One question of a conversation."""

    id: str
    conversation: str
    question: str
    """As it was asked."""
    history: tuple[Turn, ...]
    """Oldest first."""
    grades: dict[str, int]
    """{document: grade}; empty when it was not judged."""
    rewrite: str = ""
    """The question as a person wrote it to stand on its own; "" where nobody did."""

    @property
    def is_first(self) -> bool:
        """Whether nothing was asked before it."""
        return not self.history

    @property
    def without_answers(self) -> AskedTurn:
        """The same, with a history of questions alone."""
        return replace(self, history=tuple(Turn(turn.question) for turn in self.history))


def cloud_turns(folder: Path) -> list[AskedTurn]:
    """The judged turns of MTRAG's cloud domain, with the questions before each; their answers are not there."""
    judged = _judgements((folder / "qrels").glob("*.tsv"))
    rewrites = {line["_id"]: _questions(line["text"])[-1] for line in read_lines(folder / "rewrite.jsonl")}
    turns = []
    for line in read_lines(folder / "questions.jsonl"):
        *earlier, last = _questions(line["text"])
        identity = line["_id"]
        grades, history = judged.get(identity, {}), tuple(Turn(question) for question in earlier)
        turns.append(AskedTurn(identity, _conversation(identity), last, history, grades, rewrites[identity]))
    return turns


def un_turns(folder: Path) -> list[AskedTurn]:
    """One turn of each conversation of MTRAG-UN, with the questions and answers before it; some were judged."""
    judged = _judgements(folder.glob("qrels_*.tsv"))
    rows: list[dict[str, Any]] = [json.loads(line) for line in (folder / "reference.jsonl").read_text().splitlines()]
    turns = []
    for row in rows:
        *earlier, last = row["input"]
        identity = row["task_id"]
        grades = judged.get(identity, {})
        turns.append(AskedTurn(identity, _conversation(identity), last["text"].strip(), _exchanges(earlier), grades))
    return turns


def first_turns(turns: Iterable[AskedTurn]) -> list[AskedTurn]:
    """The first question of each conversation; judged where it is itself among `turns`."""
    found: dict[str, AskedTurn] = {}
    for turn in sorted(turns, key=lambda turn: not turn.is_first):
        first = turn if turn.is_first else replace(turn, question=turn.history[0].question, history=(), grades={})
        found.setdefault(turn.conversation, replace(first, rewrite=first.question))
    return list(found.values())


def changes_of_topic(questions: Sequence[AskedTurn], turns: Sequence[AskedTurn]) -> list[AskedTurn]:
    """The rewrite of each question, asked at the end of another conversation: each time the next but one more.

    Of a conversation its longest history in `turns` counts, with the question that ends it.
    """
    longest: dict[str, AskedTurn] = {}
    for turn in sorted(turns, key=lambda turn: len(turn.history)):
        longest[turn.conversation] = turn
    names = sorted(longest)
    changed = []
    for at, turn in enumerate(questions):
        step = 1 + at % (len(names) - 1)
        other = longest[names[(names.index(turn.conversation) + step) % len(names)]]
        history = other.history or (Turn(other.question),)
        changed.append(replace(turn, question=turn.rewrite, history=history))
    return changed


def documents_of(path: Path) -> dict[str, str]:
    """{id: title, empty line, text} of a file of passages."""
    return {line["_id"]: f"{line.get('title', '')}\n\n{line['text']}" for line in read_lines(path)}


def _questions(text: str) -> list[str]:
    """The lines that begin with "|user|:", without it."""
    return [part.strip() for part in text.split("|user|:") if part.strip()]


def _exchanges(said: Sequence[dict[str, Any]]) -> tuple[Turn, ...]:
    """Each question with what the agent said before the next."""
    exchanges: list[Turn] = []
    for utterance in said:
        if utterance["speaker"] == "user":
            exchanges.append(Turn(utterance["text"]))
        elif exchanges:
            exchanges[-1] = replace(exchanges[-1], answer=utterance["text"])
    return tuple(exchanges)


def _conversation(identity: str) -> str:
    return identity.partition("<::>")[0]


def _judgements(paths: Iterable[Path]) -> dict[str, dict[str, int]]:
    judged: dict[str, dict[str, int]] = {}
    for path in sorted(paths):
        for row in csv.DictReader(path.read_text().splitlines(), delimiter="\t"):
            judged.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    return judged
