"""Looking at object storage now and then: it tells nobody of changes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from threading import Event

from index.errors import CorpusError, SettingError
from index.watching import FolderNotice, Notice

__all__ = ["SECONDS", "polled", "seconds_between"]

SECONDS = "FOOTNOTE_MIRROR_SECONDS"
"""Variable of the environment that says how often."""

USUAL_SECONDS = 60.0
"""A listing is a request for each thousand objects, which costs money in some places."""

LOOK_SHARE = 0.05
"""Of the time spent looking, at most: a long listing makes the next one wait longer."""


def seconds_between() -> float:
    """The pause between two looks. Raises `SettingError`."""
    given = os.environ.get(SECONDS, "").strip()
    if not given:
        return USUAL_SECONDS
    if not (given.isascii() and given.isdecimal() and len(given) < 7 and int(given)):
        raise SettingError(f"{SECONDS} is {given[:40]!r}: give a whole number of seconds above 0, or unset it")
    return float(given)


def polled(look: Callable[[], bool], stop: Event, say: Notice, back: str) -> Iterator[None]:
    """Yield at once, and whenever `look` finds something new, until `stop` is set.

    `say` gets the line of its `CorpusError` once, and `back` when it works again.
    """
    pause = seconds_between()
    yield None
    is_gone, took = False, 0.0
    while not stop.wait(max(pause, took / LOOK_SHARE)):
        began = time.monotonic()
        try:
            is_new = look()
        except CorpusError as error:
            if not is_gone:
                say(FolderNotice(str(error), is_gone=True))
            is_gone = True
            continue
        took = time.monotonic() - began
        if is_gone:
            say(FolderNotice(back, is_gone=False))
        if is_new or is_gone:
            is_gone = False
            yield None
