"""How long a connection may go without asking for anything: hundreds that never do would leave no place for others.

Uvicorn closes a connection that is silent after an answer, but waits for ever for the first request, and for the rest
of one that has begun.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

__all__ = ["ASKS_WITHIN_SECONDS", "AsksSoon"]

ASKS_WITHIN_SECONDS = 20.0
"""From opening a connection, or from an answer, to the end of the headers of a request; at most twice that."""


class AsksSoon(H11Protocol):
    """A connection that is closed when no whole request comes. One that is being answered may take its time."""

    _look: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._look_later()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        if self._look:
            self._look.cancel()
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
