"""What happens beside the conversation: documents are listed, synced and added."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from index.uploads import Upload, UploadError, store_upload
from qa.corpus import Corpus
from qa.syncing import BackgroundSync, SyncState
from qa.web.layout import Parts
from qa.web.listing import documents_html, listed_documents, sync_html, uploads_html
from qa.web.record import Record
from qa.web.rendering import conversation_html
from qa.web.suggestions import suggested_questions
from qa.web.wiring import SAME_TAB, quietly

__all__ = ["Shelf", "wire_shelf"]

LOOKS_EVERY_SECONDS = 0.4
"""How often an open page looks how far a sync is."""

FOLLOWS_EVERY_SECONDS = 1.5
"""The same between syncs, where one may begin by itself."""


def wire_shelf(page: gr.Blocks, parts: Parts, shelf: Shelf) -> None:
    """Connect the parts of the documents with what answers them."""
    shown = [parts.progress, parts.sync, parts.timer, parts.documents, parts.log, parts.seen]
    page.load(shelf.look, [parts.tab], shown, js=SAME_TAB, **quietly())
    parts.timer.tick(shelf.look_again, [parts.tab, parts.seen], shown, js=SAME_TAB, **quietly())
    parts.sync.click(shelf.start_sync, None, [*shown[:3], parts.uploaded], **quietly())
    # Without preprocessing the names stand as they were given; Gradio has checked that the files are uploads.
    parts.upload.upload(shelf.upload, parts.upload, [parts.upload, parts.uploaded], preprocess=False, **quietly())


class Shelf:
    """What each event of the documents answers with: new values for parts of the page."""

    def __init__(self, corpus: Corpus, folder: Path, sync: BackgroundSync, record: Record) -> None:
        self._corpus, self._folder, self._sync, self._record = corpus, folder, sync, record

    def look(self, tab: str) -> tuple[Any, ...]:
        """How far the sync is; the documents, and questions about them, once it has ended."""
        state = self._sync.state
        documents = listed_documents(self._corpus)
        log = gr.skip() if self._record.exchanges(tab) else conversation_html((), suggested_questions(documents))
        listed = gr.skip() if state.running and not documents else documents_html(documents)
        return (*self._sync_parts(state), listed, log, 0 if state.running else state.number)

    def look_again(self, tab: str, seen: int) -> tuple[Any, ...]:
        """The same, unless the tab has `seen` the end of the latest sync and nothing has begun since."""
        state = self._sync.state
        if not state.running and state.number == seen:
            return (gr.skip(),) * 6
        return self.look(tab)

    def start_sync(self) -> tuple[Any, ...]:
        """A sync by hand."""
        self._sync.start(by_hand=True)
        return (*self._sync_parts(self._sync.state), "")

    def upload(self, files: Sequence[dict[str, Any]] | None) -> tuple[Any, ...]:
        """Files that were handed in, kept in the folder or refused."""
        stored: list[Upload] = []
        refused: list[str] = []
        for file in files or ():
            arrived = Path(file["path"])
            try:
                stored.append(store_upload(self._folder, arrived, file.get("orig_name") or arrived.name))
            except UploadError as error:
                refused.append(str(error))
            arrived.unlink(missing_ok=True)
        return None, uploads_html(stored, refused, by_itself=self._sync.follows)

    def _sync_parts(self, state: SyncState) -> tuple[Any, ...]:
        button = gr.update(value="Syncing …" if state.running else "Sync", interactive=not state.running)
        every = LOOKS_EVERY_SECONDS if state.running else FOLLOWS_EVERY_SECONDS
        return sync_html(state), button, gr.Timer(every, active=state.running or self._sync.follows)
