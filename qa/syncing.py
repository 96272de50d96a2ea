"""A sync in the background: one at a time, seen from every open page."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from index import SyncProgress, SyncReport
from index.errors import FootnoteError
from qa.corpus import Corpus
from qa.watching import RETRY_SECONDS

__all__ = ["BackgroundSync", "SyncState"]

SOMETHING_WRONG = "Something went wrong while reading the documents. The shell that runs Footnote says what."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SyncState:
    """What is known of the latest sync; at most one of `report` and `error` when it has ended."""

    running: bool = False
    progress: SyncProgress | None = None
    report: SyncReport | None = None
    error: str = ""
    by_hand: bool = False
    """Asked for on the page: its report is shown even when nothing changed."""
    number: int = 0
    """Of the sync, counted from 1: a page that has shown the end of this one needs no news."""


class _Stopped(Exception):
    """The sync is not wanted any more; raised where it tells how far it is."""


class BackgroundSync:
    """Runs `Corpus.sync` in a thread of its own, which can be stopped: what was committed is kept."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._lock = threading.Lock()
        self._state = SyncState()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._follower: threading.Thread | None = None

    @property
    def state(self) -> SyncState:
        """How far the running sync is, or how the latest one ended."""
        return self._state

    @property
    def follows(self) -> bool:
        """Whether a sync is begun by itself when documents change."""
        return self._follower is not None

    def follow(self, say: Callable[[str], None]) -> None:
        """From now on begin a sync whenever documents change, at once for a first time.

        `say` gets one line for a person when the folder is gone, back, or cannot be watched.
        """
        self._follower = threading.Thread(target=self._follow, args=(say,), name="watch", daemon=True)
        self._follower.start()

    def start(self, *, by_hand: bool = False) -> None:
        """Begin a sync, unless one is running already or all are stopped."""
        with self._lock:
            if self._state.running or self._stopping.is_set():
                return
            self._state = SyncState(running=True, by_hand=by_hand, number=self._state.number + 1)
            self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
            self._thread.start()

    def wait(self, timeout_seconds: float | None = None) -> bool:
        """Wait until the running sync has ended; False when it has not by then."""
        if not self._thread:
            return True
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def stop(self, timeout_seconds: float) -> bool:
        """End the running sync at its next step, and begin no other; False when it goes on for longer."""
        until = time.monotonic() + timeout_seconds
        self._stopping.set()
        if self._follower:
            self._follower.join(timeout_seconds)
        return self.wait(max(0.0, until - time.monotonic())) and not (self._follower and self._follower.is_alive())

    def _follow(self, say: Callable[[str], None]) -> None:
        try:
            for _ in self._corpus.changes(self._stopping, say):
                self._sync_until_it_works()
        except Exception:  # the page goes on with its button
            _log.exception("the folder is not watched any more")

    def _sync_until_it_works(self) -> None:
        """A sync that begins from now on; another after a while when it failed or another process was at it."""
        while not self._stopping.is_set():
            self.wait()  # the one under way may have looked through the folder already
            self.start()
            self.wait()
            if not self._state.error:
                return
            self._stopping.wait(RETRY_SECONDS)

    def _run(self) -> None:
        running = self._state
        ended = replace(running, running=False)
        try:
            report = self._corpus.sync(self._tell)
            self._state = replace(ended, report=report)
            self._warm_up()
        except _Stopped:
            self._state = SyncState(number=running.number)
        except FootnoteError as error:
            self._state = replace(ended, error=str(error))
        except Exception:  # the page must say something; what it was stands in the log
            _log.exception("a sync failed")
            self._state = replace(ended, error=SOMETHING_WRONG)

    def _tell(self, progress: SyncProgress) -> None:
        if self._stopping.is_set():
            raise _Stopped
        self._state = replace(self._state, progress=progress)

    def _warm_up(self) -> None:
        """Open what the first question would wait for."""
        self._corpus.search("warm up", 1)
