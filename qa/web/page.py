"""What happens on the page, and when."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from index import DocumentRecord
from index.errors import FootnoteError, IndexMissing
from index.uploads import Upload, UploadError, store_upload
from qa.corpus import Corpus
from qa.syncing import BackgroundSync, SyncState
from qa.web.conversation import Exchange, asked, asked_again
from qa.web.feedback import Feedback
from qa.web.layout import Parts, lay_out
from qa.web.listing import documents_html, sync_html, uploads_html
from qa.web.rendering import conversation_html
from qa.web.sheet import sheet_html
from qa.web.source import asked_for, source_of
from qa.web.suggestions import suggested_questions

__all__ = ["chat_page"]

LOOKS_EVERY_SECONDS = 0.4
"""How often an open page looks how far a sync is."""

FOLLOWS_EVERY_SECONDS = 1.5
"""The same between syncs, where one may begin by itself."""

ASKED_AT_ONCE = 8

Conversation = tuple[Exchange, ...]

_PENDING = "(question, ...rest) => { window.footnotePending(question); return [question, ...rest]; }"
_SHOW_NEWEST = "() => window.footnoteShowNewest()"
_SHOW_SOURCE = "() => window.footnoteSourceShown()"
_log = logging.getLogger(__name__)


def chat_page(corpus: Corpus, folder: Path, sync: BackgroundSync) -> gr.Blocks:
    """The page of one corpus; every open browser tab has its own conversation."""
    events = _Events(corpus, folder, sync)
    page = gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True)
    with page:
        parts = lay_out(folder.resolve().name)
        _wire_conversation(parts, events)
        _wire_documents(page, parts, events)
    page.queue(default_concurrency_limit=ASKED_AT_ONCE, api_open=False)
    return page


def _wire_conversation(parts: Parts, events: _Events) -> None:
    shown = [parts.conversation, parts.log, parts.clear]
    typed = gr.on(
        [parts.question.submit, parts.ask.click],
        events.ask,
        [parts.question, parts.conversation],
        shown,
        js=_PENDING,
        **_quietly(),
    )
    suggested = parts.log.suggested(events.ask_suggested, [parts.conversation], shown, **_quietly())
    again = parts.log.again(events.ask_again, [parts.conversation], shown, **_quietly())
    parts.log.judged(events.judge, [parts.conversation], [parts.log], **_quietly())
    for answered in (typed, suggested, again):
        answered.then(None, js=_SHOW_NEWEST)
    opened = parts.source.opened(events.open_source, [parts.conversation], [parts.source], **_quietly())
    opened.then(None, js=_SHOW_SOURCE)
    parts.clear.click(events.begin_anew, None, shown, **_quietly())


def _wire_documents(page: gr.Blocks, parts: Parts, events: _Events) -> None:
    shown = [parts.progress, parts.sync, parts.timer, parts.documents, parts.log, parts.seen]
    page.load(events.look, [parts.conversation], shown, **_quietly())
    parts.timer.tick(events.look_again, [parts.conversation, parts.seen], shown, **_quietly())
    parts.sync.click(events.start_sync, None, [*shown[:3], parts.uploaded], **_quietly())
    # Without preprocessing the names stand as they were given; Gradio has checked that the files are uploads.
    parts.upload.upload(events.upload, parts.upload, [parts.upload, parts.uploaded], preprocess=False, **_quietly())


def _quietly() -> dict[str, Any]:
    """No spinner over what is read, no place in Gradio's API, no queue in front of a short answer."""
    return {"show_progress": "hidden", "api_visibility": "private", "queue": False}


class _Events:
    """What each event answers with: new values for parts of the page."""

    def __init__(self, corpus: Corpus, folder: Path, sync: BackgroundSync) -> None:
        self._corpus, self._folder, self._sync = corpus, folder, sync
        self._feedback = Feedback(corpus.judgements)

    def ask(self, question: str, conversation: Conversation) -> tuple[Any, ...]:
        return self._asked(question, conversation)

    def ask_suggested(self, conversation: Conversation, event: gr.EventData) -> tuple[Any, ...]:
        return self._asked(str(event.question), conversation)

    def ask_again(self, conversation: Conversation, event: gr.EventData) -> tuple[Any, ...]:
        change = {str(name): str(value) for name, value in dict(event.change).items()}
        reading = self._sync.state.running
        return self._shown(asked_again(self._corpus, conversation, str(event.exchange), change, reading=reading))

    def judge(self, conversation: Conversation, event: gr.EventData) -> Any:
        """The buttons have changed in the browser already; they are drawn again when that was not so."""
        if self._feedback.judge(conversation, str(event.exchange), str(event.rating)):
            return gr.skip()
        return conversation_html(conversation, thumbs=self._feedback.html)

    def open_source(self, conversation: Conversation, event: gr.EventData) -> str:
        return sheet_html(source_of(self._corpus, conversation, asked_for(dict(event.wanted))))

    def begin_anew(self) -> tuple[Any, ...]:
        return (), conversation_html((), self._suggestions()), gr.update(visible=False)

    def look(self, conversation: Conversation) -> tuple[Any, ...]:
        """How far the sync is; the documents, and questions about them, once it has ended."""
        state = self._sync.state
        documents = self._documents()
        log = gr.skip() if conversation else conversation_html((), suggested_questions(documents))
        listed = gr.skip() if state.running and not documents else documents_html(documents)
        return (*self._sync_parts(state), listed, log, 0 if state.running else state.number)

    def look_again(self, conversation: Conversation, seen: int) -> tuple[Any, ...]:
        """The same, unless the tab has `seen` the end of the latest sync and nothing has begun since."""
        state = self._sync.state
        if not state.running and state.number == seen:
            return (gr.skip(),) * 6
        return self.look(conversation)

    def start_sync(self) -> tuple[Any, ...]:
        self._sync.start(by_hand=True)
        return (*self._sync_parts(self._sync.state), "")

    def upload(self, files: Sequence[dict[str, Any]] | None) -> tuple[Any, ...]:
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

    def _asked(self, question: str, conversation: Conversation) -> tuple[Any, ...]:
        return self._shown(asked(self._corpus, conversation, question, reading=self._sync.state.running))

    def _shown(self, now: Conversation) -> tuple[Any, ...]:
        suggestions = () if now else self._suggestions()
        return now, conversation_html(now, suggestions, self._feedback.html), gr.update(visible=bool(now))

    def _sync_parts(self, state: SyncState) -> tuple[Any, ...]:
        button = gr.update(value="Syncing …" if state.running else "Sync", interactive=not state.running)
        every = LOOKS_EVERY_SECONDS if state.running else FOLLOWS_EVERY_SECONDS
        return sync_html(state), button, gr.Timer(every, active=state.running or self._sync.follows)

    def _suggestions(self) -> tuple[str, ...]:
        return suggested_questions(self._documents())

    def _documents(self) -> list[DocumentRecord]:
        try:
            return self._corpus.documents()
        except IndexMissing:
            return []
        except FootnoteError as error:
            _log.warning("the documents cannot be listed: %s", error)
            return []
