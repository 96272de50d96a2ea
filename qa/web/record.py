"""The record: every conversation of the page, kept beside the index and read back when a tab is opened again.

A tab names its conversation as "<key of the browser>:<name of the conversation>", both random hexadecimal digits that
the browser made (`tab.js`). Whoever knows the key of a browser owns its conversations, and nobody else sees them.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from index import Conversations
from index.conversations import Stamp
from index.errors import StoreError
from index.exchanges import KeptConversation
from qa.web.conversation import KEPT, Exchange
from qa.web.kept import exchange_of, plain

__all__ = ["Listed", "Record", "Shown", "Tab", "short_name"]

HELD = 400
"""Conversations held in memory, so that a question need not read its file."""

NAME_CHARACTERS = 80
"""The longest name of a conversation."""

NOT_KEPT = "This conversation is not kept, and is lost when Footnote stops: the folder of the index takes no writes."
DAMAGED = "{} of this conversation could not be read and {} left out: the file is damaged."

_JOINERS = "\u200c\u200d"
"""They belong to words and emoji, unlike other invisible characters."""

_TAB = re.compile(r"([0-9a-f]{32,64}):([0-9a-f]{32})")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tab:
    """Whose conversation a tab shows, and which."""

    owner: str
    conversation: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A conversation as the page shows it."""

    exchanges: tuple[Exchange, ...] = ()
    """The latest ones."""
    earlier: int = 0
    """Exchanges before those, which only the record holds."""
    notice: str = ""
    """What is wrong with keeping it; "" for nearly all."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One conversation in the list of a browser."""

    conversation: str
    name: str
    """As it was given, else made of its first question."""
    count: int
    """Questions."""
    at: str
    """When the last one was asked, in ISO 8601."""
    is_kept: bool = True
    """False for one that is only in memory."""


@dataclass(slots=True)
class _Held:
    stamp: Stamp | None
    shown: Shown


class Record:
    """The conversations of one folder's page. Threads share it.

    `owner`: makes the owner's name of the key that a browser sent; where people log in, it can name the user instead.
    """

    def __init__(self, conversations: Conversations, *, owner: Callable[[str], str] = "browser:{}".format) -> None:
        self._conversations, self._owner = conversations, owner
        self._held: OrderedDict[Tab, _Held] = OrderedDict()
        self._lock = threading.RLock()

    @property
    def is_writable(self) -> bool:
        """Whether conversations outlive this process."""
        return self._conversations.is_writable

    def tab(self, named: str) -> Tab | None:
        """What a browser calls its tab: "9f...:3c..." -> Tab(...); None for anything else."""
        found = _TAB.fullmatch(named or "")
        return Tab(self._owner(found[1]), found[2]) if found else None

    def exchanges(self, named: str) -> tuple[Exchange, ...]:
        """What the conversation of a tab shows; nothing for a tab that is none."""
        return self.shown(named).exchanges

    def shown(self, named: str) -> Shown:
        """The conversation of a tab; an empty one where there is none yet."""
        tab = self.tab(named)
        if tab is None:
            return Shown()
        with self._lock:
            stamp = self._conversations.stamp(tab.owner, tab.conversation)
            held = self._held.get(tab)
            is_other = held is None or held.stamp != stamp  # asked or deleted in another tab, or by another process
            if held is None or (is_other and not self._conversations.are_away):
                held = self._hold(tab, _Held(stamp, self._read(tab)))
            return held.shown

    def keep(self, named: str, exchange: Exchange) -> Shown:
        """The conversation with the exchange added, or put in the place of that with the same key.

        What cannot be kept stays in memory, and a notice says why.
        """
        tab = self.tab(named)
        if tab is None:
            return Shown((exchange,))
        with self._lock:
            before = self.shown(named)
            notice = self._append(tab, exchange)
            now = tuple({**{past.key: past for past in before.exchanges}, exchange.key: exchange}.values())
            shown = Shown(now[-KEPT:], before.earlier + len(now[:-KEPT]), notice or before.notice)
            return self._hold(tab, _Held(self._conversations.stamp(tab.owner, tab.conversation), shown)).shown

    def whole(self, named: str) -> tuple[str, tuple[Exchange, ...]]:
        """Name and all exchanges of the conversation of a tab."""
        tab = self.tab(named)
        kept = self._kept(tab, None) if tab else KeptConversation()
        exchanges = _read_back(kept) or self.exchanges(named)
        return kept.name or (short_name(exchanges[0].question) if exchanges else ""), exchanges

    def listed(self, named: str) -> tuple[list[Listed], int]:
        """The conversations of the browser of a tab, the one asked last first; and how many cannot be read."""
        tab = self.tab(named)
        if tab is None:
            return [], 0
        summaries, unreadable = self._conversations.summaries(tab.owner)
        found = [
            Listed(
                each.conversation,
                each.name or short_name(each.question),
                each.count,
                each.at,
            )
            for each in summaries
        ]
        found += self._unkept(tab.owner, {each.conversation for each in found})
        return sorted(found, key=lambda each: each.at, reverse=True), unreadable

    def rename(self, named: str, name: str) -> None:
        """Give the conversation of a tab a name; a blank one changes nothing. Raises `StoreError`."""
        tab, name = self.tab(named), short_name(name)
        if tab and name and self._conversations.stamp(tab.owner, tab.conversation):
            self._conversations.append(tab.owner, tab.conversation, {"name": name})

    def delete(self, named: str) -> None:
        """Delete the conversation of a tab for good. Raises `StoreError`."""
        if tab := self.tab(named):
            self._conversations.delete(tab.owner, tab.conversation)
            with self._lock:
                self._held.pop(tab, None)

    def _append(self, tab: Tab, exchange: Exchange) -> str:
        """Keep the exchange; what to say when that cannot be."""
        try:
            self._conversations.append(tab.owner, tab.conversation, {"exchange": plain(exchange)})
        except StoreError as error:
            _log.warning("%s", error)
            said = str(error)
            return f"{said[:1].upper()}{said[1:]}." if self.is_writable else NOT_KEPT
        return ""

    def _read(self, tab: Tab) -> Shown:
        kept = self._kept(tab, KEPT)
        exchanges = _read_back(kept)
        lost = kept.damaged + len(kept.exchanges) - len(exchanges)
        notice = DAMAGED.format(f"{lost} entries" if lost > 1 else "One entry", "are" if lost > 1 else "is")
        return Shown(exchanges, kept.earlier, notice if lost else "")

    def _kept(self, tab: Tab, last: int | None) -> KeptConversation:
        try:
            return self._conversations.read(tab.owner, tab.conversation, last=last)
        except StoreError as error:
            _log.warning("%s", error)
            return KeptConversation(damaged=1)

    def _unkept(self, owner: str, kept: set[str]) -> list[Listed]:
        """Those that are only in memory."""
        with self._lock:
            held = [(tab.conversation, each.shown.exchanges) for tab, each in self._held.items() if tab.owner == owner]
        return [
            Listed(conversation, short_name(exchanges[0].question), len(exchanges), exchanges[-1].at, is_kept=False)
            for conversation, exchanges in held
            if exchanges and conversation not in kept
        ]

    def _hold(self, tab: Tab, held: _Held) -> _Held:
        self._held[tab] = held
        self._held.move_to_end(tab)
        while len(self._held) > HELD:
            self._held.popitem(last=False)
        return held


def short_name(text: str) -> str:
    """One line of at most 80 characters: what a conversation is called after its first question."""
    line = " ".join("".join(c if c.isprintable() or c.isspace() or c in _JOINERS else "" for c in text).split())
    return line if len(line) <= NAME_CHARACTERS else line[: NAME_CHARACTERS - 1].rstrip() + "…"


def _read_back(kept: KeptConversation) -> tuple[Exchange, ...]:
    """The exchanges, without those that were altered."""
    found: list[Exchange] = []
    for entry in kept.exchanges:
        try:
            found.append(exchange_of(entry))
        except ValueError as error:
            _log.warning("an exchange of a conversation is left out: %s", error)
    return tuple(found)
