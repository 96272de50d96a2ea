"""The documents as they are listed, looked up once for all open tabs."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass

from index import DocumentRecord
from index.errors import FootnoteError
from index.listing import Listing
from index.removal import Removed
from qa.corpus import Corpus
from qa.web.browsing import Entry, entries_of

__all__ = ["Catalogue", "Shelved"]

LOOKS_EVERY_SECONDS = 1.0
"""How often the folder is looked at while tabs ask again and again."""

LOOK_SHARE = 0.1
"""Of the time spent looking, at most: ten thousand documents take a third of a second."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shelved:
    """The documents of one moment."""

    entries: tuple[Entry, ...] = ()
    documents: tuple[DocumentRecord, ...] = ()
    """Those of them that were read."""
    removed: tuple[Removed, ...] = ()
    """Those that can be put back."""
    folder_is_there: bool = True


class Catalogue:
    """The documents of a corpus; open pages share it."""

    def __init__(self, corpus: Corpus) -> None:
        self._holdings = corpus.holdings
        self._lock = threading.Lock()
        self._known = Shelved()
        self._good_until = float("-inf")

    def now(self, *, fresh: bool = False) -> Shelved:
        """The documents, looked at a moment ago or, when asked for `fresh`, now."""
        with self._lock:
            began = time.monotonic()
            if fresh or began > self._good_until:
                self._known = self._looked()
                ended = time.monotonic()
                self._good_until = ended + max(LOOKS_EVERY_SECONDS, (ended - began) / LOOK_SHARE)
            return self._known

    def _looked(self) -> Shelved:
        try:
            listing = self._holdings.listing()
        except FootnoteError as error:
            _log.warning("the documents cannot be listed: %s", error)
            listing = Listing()
        except Exception:  # the page goes on without its list
            _log.exception("the documents cannot be listed")
            listing = Listing()
        removed = tuple(self._holdings.removed())
        return Shelved(entries_of(listing), listing.documents, removed, listing.folder_is_there)
