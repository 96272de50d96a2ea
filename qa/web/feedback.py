"""Thumbs up and down below each answer, kept beside the index for `footnote eval feedback`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from index import Judgements
from index.errors import IndexNotWritable
from qa.answers import Answer
from qa.web.conversation import Exchange

__all__ = ["NOT_KEPT", "Feedback", "Press"]

UNDONE = "none"
"""The rating of a thumb that was taken back."""

RATINGS = ("up", "down", UNDONE)
NAMES = {
    True: {"up": "Right answer", "down": "Wrong answer"},
    False: {"up": "Right, it is not there", "down": "Wrong, it is there"},
}
"""What each thumb says, of an answer and of a refusal."""

NOT_KEPT = "Judgements cannot be kept: the folder of the index takes no writes."
REMEMBERED = 2_000
"""Exchanges whose rating is shown again when the conversation is drawn anew."""

_THUMB = (
    '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M7 11v9H4v-9zm0 0 4-8c1.7 0 2.6 1.3 2.3 2.9L12.7 9H18c1.3 0 '
    '2.2 1.2 1.9 2.4l-1.7 7c-.2.9-1 1.6-2 1.6H7"/></svg>'
)

_log = logging.getLogger(__name__)


class Press(NamedTuple):
    """Which press of a thumb it was."""

    page: float
    """When the page was loaded, in milliseconds of its browser's clock: the numbers of another one say nothing."""
    number: float
    """Later ones have higher numbers."""

    @classmethod
    def told(cls, said: Any) -> Press | None:
        """What the page tells; None where it is nothing that it would."""
        is_press = isinstance(said, list) and len(said) == 2 and all(isinstance(each, int | float) for each in said)
        return cls(*said) if is_press else None

    def is_overtaken_by(self, other: Press | None) -> bool:
        """Whether the other one came after this one on the same page."""
        return other is not None and other.page == self.page and other.number >= self.number


class Feedback:
    """The judgements of one folder's answers; open pages share it."""

    def __init__(self, judgements: Judgements) -> None:
        self._judgements = judgements
        latest = judgements.entries()[-REMEMBERED:]
        self._ratings = {str(entry.get("exchange")): str(entry.get("rating")) for entry in latest}
        self._presses: dict[str, Press] = {}
        self._lock = threading.Lock()
        self._failed = False

    def html(self, exchange: Exchange) -> str:
        """The two buttons of an exchange as they stand; disabled, with the reason, when nothing can be kept."""
        if exchange.answer is None:
            return ""
        rating = self._ratings.get(exchange.key, UNDONE)
        can_keep = not self._failed and self._judgements.is_writable
        names = NAMES[exchange.answer.found]
        buttons = "".join(_button(exchange.key, way, names[way], rating == way, can_keep) for way in ("up", "down"))
        notice = "" if can_keep else f'<span class="fn-quiet" role="status">{NOT_KEPT}</span>'
        return f'<span class="fn-thumbs" role="group" aria-label="Your judgement">{buttons}{notice}</span>'

    def judge(self, conversation: Sequence[Exchange], key: str, rating: str, press: Press | None = None) -> bool:
        """Keep the rating of an exchange; False when it could not be kept.

        What is not on the page is passed over, and so is a press that a later one has overtaken on the way.
        """
        at = next((at for at, exchange in enumerate(conversation) if exchange.key == key), None)
        if at is None or rating not in RATINGS or conversation[at].answer is None:
            return True
        with self._lock:
            if press and press.is_overtaken_by(self._presses.get(key)):
                return True
            try:
                self._judgements.append(_entry(conversation[: at + 1], rating))
            except IndexNotWritable as error:
                _log.warning("%s", error)
                self._failed = True
                return False
            _remember(self._ratings, key, rating)
            if press:
                _remember(self._presses, key, press)
            self._failed = False
        return True


def _remember(latest: dict[str, Any], key: str, value: Any) -> None:
    latest[key] = value
    while len(latest) > REMEMBERED:
        del latest[next(iter(latest))]


def _entry(conversation: Sequence[Exchange], rating: str) -> dict[str, Any]:
    """What `footnote eval` reads: the last exchange with everything that was asked before it."""
    *earlier, judged = conversation
    answer: Answer = judged.answer  # type: ignore[assignment]
    cited = answer.citations[0] if answer.found and answer.citations else None
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "exchange": judged.key,
        "rating": rating,
        "question": judged.question,
        "history": [
            {"question": past.question, "answer": past.answer.text, "found": past.answer.found}
            for past in earlier
            if past.answer
        ],
        "found": answer.found,
        "answer": answer.text,
        "path": cited.path if cited else None,
        "start": cited.start if cited else None,
        "end": cited.end if cited else None,
        "confidence": round(answer.confidence, 4),
    }


def _button(key: str, way: str, name: str, pressed: bool, enabled: bool) -> str:
    disabled = "" if enabled else " disabled"
    return (
        f'<button type="button" class="fn-thumb fn-{way}" data-rate="{way}" data-exchange="{key}" '
        f'aria-pressed="{str(pressed).lower()}" aria-label="{name}" title="{name}"{disabled}>{_THUMB}</button>'
    )
