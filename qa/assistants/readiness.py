"""Keeping the index in step while an assistant asks, without letting a call wait for longer than its client does."""

from __future__ import annotations

import asyncio
import time

from index.errors import IndexMissing
from qa.corpus import Corpus
from qa.progress import progress_in_words
from qa.syncing import BackgroundSync

__all__ = ["Readiness"]

LOOK_AGAIN_SECONDS = 10.0
"""How long after a look at the folder a call does without another one."""

PATIENCE_SECONDS = 5.0
"""How long a call waits for new documents before it answers from the index as it is."""

FIRST_PATIENCE_SECONDS = 45.0
"""How long it waits where there is no index yet: compiling the model takes 20 to 40, clients give up after 60."""

POLL_SECONDS = 0.02


class Readiness:
    """Syncs in the background; `ready` waits for it within bounds."""

    def __init__(self, corpus: Corpus, *, sync: bool) -> None:
        """`sync`: look for new and changed documents; what was never indexed is read in any case."""
        self._corpus = corpus
        self._background = BackgroundSync(corpus, waits_for_others=False)
        self._keeps_looking = sync
        self._complete = corpus.is_built
        self._looked_at = float("-inf")

    def look(self) -> None:
        """Begin to look for new documents, unless that was done just now or is not wanted."""
        now = time.monotonic()
        if (self._keeps_looking or not self._complete) and now - self._looked_at > LOOK_AGAIN_SECONDS:
            self._looked_at = now
            self._background.start()

    async def ready(self, *, look: bool = True) -> str:
        """Wait until the index can be asked; what to know of it, or "".

        `look`: for new documents, first. Raises `IndexMissing` when it takes too long to make the first index, or that
        failed.
        """
        if look or not self._complete:
            self.look()
        patience = PATIENCE_SECONDS if self._complete else FIRST_PATIENCE_SECONDS
        ended = await self._ended(patience)
        state = self._background.state
        if self._complete:
            if not ended:
                return f"answered from the index as it is; new documents are being read ({self._how_far()})"
            return f"answered from the index as it is: {state.error}" if state.error else ""
        if not ended:
            raise IndexMissing(f"the documents are being read for the first time ({self._how_far()}): ask again later")
        if state.error:
            raise IndexMissing(state.error)
        self._complete = True
        return ""

    def stop(self, timeout_seconds: float) -> bool:
        """End what is being done; False when it goes on for longer."""
        return self._background.stop(timeout_seconds)

    async def _ended(self, patience_seconds: float) -> bool:
        until = time.monotonic() + patience_seconds
        while not self._background.wait(0):
            if time.monotonic() > until:
                return False
            await asyncio.sleep(POLL_SECONDS)
        return True

    def _how_far(self) -> str:
        state = self._background.state
        return progress_in_words(state.progress, state.seconds_left) if state.progress else "just begun"
