"""What happens in the conversation: questions are asked, asked again, judged, and begun anew."""

from __future__ import annotations

from typing import Any

import gradio as gr

from qa.corpus import Corpus
from qa.syncing import BackgroundSync
from qa.web.conversation import Exchange, asked, asked_again
from qa.web.feedback import Feedback
from qa.web.layout import Parts
from qa.web.listing import listed_documents
from qa.web.rendering import conversation_html
from qa.web.suggestions import suggested_questions
from qa.web.wiring import quietly

__all__ = ["Talk", "wire_conversation"]

Conversation = tuple[Exchange, ...]

_PENDING = "(question, ...rest) => { window.footnotePending(question); return [question, ...rest]; }"
_SHOW_NEWEST = "() => window.footnoteShowNewest()"


def wire_conversation(parts: Parts, talk: Talk) -> None:
    """Connect the conversation's parts with what answers them."""
    shown = [parts.conversation, parts.log, parts.clear]
    typed = gr.on(
        [parts.question.submit, parts.ask.click],
        talk.ask,
        [parts.question, parts.conversation],
        shown,
        js=_PENDING,
        **quietly(),
    )
    suggested = parts.log.suggested(talk.ask_suggested, [parts.conversation], shown, **quietly())
    again = parts.log.again(talk.ask_again, [parts.conversation], shown, **quietly())
    parts.log.judged(talk.judge, [parts.conversation], [parts.log], **quietly())
    for answered in (typed, suggested, again):
        answered.then(None, js=_SHOW_NEWEST)
    parts.clear.click(talk.begin_anew, None, shown, **quietly())


class Talk:
    """What each event of the conversation answers with: new values for parts of the page."""

    def __init__(self, corpus: Corpus, sync: BackgroundSync) -> None:
        self._corpus, self._sync = corpus, sync
        self._feedback = Feedback(corpus.judgements)

    def ask(self, question: str, conversation: Conversation) -> tuple[Any, ...]:
        """The question that was typed."""
        return self._asked(question, conversation)

    def ask_suggested(self, conversation: Conversation, event: gr.EventData) -> tuple[Any, ...]:
        """A question that the page had suggested."""
        return self._asked(str(event.question), conversation)

    def ask_again(self, conversation: Conversation, event: gr.EventData) -> tuple[Any, ...]:
        """The question of an exchange once more, with one change."""
        change = {str(name): str(value) for name, value in dict(event.change).items()}
        reading = self._sync.state.running
        return self._shown(asked_again(self._corpus, conversation, str(event.exchange), change, reading=reading))

    def judge(self, conversation: Conversation, event: gr.EventData) -> Any:
        """The buttons have changed in the browser already; they are drawn again when that was not so."""
        if self._feedback.judge(conversation, str(event.exchange), str(event.rating)):
            return gr.skip()
        return conversation_html(conversation, thumbs=self._feedback.html)

    def begin_anew(self) -> tuple[Any, ...]:
        """A conversation without an exchange."""
        return self._shown(())

    def _asked(self, question: str, conversation: Conversation) -> tuple[Any, ...]:
        return self._shown(asked(self._corpus, conversation, question, reading=self._sync.state.running))

    def _shown(self, now: Conversation) -> tuple[Any, ...]:
        suggestions = () if now else suggested_questions(listed_documents(self._corpus))
        return now, conversation_html(now, suggestions, self._feedback.html), gr.update(visible=bool(now))
