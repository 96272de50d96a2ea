"""A sync in the background: one at a time, seen from every open page."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from index import SyncProgress, SyncReport
from index.errors import FootnoteError, IndexLocked
from index.watching import FolderNotice
from qa.corpus import Corpus
from qa.progress import Pace, paced
from qa.watching import RETRY_SECONDS

__all__ = ["BackgroundSync", "SyncState"]

FIRST_WORDS_SECONDS = 10.0
"""How long a first question waits for all documents to be found by their words, from the first one on; in a large
folder it is answered from some of them then. The sample corpus takes 2 to 4."""

SOMETHING_WRONG = "Something went wrong while reading the documents. The shell that runs Footnote says what."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SyncState:
    """What is known of the latest sync; at most one of `report`, `error` and `was_stopped` when it has ended."""

    running: bool = False
    progress: SyncProgress | None = None
    pace: Pace | None = None
    """How fast it goes on."""
    report: SyncReport | None = None
    error: str = ""
    was_stopped: bool = False
    """Ended by hand before it was done."""
    is_waiting: bool = False
    """Another process is reading the documents: this sync begins when that one has ended."""
    by_hand: bool = False
    """Asked for on the page: its report tells something even when nothing changed."""
    told: SyncReport | None = None
    """The latest report that tells something: of this sync, or of one before that it has found nothing to add to."""
    told_by_hand: bool = False
    """That one was asked for on the page."""
    number: int = 0
    """Of the sync, counted from 1: a page that has shown the end of this one needs no news."""
    is_first: bool = False
    """Nothing could be asked before it."""

    @property
    def is_too_early(self) -> bool:
        """Whether a question is better answered a little later: there is no model yet, or hardly a document.

        The first documents come within seconds then, and what is not among the first few may well be among the rest.
        """
        if not self.running or self.is_waiting:
            return False
        if self.progress is None:
            return self.is_first
        is_beginning = self.progress.is_reading and self.progress.seconds < FIRST_WORDS_SECONDS
        return self.progress.is_preparing or (self.is_first and is_beginning)

    @property
    def seconds_left(self) -> float | None:
        """An estimate; None before there is enough to estimate from."""
        return self.pace.seconds_left if self.pace else None


class _Stopped(Exception):
    """The sync is not wanted any more; raised where it tells how far it is."""


class BackgroundSync:
    """Runs `Corpus.sync` in a thread of its own, which can be stopped: what was committed is kept."""

    def __init__(self, corpus: Corpus, *, waits_for_others: bool = True) -> None:
        """`waits_for_others`: while another process reads the documents; else that is an error."""
        self._corpus, self._waits_for_others = corpus, waits_for_others
        self._lock = threading.Lock()
        self._state = SyncState()
        self._thread: threading.Thread | None = None
        self._stopping = threading.Event()
        self._interrupted = threading.Event()
        self._is_wanted_again = False
        self._only: frozenset[str] | None = None  # what the sync looks at; None: all of the folder
        self._only_next: frozenset[str] | None = frozenset()
        self._by_hand_next = False
        self._has_held = False  # documents, which is looked up until it is so
        self._known_faults: frozenset[tuple[str, str]] | None = None  # of documents, found by earlier syncs
        self._owes_all = True
        self._follower: threading.Thread | None = None
        self._folder_is_gone = False

    @property
    def state(self) -> SyncState:
        """How far the running sync is, or how the latest one ended."""
        return self._state

    @property
    def follows(self) -> bool:
        """Whether a sync is begun by itself when documents change."""
        return self._follower is not None

    @property
    def folder_is_gone(self) -> bool:
        """Whether the folder that is followed is not there; it is waited for."""
        return self._folder_is_gone

    def follow(self, say: Callable[[str], None]) -> None:
        """From now on begin a sync whenever documents change, at once for a first time.

        `say` gets one line for a person when the folder is gone, back, or cannot be watched.
        """
        self._follower = threading.Thread(target=self._follow, args=(say,), name="watch", daemon=True)
        self._follower.start()

    def start(self, *, by_hand: bool = False, once_more: bool = False, only: frozenset[str] | None = None) -> None:
        """Begin a sync, unless one is running already or all are stopped.

        `once_more`: when one is running, another follows it, as that one may have looked through the folder already.
        `only`: what has changed. All of the folder is looked at nevertheless where no sync has done so yet, or the one
        before did not get to its end.
        """
        with self._lock:
            if self._stopping.is_set():
                return
            if self._state.running:
                if once_more:
                    self._is_wanted_again = True
                    self._by_hand_next = self._by_hand_next or by_hand
                    self._only_next = None if only is None or self._only_next is None else self._only_next | only
                return
            self._begin(only, by_hand=by_hand)

    def interrupt(self) -> None:
        """End the running sync at its next step: what was committed is kept, and the next one goes on from there."""
        with self._lock:
            if self._state.running:
                self._is_wanted_again = False
                self._interrupted.set()

    def wait(self, timeout_seconds: float | None = None) -> bool:
        """Wait until the running sync has ended; False when it has not by then."""
        thread = self._thread
        if not thread:
            return True
        thread.join(timeout_seconds)
        return not thread.is_alive()

    def stop(self, timeout_seconds: float) -> bool:
        """End the running sync at its next step, and begin no other; False when it goes on for longer."""
        until = time.monotonic() + timeout_seconds
        with self._lock:
            self._stopping.set()
            self._interrupted.set()
        if self._follower:
            self._follower.join(timeout_seconds)
        return self.wait(max(0.0, until - time.monotonic())) and not (self._follower and self._follower.is_alive())

    def _begin(self, only: frozenset[str] | None, *, by_hand: bool) -> None:
        """With the lock held."""
        self._interrupted.clear()
        self._by_hand_next = False
        self._only, self._only_next = None if self._owes_all else only, frozenset()
        before = self._state
        self._state = SyncState(
            running=True,
            by_hand=by_hand,
            number=before.number + 1,
            told=before.told,
            told_by_hand=before.told_by_hand,
        )
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        self._thread.start()

    def _follow(self, say: Callable[[str], None]) -> None:
        def hear(line: str) -> None:
            if isinstance(line, FolderNotice):
                self._folder_is_gone = line.is_gone
            say(line)

        try:
            for only in self._corpus.changes(self._stopping, hear):
                self._sync_until_it_works(only)
        except Exception:  # the page goes on with its button
            _log.exception("the folder is not watched any more")

    def _sync_until_it_works(self, only: frozenset[str] | None) -> None:
        """A sync that begins from now on; another after a while when it failed, and none when it is stopped by hand."""
        while not self._stopping.is_set():
            was_running = self._state.running
            self.wait()  # the one under way may have looked through the folder already
            if was_running and self._state.was_stopped:
                return  # the next one looks at all of the folder
            self.start(once_more=True, only=only)  # where one began meanwhile, this one follows it
            while self._state.running:
                self.wait()
            if not self._state.error:
                return
            self._stopping.wait(RETRY_SECONDS)

    def _run(self) -> None:
        ended = self._synced()
        with self._lock:
            self._state = ended
            self._owes_all = not ended.report
            if self._is_wanted_again and not self._stopping.is_set():
                self._is_wanted_again = False
                self._begin(self._only_next, by_hand=self._by_hand_next)
                return
        if ended.report:
            self._warm_up()

    def _synced(self) -> SyncState:
        """How a sync ended, which begins when no other process is at one."""
        ended = replace(self._state, running=False)
        while True:
            try:
                self._state = replace(self._state, is_first=self._holds_nothing())
                report = self._corpus.sync(self._tell, only=self._only)
                if self._has_new_faults(report) or ended.by_hand or report.did_something:
                    ended = replace(ended, told=report, told_by_hand=ended.by_hand)
                return replace(ended, report=report)
            except _Stopped:
                return replace(ended, was_stopped=True)
            except IndexLocked as error:
                if not self._waits_for_others:
                    return replace(ended, error=str(error))
                self._state = replace(self._state, is_waiting=True, progress=None, pace=None)
                if self._interrupted.wait(RETRY_SECONDS):
                    return replace(ended, was_stopped=True)
            except FootnoteError as error:
                return replace(ended, error=str(error))
            except Exception:  # the page must say something; what it was stands in the log
                _log.exception("a sync failed")
                return replace(ended, error=SOMETHING_WRONG)

    def _holds_nothing(self) -> bool:
        """Whether nothing can be asked before this sync: no index, one of an older format, or one without documents."""
        if not self._has_held:
            try:
                self._has_held = self._corpus.is_built and not self._corpus.holdings.is_empty
            except FootnoteError:
                return True
        return not (self._has_held and self._corpus.is_built)

    def _has_new_faults(self, report: SyncReport) -> bool:
        """Whether a document could not be read, or not whole, that was not known for it; a first sync notes them."""
        known, found = self._known_faults, frozenset(report.failed + report.in_part)
        self._known_faults = found if known is None or self._only is None else known | found
        return known is not None and not found <= known

    def _tell(self, progress: SyncProgress) -> None:
        if self._interrupted.is_set():
            raise _Stopped
        pace = paced(self._state.pace, progress) if progress.share else self._state.pace
        self._state = replace(self._state, progress=progress, pace=pace, is_waiting=False)

    def _warm_up(self) -> None:
        """Open what the first question would wait for."""
        try:
            self._corpus.search("warm up", 1)
        except Exception:  # what is in its way is said when a question is asked
            _log.exception("nothing was opened ahead of the first question")
