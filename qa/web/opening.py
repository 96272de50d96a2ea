"""What happens in the source beside the conversation."""

from __future__ import annotations

import gradio as gr

from qa.corpus import Corpus
from qa.web.conversation import Exchange
from qa.web.layout import Parts
from qa.web.sheet import sheet_html
from qa.web.source import asked_for, source_of
from qa.web.wiring import quietly

__all__ = ["wire_source"]

_SHOW_SOURCE = "() => window.footnoteSourceShown()"


def wire_source(parts: Parts, corpus: Corpus) -> None:
    """Connect the panel with what it asks for."""

    def opened(conversation: tuple[Exchange, ...], event: gr.EventData) -> str:
        return sheet_html(source_of(corpus, conversation, asked_for(dict(event.wanted))))

    came = parts.source.opened(opened, [parts.conversation], [parts.source], **quietly())
    came.then(None, js=_SHOW_SOURCE)
