"""The one queue of questions of a server: those of every page and of the API, of all its folders, as they came."""

from __future__ import annotations

from starlette.requests import Request

from qa.askers import cores
from qa.web.turns import Turns

__all__ = ["WAITING", "Questions", "has_gone"]

WAITING = 64
"""Questions that may wait: on two cores the last one does for about half a second with small folders, three with large
ones (`benchmarks/askers.py`)."""

BESIDE = 2
"""Turns more than there are processes, for what is done here before and after a question: records, drawing."""


class Questions(Turns):
    """Whose turn it is to be answered."""

    def __init__(self, processes: int | None = None, waiting: int = WAITING) -> None:
        """`processes`: that answer (default: one a core). `waiting`: beyond them, one is turned away."""
        at_once = cores() if processes is None else processes
        super().__init__(max(at_once, 1) + BESIDE, waiting, name="question", option="--waiting")


async def has_gone(request: Request) -> None:
    """Wait until the client has closed its connection; its request was read before."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
