"""What happens in the list of conversations: one is opened, named, saved as a file, or deleted."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import gradio as gr

from index.errors import StoreError
from qa.exporting import exported
from qa.web.layout import Parts
from qa.web.record import Record
from qa.web.record_list import record_html
from qa.web.talk import Talk
from qa.web.wiring import SAME_TAB, quietly

__all__ = ["Recording", "wire_record"]

_LISTED = "() => window.footnoteRecord.listed()"
_OPENED = "(tab) => window.footnoteRecord.opened(tab)"
_SAVED = "(file) => window.footnoteRecord.saved(file)"


def wire_record(parts: Parts, talk: Talk, recording: Recording) -> None:
    """Connect the list with what it asks for."""
    shown = [parts.log, parts.clear]

    def opened(tab: str, event: gr.EventData) -> tuple[Any, ...]:
        wanted = of_the_same_browser(tab, str(event.conversation))
        return wanted, *talk.come_back(wanted)

    def removed(tab: str, event: gr.EventData) -> tuple[Any, ...]:
        listed, left = recording.delete(tab, str(event.conversation))
        return listed, left, *((gr.skip(),) * 2 if left == tab else talk.come_back(left))

    wired: dict[str, Any] = {"js": SAME_TAB, **quietly()}
    events = parts.recorded
    events.listed(recording.listed, [parts.tab], [events], **wired).then(None, js=_LISTED)
    events.renamed(recording.rename, [parts.tab], [events], **wired).then(None, js=_LISTED)
    events.opened(opened, [parts.tab], [parts.tab, *shown], **wired).success(None, [parts.tab], js=_OPENED)
    gone = events.removed(removed, [parts.tab], [events, parts.tab, *shown], **wired)
    gone.success(None, [parts.tab], js=_OPENED.replace("opened", "removed"))
    saved = events.exported(recording.exported, [parts.tab], [parts.exported], **wired)
    saved.success(None, [parts.exported], js=_SAVED)


class Recording:
    """What each event of the list answers with: new values for parts of the page.

    `tab`: what the browser calls the conversation that it shows; others are named by the event.
    """

    def __init__(self, record: Record, corpus: str) -> None:
        self._record, self._corpus = record, corpus

    def listed(self, tab: str, problem: str = "") -> str:
        """The conversations of the browser."""
        listed, unreadable = self._record.listed(tab)
        return record_html(
            listed,
            tab.rpartition(":")[2],
            unreadable=unreadable,
            is_kept=self._record.is_writable,
            problem=problem,
        )

    def rename(self, tab: str, event: gr.EventData) -> str:
        """Another name for a conversation."""
        try:
            self._record.rename(of_the_same_browser(tab, str(event.conversation)), str(event.name))
        except StoreError as error:
            return self.listed(tab, _sentence(error))
        return self.listed(tab)

    def delete(self, tab: str, conversation: str) -> tuple[str, str]:
        """Delete a conversation; the list, and the tab, which begins anew when it had shown that one."""
        gone = of_the_same_browser(tab, conversation)
        try:
            self._record.delete(gone)
        except StoreError as error:
            return self.listed(tab, _sentence(error)), tab
        left = of_the_same_browser(tab, uuid4().hex) if gone == tab else tab
        return self.listed(left), left

    def exported(self, tab: str, event: gr.EventData) -> dict[str, str] | None:
        """A conversation as a file, which the browser saves; None for a conversation without questions."""
        name, exchanges = self._record.whole(of_the_same_browser(tab, str(event.conversation)))
        if not exchanges:
            return None
        file = exported(str(event.form), name, exchanges, corpus=self._corpus)
        return {"name": file.name, "type": file.type, "text": file.text}


def of_the_same_browser(tab: str, conversation: str) -> str:
    """The tab of the browser that would show another conversation."""
    return f"{tab.partition(':')[0]}:{conversation}"


def _sentence(error: StoreError) -> str:
    said = str(error)
    return f"{said[:1].upper()}{said[1:]}."
