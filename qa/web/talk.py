"""What happens in the conversation: questions are asked, asked again, judged, and begun anew."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import gradio as gr
from starlette.requests import Request

from index.errors import TooBusy
from qa.corpus import Corpus
from qa.syncing import BackgroundSync
from qa.web.asking import Questions, has_gone
from qa.web.browsing import Browsing
from qa.web.conversation import Exchange, TooEarly, asked, asked_again
from qa.web.early import early
from qa.web.feedback import Feedback, Press
from qa.web.layout import Parts
from qa.web.listing import listed_documents
from qa.web.record import Record, Shown
from qa.web.record_list import above_html
from qa.web.rendering import conversation_html
from qa.web.tried import Suggestions
from qa.web.turns import Gone
from qa.web.wiring import SAME_TAB, quietly
from qa.web.written import Writers

__all__ = ["Talk", "wire_conversation"]

Conversation = tuple[Exchange, ...]

_PENDING = (
    "(question, _, ...rest) => { window.footnotePending(question); return [question, window.footnoteTab(), ...rest]; }"
)
_NEW_TAB = "() => [window.footnoteTab.anew()]"
_CAME_BACK = "() => window.footnoteCameBack()"
_SHOW_NEWEST = "(early) => window.footnoteShowNewest(early)"


def wire_conversation(page: gr.Blocks, parts: Parts, talk: Talk) -> None:
    """Connect the conversation's parts with what answers them.

    The page sends one question at a time; Gradio's own way would drop, in silence, the one that follows a lost one.
    """
    shown = [parts.log, parts.clear]
    answered = [*shown, parts.early]
    page.load(talk.come_back, [parts.tab], shown, js=SAME_TAB, **quietly()).then(None, js=_CAME_BACK)
    typed = gr.on(
        [parts.question.submit, parts.ask.click],
        talk.ask,
        [parts.question, parts.tab, parts.shelf.browsing],
        answered,
        js=_PENDING,
        trigger_mode="multiple",
        **quietly(),
    )
    suggested = parts.log.suggested(
        talk.ask_suggested,
        [parts.tab, parts.shelf.browsing],
        answered,
        js=SAME_TAB,
        trigger_mode="multiple",
        **quietly(),
    )
    again = parts.log.again(talk.ask_again, [parts.tab], answered, js=SAME_TAB, trigger_mode="multiple", **quietly())
    parts.log.judged(talk.judge, [parts.tab], [parts.log], js=SAME_TAB, trigger_mode="multiple", **quietly())
    # An answer may come when the tab shows another conversation: that one is drawn again.
    parts.log.strayed(talk.come_back, [parts.tab], shown, js=SAME_TAB, trigger_mode="multiple", **quietly())
    for asking in (typed, suggested, again):
        asking.then(None, [parts.early], js=_SHOW_NEWEST)
    parts.clear.click(talk.come_back, [parts.tab], shown, js=_NEW_TAB, **quietly())


class Talk:
    """What each event of the conversation answers with: new values for parts of the page.

    `tab`: what the browser calls its conversation, see `Record`.
    """

    def __init__(
        self,
        corpus: Corpus,
        sync: BackgroundSync,
        record: Record,
        writers: Writers,
        suggestions: Suggestions,
        questions: Questions,
    ) -> None:
        self._corpus, self._sync, self._record, self._writers = corpus, sync, record, writers
        self._suggestions, self._questions = suggestions, questions
        self._feedback = Feedback(corpus.judgements)

    def come_back(self, tab: str) -> tuple[Any, ...]:
        """The conversation as it was left: of a tab that was reloaded, or another one of the record."""
        return self._drawn(tab, self._record.shown(tab))

    async def ask(self, question: str, tab: str, browsing: Browsing, request: gr.Request) -> tuple[Any, ...]:
        """The question that was typed."""
        return await self._asked(question, tab, browsing, request)

    async def ask_suggested(
        self, tab: str, browsing: Browsing, event: gr.EventData, request: gr.Request
    ) -> tuple[Any, ...]:
        """A question that the page had suggested."""
        return await self._asked(str(event.question), tab, browsing, request)

    async def ask_again(self, tab: str, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """The question of an exchange once more, with one change."""
        change = {str(name): str(value) for name, value in dict(event.change).items()}

        def asked_once_more(refused: str) -> tuple[Any, ...]:
            before, sync = self._record.exchanges(tab), self._sync.state
            now = asked_again(self._corpus, before, str(event.exchange), change, sync=sync, refused=refused)
            return self._kept(tab, before, now)

        return await self._in_turn(asked_once_more, str(getattr(event, "question", "")), request)

    def judge(self, tab: str, event: gr.EventData) -> Any:
        """The buttons have changed in the browser already; they are drawn again when that was not so."""
        told = str(event.exchange), str(event.rating), Press.told(getattr(event, "press", None))
        if self._feedback.judge(self._record.exchanges(tab), *told):
            return gr.skip()
        return self._drawn(tab, self._record.shown(tab))[0]

    async def _asked(self, question: str, tab: str, browsing: Browsing, request: gr.Request) -> tuple[Any, ...]:
        def asked_now(refused: str) -> tuple[Any, ...]:
            before, sync = self._record.exchanges(tab), self._sync.state
            now = asked(self._corpus, before, question, sync=sync, asking=browsing.asking, refused=refused)
            return self._kept(tab, before, now)

        return await self._in_turn(asked_now, question, request)

    async def _in_turn(
        self, work: Callable[[str], tuple[Any, ...]], question: str, request: gr.Request
    ) -> tuple[Any, ...]:
        """What `work` gives when its turn comes; with the reason at once when there is no place in the queue.

        Last stands why the question is to be sent again; None once it has been answered.
        """
        sync = self._sync.state  # once: it may end meanwhile
        if sync.is_too_early:
            return gr.skip(), gr.skip(), early(sync, question)
        gone = partial(has_gone, request.request) if isinstance(request.request, Request) else None
        try:
            return *await self._questions.run(lambda: work(""), gone=gone), None
        except TooEarly as too_early:
            return gr.skip(), gr.skip(), early(too_early.sync, question)
        except Gone:
            return gr.skip(), gr.skip(), None  # the page keeps the question in its box
        except TooBusy as error:
            refused = str(error)
        return *await asyncio.to_thread(work, refused), None

    def _kept(self, tab: str, before: Conversation, now: Conversation) -> tuple[Any, ...]:
        """The conversation with its newest exchange in the record, when one was added."""
        is_new = bool(now) and (not before or now[-1].key != before[-1].key)
        if is_new:
            self._writers.expect(now[-1])
        return self._drawn(tab, self._record.keep(tab, now[-1]) if is_new else self._record.shown(tab))

    def _drawn(self, tab: str, shown: Shown) -> tuple[Any, ...]:
        suggestions = (
            ()
            if shown.exchanges
            else self._suggestions.now(listed_documents(self._corpus), still_reading=self._sync.state.running)
        )
        above, thumbs, written = above_html(shown), self._feedback.html, self._writers.html
        log = conversation_html(shown.exchanges, suggestions, thumbs, written, above, tab.rpartition(":")[2])
        return log, gr.update(visible=bool(shown.exchanges))
