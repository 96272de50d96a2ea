"""The page: its parts, and what answers their events."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

from qa.corpus import Corpus
from qa.syncing import BackgroundSync
from qa.web.layout import lay_out
from qa.web.opening import wire_source
from qa.web.shelf import Shelf, wire_shelf
from qa.web.talk import Talk, wire_conversation

__all__ = ["chat_page"]

ASKED_AT_ONCE = 8


def chat_page(corpus: Corpus, folder: Path, sync: BackgroundSync) -> gr.Blocks:
    """The page of one corpus; every open browser tab has its own conversation."""
    page = gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True)
    with page:
        parts = lay_out(folder.resolve().name)
        wire_conversation(parts, Talk(corpus, sync))
        wire_source(parts, corpus)
        wire_shelf(page, parts, Shelf(corpus, folder, sync))
    page.queue(default_concurrency_limit=ASKED_AT_ONCE, api_open=False)
    return page
