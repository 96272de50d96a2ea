"""A question asked before anything can be answered: the page keeps it, says why, and asks it again by itself."""

from __future__ import annotations

import json
from typing import TypedDict
from uuid import uuid4

from qa.syncing import SyncState

__all__ = ["Early", "early"]


class Early(TypedDict):
    """What the page is told."""

    words: str
    """For a person, in the place of the answer."""
    reply: str
    """Of this reply alone: a question that has got none has been lost."""
    question: str
    """Whose reply it is, in JSON: half a character comes back as it was."""


def early(state: SyncState, question: str) -> Early:
    """What `question` waits for. `state`: of the sync that makes it ready."""
    words = f"Not ready yet: {_under_way(state)}. Your question waits here and is answered by itself."
    return Early(words=words, reply=uuid4().hex, question=json.dumps(question))


def _under_way(state: SyncState) -> str:
    """Without rates and times left, which change all the time: a screen reader says this aloud."""
    progress = state.progress
    if state.is_waiting:
        return "another process is reading the documents"
    if progress is None:
        return "the documents are about to be read"
    if progress.documents_total:
        return f"{progress.documents:,} of {progress.documents_total:,} documents are read"
    return progress.stage[:1].lower() + progress.stage[1:]
