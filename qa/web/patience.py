"""How many connections there may be, and how long one may go without asking for anything.

Each takes one of the files that the process may hold open, and documents and the index need some, too. Uvicorn closes a
connection that is silent after an answer, but waits for ever for the first request, and for the rest of one that has
begun; and it takes as many as come.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from ipaddress import IPv6Address, ip_address
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

__all__ = ["ASKS_WITHIN_SECONDS", "AT_ONCE", "MOST_CONNECTIONS", "MOST_OF_ONE_ADDRESS", "AsksSoon"]

MOST_CONNECTIONS = 500
"""Half of the files that a process may usually hold open (1,024). A page that is looked at takes two or three."""

AT_ONCE = 100
"""Taken from the system at one stroke, before any of them is looked at; others wait there."""

MOST_OF_ONE_ADDRESS = 100
"""Of another machine; a proxy on this one speaks for everybody."""

ASKS_WITHIN_SECONDS = 20.0
"""From opening a connection, or from an answer, to the end of the headers of a request; at most twice that."""


class AsksSoon(H11Protocol):
    """A connection that is closed when no whole request comes. One that is being answered may take its time."""

    _look: asyncio.TimerHandle | None = None
    _from: str | None = None
    _open: ClassVar[Counter[str]] = Counter()
    """Connections by address, of the one server of this process."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request, unless there are too many connections already."""
        super().connection_made(transport)
        address = _address(transport)
        if self._open.total() >= MOST_CONNECTIONS or self._open[address] >= _most_of(address):
            transport.abort()
            return
        self._from = address
        self._open[address] += 1
        self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        if self._look:
            self._look.cancel()
        if self._from is not None:
            self._open[self._from] -= 1
            if not self._open[self._from]:
                del self._open[self._from]
            self._from = None
        super().connection_lost(exc)

    def _look_later(self) -> None:
        self._look = self.loop.call_later(ASKS_WITHIN_SECONDS, self._close_unless_asked, *self._asked())

    def _asked(self) -> tuple[RequestResponseCycle | None, bool]:
        """The latest request, and whether nothing is left to answer."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle, cycle is None or cycle.response_complete

    def _close_unless_asked(self, latest: RequestResponseCycle | None, is_answered: bool) -> None:
        if is_answered and self._asked() == (latest, True):
            self.transport.close()
        else:
            self._look_later()


def _address(transport: asyncio.Transport) -> str:
    """Where a connection comes from: in IPv6 the network, of which one machine may have all addresses."""
    peer = transport.get_extra_info("peername")
    try:
        found = ip_address(peer[0]) if peer else None
    except ValueError:  # not of the network
        return ""
    if isinstance(found, IPv6Address) and not found.is_loopback and not found.ipv4_mapped:
        return str(IPv6Address(int(found) >> 64 << 64))
    return str(found or "")


def _most_of(address: str) -> int:
    return MOST_OF_ONE_ADDRESS if address and not ip_address(address).is_loopback else MOST_CONNECTIONS
