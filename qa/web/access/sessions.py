"""Who is signed in. Sessions live in memory: a restart signs everybody out."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Sessions"]

IDLE_SECONDS = 12 * 3_600.0
"""A session that nobody used for so long has ended."""

LONGEST_SECONDS = 7 * 24 * 3_600.0
"""It ends then in any case."""

MOST = 10_000
"""Sessions at once; beyond them the one that was used longest ago ends."""


@dataclass(slots=True)
class _Session:
    name: str
    begun: float
    used: float


class Sessions:
    """Random tokens and whose they are. Only digests of the tokens are kept."""

    def __init__(self, *, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._sessions: OrderedDict[bytes, _Session] = OrderedDict()

    def __len__(self) -> int:
        return len(self._sessions)

    def begin(self, name: str) -> str:
        """A new session of `name`; its token, which is not kept."""
        token = secrets.token_urlsafe(32)
        now = self._clock()
        self._sessions[_digest(token)] = _Session(name, now, now)
        while len(self._sessions) > self._most:
            self._sessions.popitem(last=False)
        return token

    def name_of(self, token: str) -> str | None:
        """Whose session it is; None when it has ended or never was. A look counts as use."""
        key, now = _digest(token), self._clock()
        session = self._sessions.get(key)
        if session is None:
            return None
        if now - session.used > IDLE_SECONDS or now - session.begun > LONGEST_SECONDS:
            del self._sessions[key]
            return None
        session.used = now
        self._sessions.move_to_end(key)
        return session.name

    def end(self, token: str) -> None:
        """End a session, if it is one."""
        self._sessions.pop(_digest(token), None)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()
