"""A folder kept in step: a sync at once, and one whenever its documents change."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from threading import Event

from index import SyncReport
from index.errors import FootnoteError, IndexLocked
from qa.corpus import Corpus

__all__ = ["RETRY_SECONDS", "kept_in_step"]

RETRY_SECONDS = 20.0
"""After a sync that failed, or found another one under way: the next try. Sooner would only repeat the failure."""

SOMETHING_WRONG = "something went wrong while reading the documents"

_log = logging.getLogger(__name__)


def kept_in_step(
    corpus: Corpus, sync: Callable[[frozenset[str] | None], SyncReport], *, stop: Event, say: Callable[[str], None]
) -> Iterator[SyncReport]:
    """The report of every sync, until `stop` is set; `sync` gets what it needs to look at only, or None for all.

    A first sync that fails raises, as one that is not followed by others does: a wrong option is said at once. Later
    ones, and those that find another sync under way, are said once by `say` and tried again.
    """
    is_first = True
    for only in corpus.changes(stop, say):
        said = ""
        while not stop.is_set():
            try:
                report = sync(only)
            except Exception as error:
                if is_first and not isinstance(error, IndexLocked):
                    raise
                if (line := _in_one_line(error)) != said:
                    say(line)
                said = line
                stop.wait(RETRY_SECONDS)
            else:
                is_first = False
                yield report
                break


def _in_one_line(error: Exception) -> str:
    if isinstance(error, IndexLocked):
        return f"{str(error).rpartition(': ')[0]}: waiting until it ends"
    if isinstance(error, FootnoteError):
        return str(error)
    _log.error("a sync failed", exc_info=error)
    return f"{SOMETHING_WRONG}: {error}"
