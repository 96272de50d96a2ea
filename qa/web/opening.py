"""What happens in the source beside the conversation."""

from __future__ import annotations

import gradio as gr

from qa.corpus import Corpus
from qa.web.layout import Parts
from qa.web.record import Record
from qa.web.sheet import sheet_html
from qa.web.source import asked_for, source_of
from qa.web.wiring import SAME_TAB, quietly

__all__ = ["wire_source"]

_SHOW_SOURCE = "() => window.footnoteSourceShown()"


def wire_source(parts: Parts, corpus: Corpus, record: Record) -> None:
    """Connect the panel with what it asks for."""

    def opened(tab: str, event: gr.EventData) -> str:
        return sheet_html(source_of(corpus, record.exchanges(tab), asked_for(dict(event.wanted))))

    came = parts.source.opened(opened, [parts.tab], [parts.source], js=SAME_TAB, **quietly())
    came.then(None, js=_SHOW_SOURCE)
