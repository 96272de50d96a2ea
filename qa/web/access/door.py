"""A name and a password at the door: looked at in threads, a few at once, and not too often by the same."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import math
import secrets
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address

from index.errors import TooBusy
from qa.web.access.attempts import Attempts
from qa.web.access.logins import LONGEST_NAME
from qa.web.access.passwords import LONGEST_PASSWORD, Hashed, matches
from qa.web.turns import Turns

__all__ = ["Door", "NotLetIn", "name_and_password"]

CHECKED_AT_ONCE = 2
"""Each takes 32 MB and a core for a moment."""

CHECKS_WAITING = 20

LONGEST_WAIT_OF_ADDRESS_SECONDS = 900.0

LONGEST_WAIT_OF_NAME_SECONDS = 30.0
"""Shorter, because whoever knows a name could keep its owner out."""

REMEMBERED_SECONDS = 600.0
"""A client that sends its password with each request is not made to wait for scrypt each time."""

REMEMBERED = 1_000

_log = logging.getLogger(__name__)


@dataclass
class NotLetIn(Exception):
    """Why not, for a person; `retry_seconds` when it is worth trying again later."""

    status: int
    message: str
    retry_seconds: int = 0


class Door:
    """Lets in those who know a name and its password."""

    def __init__(self, logins: Mapping[str, Hashed]) -> None:
        self._logins = logins
        like = next(iter(logins.values()))
        self._nobody = Hashed(like.n, like.r, like.p, like.salt, secrets.token_bytes(len(like.digest)))
        self._turns = Turns(CHECKED_AT_ONCE, CHECKS_WAITING, name="password")
        self._by_address = Attempts(longest_wait_seconds=LONGEST_WAIT_OF_ADDRESS_SECONDS)
        self._by_name = Attempts(longest_wait_seconds=LONGEST_WAIT_OF_NAME_SECONDS)
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, float] = OrderedDict()

    async def let_in(self, name: str, password: str, address: str) -> None:
        """Raise `NotLetIn` unless the password is right. An unknown name takes as long as a known one."""
        source, tried = _source(address), name[: LONGEST_NAME + 1]
        wait = max(self._by_address.wait_seconds(source), self._by_name.wait_seconds(tried))
        if wait > 0:
            seconds = math.ceil(wait)
            raise NotLetIn(429, f"Too many wrong passwords. Try again in {_in_words(seconds)}.", seconds)
        self._by_address.begin(source)
        self._by_name.begin(tried)
        kept = self._logins.get(name, self._nobody)
        try:
            right = await self._turns.run(lambda: matches(password[: LONGEST_PASSWORD + 1], kept))
        except TooBusy:
            self._by_address.succeed(source, forget_all=False)
            self._by_name.succeed(tried, forget_all=False)
            raise NotLetIn(503, "Many are signing in right now. Try again in a moment.", 1) from None
        if not right or name not in self._logins:
            _log.warning("a wrong name or password from %s (name: %.40r)", address, name)
            raise NotLetIn(401, "The name or the password is not right.")
        self._by_address.succeed(source, forget_all=False)
        self._by_name.succeed(tried, forget_all=True)

    async def let_in_again(self, name: str, password: str, address: str) -> None:
        """The same for a client that sends its password with each request: what was right a moment ago still is."""
        key = hmac.digest(self._key, f"{name}:{password}".encode("utf-8", "surrogatepass"), hashlib.sha256)
        now = time.monotonic()
        if self._known.get(key, 0.0) > now:
            return
        await self.let_in(name, password, address)
        self._known[key] = now + REMEMBERED_SECONDS
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def name_and_password(authorization: str) -> tuple[str, str] | None:
    """What a client sent as `Authorization: Basic ...`; None when it is not that."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).decode("utf-8").partition(":")
    except ValueError:  # not base64, not ASCII, not UTF-8
        return None
    return (name, password) if colon else None


def _source(address: str) -> str:
    """What guesses from an address count for: in IPv6 its network, of which one machine may have all addresses."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:100]
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or f"{IPv6Address(int(found) >> 64 << 64)}/64")


def _in_words(seconds: int) -> str:
    if seconds < 60:
        return f"{seconds} second{'s' if seconds > 1 else ''}"
    minutes = math.ceil(seconds / 60)
    return f"{minutes} minute{'s' if minutes > 1 else ''}"
