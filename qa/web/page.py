"""The page: its parts, and what answers their events."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from qa.corpus import Corpus
from qa.syncing import BackgroundSync
from qa.web.asking import Questions
from qa.web.layout import lay_out
from qa.web.opening import wire_source
from qa.web.received import Page
from qa.web.record import Record
from qa.web.recording import Recording, wire_record
from qa.web.shelf import Shelf, wire_shelf
from qa.web.talk import Talk, wire_conversation
from qa.web.tried import Suggestions
from qa.web.written import Writers, wire_written
from qa.written import LanguageModel

__all__ = ["chat_page"]

ASKED_AT_ONCE = 8


def chat_page(
    corpus: Corpus,
    folder: Path,
    sync: BackgroundSync,
    llm: LanguageModel | None = None,
    *,
    questions: Questions | None = None,
    switcher: str = "",
    leave: str = "",
) -> gr.Blocks:
    """The page of one corpus; every open browser tab has its own conversation.

    `questions`: the queue of the server. `switcher`, `leave`: HTML for the header, to go to another corpus and to sign
    out (`qa.web.switcher`).
    """
    page = Page(title="Footnote")
    record = Record(corpus.conversations)
    writers, suggestions = Writers(corpus, record, llm), Suggestions(corpus)
    with page:
        name = folder.resolve().name
        parts = lay_out(name, switcher, leave)
        talk = Talk(corpus, sync, record, writers, suggestions, questions or Questions())
        wire_conversation(page, parts, talk)
        wire_written(parts, writers)
        wire_record(parts, talk, Recording(record, name))
        wire_source(parts, corpus, record)
        wire_shelf(page, parts, Shelf(corpus, sync, record, suggestions))
    page.queue(default_concurrency_limit=ASKED_AT_ONCE, api_open=False)
    return page
