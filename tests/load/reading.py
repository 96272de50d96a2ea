"""Visitors: they ask, search, open sources, reload and hang up, at a steady rate, and know the right answers."""

from __future__ import annotations

import html
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.load.facts import Fact
from tests.load.visiting import Lost, Server, Tab

TABS = 6
AT_ONCE = 16
"""Threads of visitors: enough that a request goes out when it is due."""

ASKED_OF_A_CONVERSATION = 12
"""Questions after which a visitor deletes the conversation."""

BURST = 6
"""Questions that meet each other, so that processes are started to answer them."""

TAG = re.compile(r"<[^>]*>")

SHARES = {
    "ask": 34, "search": 12, "follow": 6, "page ask": 14, "source": 6, "look": 10, "reload": 5, "hang up": 5,
    "burst": 2, "browse": 3, "export": 2, "delete": 1,
}  # fmt: skip
"""Of a hundred requests."""


class Visitors:
    """Asks a server about documents that are there all along."""

    def __init__(self, server: Server, known: Sequence[Fact], seed: int) -> None:
        """`known`: what is asked about."""
        self._server, self._known = server, known
        self._chance = random.Random(seed)
        self._tabs = [(Tab(server, random.Random(seed + number)), threading.Lock()) for number in range(TABS)]
        self._count = threading.Lock()
        self.done: Counter[str] = Counter()
        self.lost: list[str] = []
        self.seconds: list[tuple[float, float]] = []
        """When each question was due, since the beginning, and what it took from there to its answer."""

    def visit(self, seconds: float, rate: float) -> None:
        """Send `rate` requests a second for so long, each when it is due, whether or not those before are answered."""
        kinds, shares = list(SHARES), list(SHARES.values())
        began = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as threads:
            for number in range(int(seconds * rate)):
                due = began + number / rate
                time.sleep(max(0.0, due - time.monotonic()))
                kind = self._chance.choices(kinds, shares)[0]
                times = BURST if kind == "burst" else 1
                for _ in range(times):
                    chance = random.Random(self._chance.getrandbits(64))
                    threads.submit(self._done, kind, chance, due, due - began)

    def close(self) -> None:
        """Close all tabs, and delete what they asked."""
        for tab, _ in self._tabs:
            tab.delete()
            tab.close()

    def _done(self, kind: str, chance: random.Random, due: float, at: float) -> None:
        try:
            timed = self._work(kind)(chance)
        except Exception as error:  # whatever went wrong, an answer is missing
            with self._count:
                self.lost.append(f"after {at:.0f} s, {kind}: {type(error).__name__}: {error}")
            return
        with self._count:
            self.done[kind] += 1
            if timed:
                self.seconds.append((at, time.monotonic() - due))

    def _work(self, kind: str) -> Callable[[random.Random], bool]:
        """What a kind of request does; it gives True for one whose time counts, and raises `Lost`."""
        return {
            "ask": self._ask,
            "burst": self._ask,
            "search": self._search,
            "follow": self._follow,
            "hang up": self._hang_up,
            "browse": self._browse,
        }.get(kind) or (lambda chance: self._in_a_tab(kind, chance))

    def _ask(self, chance: random.Random) -> bool:
        fact = chance.choice(self._known)
        check(fact, self._server.ask(fact.question))
        return True

    def _search(self, chance: random.Random) -> bool:
        fact = chance.choice(self._known)
        if not any(hit["path"] in fact.documents for hit in self._server.search(fact.question)):
            raise Lost(f"{fact.question} does not find {fact.documents}")
        return False

    def _follow(self, chance: random.Random) -> bool:
        before, fact = chance.choice(self._known), chance.choice(self._known)
        check(fact, self._server.ask(fact.question, [before.question]))
        return True

    def _hang_up(self, chance: random.Random) -> bool:
        self._server.hang_up(chance.choice(self._known).question, chance.choice((0.0, 0.005, 0.02)))
        return False

    def _browse(self, chance: random.Random) -> bool:
        fact = chance.choice(self._known)
        listed = {each["path"] for each in self._server.json("GET", "/api/documents?limit=1000")["documents"]}
        if not listed.intersection(fact.documents):
            raise Lost(f"{fact.documents} is not listed")
        self._server.json("GET", "/api/health")
        return False

    def _in_a_tab(self, kind: str, chance: random.Random) -> bool:
        tab, free = chance.choice(self._tabs)
        with free:
            if kind == "page ask" or not tab.exchanges:
                self._ask_in(tab, chance.choice(self._known))
                return False  # it may have waited for the tab
            if kind == "source" and "fn-leaf" not in tab.open_source():
                raise Lost("a source did not open")
            if kind == "export" and len(tab.export(chance.choice(("markdown", "html")))) < 100:
                raise Lost("a conversation was not exported")
            if kind == "reload":
                tab.reload()
            if kind == "look":
                tab.look()
            if kind != "look" and "data-conversation" not in tab.listed():
                raise Lost("a conversation is not listed")
            if kind == "delete" or len(tab.exchanges) >= ASKED_OF_A_CONVERSATION:
                tab.delete()
        return False

    def _ask_in(self, tab: Tab, fact: Fact) -> None:
        newest = tab.ask(fact.question).rpartition('<article class="fn-exchange"')[2]
        said = html.unescape(TAG.sub("", newest))
        if not any(answer.casefold() in said.casefold() for answer in fact.answers):
            raise Lost(f"page: {fact.question} is not answered with {fact.answers}: {said[:300]}")


def check(fact: Fact, answer: dict[str, object]) -> None:
    """Raise `Lost` for an answer that is none, or the wrong one."""
    text, cited = str(answer["text"]), [each["path"] for each in answer["citations"]]  # type: ignore[attr-defined]
    if not any(word.casefold() in text.casefold() for word in fact.answers):
        raise Lost(f"{fact.question} is answered with {text[:200]!r}, not with {fact.answers}")
    if not set(cited).intersection(fact.documents):
        raise Lost(f"{fact.question} cites {cited}, not {fact.documents}")
