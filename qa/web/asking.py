"""The one queue of questions of a server: those of every page and of the API, of all its folders, as they came."""

from __future__ import annotations

from starlette.requests import Request

from qa.web.turns import Turns

__all__ = ["WAITING", "Questions", "has_gone"]

WAITING = 64
"""Questions that may wait: on two cores the last one does for half a second in a small folder, two in a large one."""

BESIDE = 2
"""Turns more than questions can be on their way, for what is done here before and after them: records, drawing."""


class Questions(Turns):
    """Whose turn it is to be answered."""

    def __init__(self, at_once: int = 1, waiting: int = WAITING) -> None:
        """`at_once`: questions that can be on their way (`Askers.at_once`). `waiting`: one more is turned away."""
        super().__init__(at_once + BESIDE, waiting, name="question", option="--waiting")


async def has_gone(request: Request) -> None:
    """Wait until the client has closed its connection; its request was read before."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
