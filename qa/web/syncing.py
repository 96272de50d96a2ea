"""A sync in the background: one at a time, seen from every open page."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace

from index import SyncProgress, SyncReport
from index.errors import FootnoteError
from qa.corpus import Corpus

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

    @property
    def state(self) -> SyncState:
        """How far the running sync is, or how the latest one ended."""
        return self._state

    def start(self, *, by_hand: bool = False) -> None:
        """Begin a sync, unless one is running already."""
        with self._lock:
            if self._state.running:
                return
            self._state = SyncState(running=True, by_hand=by_hand)
            self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
            self._thread.start()

    def wait(self, timeout_seconds: float | None = None) -> bool:
        """Wait until the running sync has ended; False when it has not by then."""
        if not self._thread:
            return True
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    def stop(self, timeout_seconds: float) -> bool:
        """End the running sync at its next step, for good; False when it goes on for longer."""
        self._stopping.set()
        return self.wait(timeout_seconds)

    def _run(self) -> None:
        by_hand = self._state.by_hand
        try:
            report = self._corpus.sync(self._tell)
            self._state = SyncState(report=report, by_hand=by_hand)
            self._warm_up()
        except _Stopped:
            self._state = SyncState()
        except FootnoteError as error:
            self._state = SyncState(error=str(error), by_hand=by_hand)
        except Exception:  # the page must say something; what it was stands in the log
            _log.exception("a sync failed")
            self._state = SyncState(error=SOMETHING_WRONG, by_hand=by_hand)

    def _tell(self, progress: SyncProgress) -> None:
        if self._stopping.is_set():
            raise _Stopped
        self._state = replace(self._state, progress=progress)

    def _warm_up(self) -> None:
        """Open what the first question would wait for."""
        self._corpus.search("warm up", 1)
