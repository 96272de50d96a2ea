"""A conversation on the page: what was asked, and what came of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from index.errors import FootnoteError, IndexMissing
from qa.answers import Answer, Turn
from qa.corpus import Corpus

__all__ = ["Exchange", "asked"]

KEPT = 50
"""Exchanges a conversation holds; older ones leave the page."""

STILL_READING = "Still reading your documents for the first time. Ask again in a moment."
NOT_READ_YET = "These documents have not been read yet. Press Sync, then ask again."
PARTLY_READ = "Answered while documents are still being read: there may be more to find."
SOMETHING_WRONG = "Something went wrong while looking for the answer. The shell that runs Footnote says what."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question with its answer, or with a line that says why there is none."""

    question: str
    answer: Answer | None = None
    notice: str = ""
    """A calm line below the answer, or in its place."""
    key: str = field(default_factory=lambda: uuid4().hex, compare=False)
    """Of this exchange alone."""


def asked(
    corpus: Corpus, conversation: Sequence[Exchange], question: str, *, reading: bool = False
) -> tuple[Exchange, ...]:
    """The conversation with `question` asked; as it was when the question is blank.

    `reading`: a sync is under way.
    """
    if not question.strip():
        return tuple(conversation)
    return (*conversation, _exchange(corpus, conversation, question.strip(), reading))[-KEPT:]


def _exchange(corpus: Corpus, conversation: Sequence[Exchange], question: str, reading: bool) -> Exchange:
    history = [Turn(past.question, past.answer.text) for past in conversation if past.answer]
    try:
        answer = corpus.ask(question, history=history)
    except IndexMissing:
        return Exchange(question, notice=STILL_READING if reading else NOT_READ_YET)
    except FootnoteError as error:
        return Exchange(question, notice=_sentence(str(error)))
    except Exception:  # the page must say something; what it was stands in the log
        _log.exception("a question could not be answered")
        return Exchange(question, notice=SOMETHING_WRONG)
    return Exchange(question, answer, PARTLY_READ if reading else "")


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:] + ("" if message.endswith((".", "?", '"')) else ".")
