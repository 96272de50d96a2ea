"""A conversation on the page: what was asked, and what came of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

from index.errors import FootnoteError, IndexMissing, NothingWithin
from qa.answers import Answer, Turn
from qa.corpus import Corpus
from qa.syncing import SyncState
from qa.written import Written

__all__ = ["Asking", "Exchange", "TooEarly", "asked", "asked_again"]

KEPT = 50
"""Exchanges that a conversation shows, and that a question is understood from; the record holds older ones, too."""

NOT_READ_YET = "These documents have not been read yet. Press Sync, then ask again."
FOLDER_GONE = (
    "The folder of these documents is not there, and what was read of it neither. Bring it back, then ask again."
)
NOTHING_HERE = "There is no document here yet. Put some in the folder, or drop them on this page, then ask again."
PARTLY_READ = "Answered while documents are still being read: there may be more to find."
BY_WORDS = "Answered while some passages are found by their words only: asked again later, it may be answered better."
CHOSEN_GONE = "The documents you chose are no longer here."
SOMETHING_WRONG = "Something went wrong while looking for the answer. The shell that runs Footnote says what."

_log = logging.getLogger(__name__)


class TooEarly(Exception):
    """There is nothing to answer from yet, but the first documents are being read: the same again will do."""

    def __init__(self, sync: SyncState) -> None:
        """`sync`: the one that reads them."""
        super().__init__("the first documents are being read")
        self.sync = sync


@dataclass(frozen=True, slots=True)
class Asking:
    """What a question is asked with; left alone, what the conversation suggests."""

    carry: tuple[str, ...] | None = None
    """Exactly these words of earlier turns."""
    left_out: tuple[str, ...] = ()
    """Words of earlier turns that the page was told to leave out."""
    within: tuple[str, ...] = ()
    """Paths of the documents to ask; all of them when empty."""
    label: str = ""
    """What the documents of `within` are called on the page."""


_AS_IT_STANDS = Asking()
_AT_REST = SyncState()


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question with its answer, or with a line that says why there is none."""

    question: str
    answer: Answer | None = None
    notice: str = ""
    """A calm line below the answer, or in its place."""
    asking: Asking = _AS_IT_STANDS
    """What it was asked with."""
    written: Written | None = None
    """What a language model wrote below the answer, once that has ended."""
    key: str = field(default_factory=lambda: uuid4().hex, compare=False)
    """Of this exchange alone."""
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"), compare=False)
    """When it was asked: "2026-11-25T02:09:02+00:00"."""


def asked(
    corpus: Corpus,
    conversation: Sequence[Exchange],
    question: str,
    *,
    sync: SyncState = _AT_REST,
    asking: Asking = _AS_IT_STANDS,
    refused: str = "",
) -> tuple[Exchange, ...]:
    """The conversation with `question` asked; as it was when the question is blank.

    `sync`: what is known of the latest one. `refused`: why it is not looked for at all. Raises `TooEarly`.
    """
    if not question.strip():
        return tuple(conversation)
    words = question.strip().encode("utf-8", "replace").decode()  # half a character could not be shown again
    if refused:
        return (*conversation, Exchange(words, notice=_sentence(refused), asking=asking))[-KEPT:]
    return (*conversation, _exchange(corpus, conversation, words, sync, asking))[-KEPT:]


def asked_again(
    corpus: Corpus,
    conversation: Sequence[Exchange],
    key: str,
    change: Mapping[str, str],
    *,
    sync: SyncState = _AT_REST,
    refused: str = "",
) -> tuple[Exchange, ...]:
    """The conversation with the question of the exchange `key` asked once more.

    `change`: `{"without": word}` leaves out a word that was carried over, `{"within": path}` asks one of the documents
    that the answer had named as choices, `{"all": ...}` asks all of them. Anything else leaves the conversation
    as it was.
    """
    again = next((past for past in conversation if past.key == key), None)
    asking = _changed(again, change) if again else None
    if again is None or asking is None:
        return tuple(conversation)
    return asked(corpus, conversation, again.question, sync=sync, asking=asking, refused=refused)


def _changed(again: Exchange, change: Mapping[str, str]) -> Asking | None:
    """What the question is asked with after the change; None for one that the page did not offer."""
    if "all" in change:
        return replace(again.asking, within=(), label="") if again.asking.within else None
    if again.answer is None:
        return None
    carried, word = again.answer.carried, change.get("without")
    if word in carried:
        rest = tuple(other for other in carried if other != word)
        return replace(again.asking, carry=rest, left_out=(*again.asking.left_out, word))
    chosen = next((choice for choice in again.answer.choices if choice.within == change.get("within")), None)
    return replace(again.asking, carry=carried, within=(chosen.within,), label=chosen.label) if chosen else None


def _exchange(
    corpus: Corpus, conversation: Sequence[Exchange], question: str, sync: SyncState, asking: Asking
) -> Exchange:
    history = [Turn(past.question, past.answer.text, past.answer.found) for past in conversation if past.answer]
    try:
        answer = corpus.ask(question, history=history, within=asking.within, carry=asking.carry)
    except IndexMissing:
        is_there = corpus.holdings.is_there
        if sync.running and is_there:
            raise TooEarly(sync) from None
        return Exchange(question, notice=NOT_READ_YET if is_there else FOLDER_GONE, asking=asking)
    except NothingWithin:
        return Exchange(question, notice=CHOSEN_GONE, asking=asking)
    except FootnoteError as error:
        return Exchange(question, notice=_sentence(str(error)), asking=asking)
    except Exception:  # the page must say something; what it was stands in the log
        _log.exception("a question could not be answered")
        return Exchange(question, notice=SOMETHING_WRONG, asking=asking)
    if not answer.found and not answer.citations and not corpus.documents():
        if sync.running:
            raise TooEarly(sync)
        return Exchange(question, notice=NOTHING_HERE, asking=asking)
    return Exchange(question, answer, _meanwhile(sync), asking)


def _meanwhile(sync: SyncState) -> str:
    """What an answer lacks that was given during a sync; vectors of sentences only make it faster."""
    progress = sync.progress
    if not sync.running:
        return ""
    if not progress or progress.is_reading:
        return PARTLY_READ
    is_begun = progress.by_words_total or progress.passages_total  # before, it is not told yet how many lack a vector
    return BY_WORDS if progress.by_words or (not is_begun and progress.stored > progress.embedded) else ""


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:] + ("" if message.endswith((".", "?", '"')) else ".")
