"""The written answer on the page: below the quotation, growing while the page stays usable.

The block of each exchange stands in the conversation. `written.js` asks for one after the other to be written; what
comes is drawn into a part of the page that nobody sees, from where the script puts it into its block. So the
conversation is not drawn anew with every word, and an answer that is asked for meanwhile keeps what was written.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from qa.corpus import Corpus
from qa.escaping import escaped, isolated
from qa.web.appearance import written_script
from qa.web.conversation import Exchange
from qa.web.layout import Parts
from qa.web.record import Record
from qa.web.wiring import SAME_TAB, quietly
from qa.written import LanguageModel, Written, WrittenSentence

__all__ = ["Writers", "wire_written", "written_html"]

EXPECTED = 500
"""Answers that wait to be written, or are being written, for all open pages together."""

AT_ONCE = 8
"""Answers written at a time, for all open pages together."""

LOOKS_EVERY_SECONDS = 0.3
"""How often a page looks at what another one has begun."""

NOTICED_WITHIN_SECONDS = 40
"""How long after the model's time a page waits for word of it: connecting takes its time, too."""

SOMETHING_WRONG = "Something went wrong while it was written. The shell that runs Footnote says what."

_log = logging.getLogger(__name__)


class Writers:
    """The written answers of one corpus; open pages share it. Without a language model it writes nothing."""

    def __init__(self, corpus: Corpus, record: Record, llm: LanguageModel | None) -> None:
        self._corpus, self._record, self.llm = corpus, record, llm
        self._growing: OrderedDict[str, Written] = OrderedDict()
        self._stops: dict[str, threading.Event] = {}
        self._lock = threading.Lock()

    def expect(self, exchange: Exchange) -> None:
        """A question has just been asked. What was asked before, and is only shown again, is not sent anywhere."""
        if self.llm and exchange.answer and exchange.answer.found:
            with self._lock:
                self._growing[exchange.key] = Written(self.llm.name)
                while len(self._growing) > EXPECTED:
                    self._growing.popitem(last=False)

    def html(self, exchange: Exchange, number: int) -> str:
        """The block of an exchange as it stands; "" where nothing is written."""
        written = exchange.written or self._growing.get(exchange.key)
        if written is None:
            return ""
        state = "ended" if written.ended else "writing" if exchange.key in self._stops else "waiting"
        patience = (self.llm.seconds if self.llm else 0) + NOTICED_WITHIN_SECONDS
        return (
            f'<div class="fn-written" role="group" aria-label="Written answer" data-write="{exchange.key}" '
            f'data-state="{state}" data-patience="{patience:g}" aria-busy="{str(not written.ended).lower()}">'
            f"{written_html(written, number)}</div>"
        )

    def write(self, tab: str, key: str) -> Iterator[str]:
        """The block of the exchange `key` as it grows, begun or followed. `tab`: see `Record`."""
        number, exchange = self._found(tab, key)
        if exchange is None:
            return
        with self._lock:
            begins = key in self._growing and key not in self._stops
            stop = self._stops.setdefault(key, threading.Event()) if begins else threading.Event()
        if not begins:
            yield from self._followed(tab, key)
            return
        try:
            for written in self._grown(exchange, stop):
                self._growing[key] = written
                if written.ended:
                    self._keep(tab, key)
                yield self.html(exchange, number)
        finally:
            stop.set()
            self._keep(tab, key)
            with self._lock:
                self._growing.pop(key, None)
                self._stops.pop(key, None)

    def stop(self, key: str) -> None:
        """End what is being written for the exchange `key`; what is there stays."""
        if under_way := self._stops.get(key):
            under_way.set()

    def _followed(self, tab: str, key: str) -> Iterator[str]:
        """What another page, or this one before it was reloaded, has begun."""
        is_growing = True
        while is_growing:
            is_growing = key in self._stops
            number, exchange = self._found(tab, key)
            if exchange is None:
                return
            yield self.html(exchange, number)
            if is_growing:
                time.sleep(LOOKS_EVERY_SECONDS)

    def _grown(self, exchange: Exchange, stop: threading.Event) -> Iterator[Written]:
        if exchange.answer is None or self.llm is None:
            return
        try:
            yield from self._corpus.write(exchange.answer, self.llm, stop=stop)
        except Exception:  # the page must say something; what it was stands in the log
            _log.exception("an answer could not be written")
            yield Written(self.llm.name, ended=True, problem=SOMETHING_WRONG)

    def _found(self, tab: str, key: str) -> tuple[int, Exchange | None]:
        """The exchange and its number on the page."""
        return next(((at, e) for at, e in enumerate(self._record.exchanges(tab), 1) if e.key == key), (0, None))

    def _keep(self, tab: str, key: str) -> None:
        """Put what was written into the record, even when its page was closed in the middle of it."""
        _, exchange = self._found(tab, key)  # it may have been deleted meanwhile
        written = self._growing.get(key)
        if exchange and written and exchange.written is None:
            self._record.keep(tab, replace(exchange, written=replace(written, pending="", ended=True)))


def wire_written(parts: Parts, writers: Writers) -> None:
    """Put the unseen part on the page, and connect it with what writes; nothing without a language model."""
    if writers.llm is None:
        return
    courier = gr.HTML(js_on_load=written_script(), elem_id="fn-courier", apply_default_css=False)

    def write(tab: str, event: gr.EventData) -> Iterator[str]:
        yield from writers.write(tab, str(event.exchange))

    def stop(event: gr.EventData) -> None:
        writers.stop(str(event.exchange))

    wanted: dict[str, Any] = {**quietly(), "queue": True, "trigger_mode": "multiple", "concurrency_limit": AT_ONCE}
    came = courier.wanted(write, [parts.tab], [courier], js=SAME_TAB, **wanted)
    came.then(None, js="() => window.footnoteWritten()")
    courier.stopped(stop, None, None, **quietly())


def written_html(written: Written, number: int) -> str:
    """What stands in the block; `number`: of the exchange, whose cards the marks lead to."""
    return f"{_title(written)}{_said(written, number)}{_closing(written)}"


def _title(written: Written) -> str:
    model = f" by <strong>{isolated(written.model)}</strong>" if written.model else ""
    if written.ended:
        return f'<h3 class="fn-over">Written{model} from the passages below</h3>'
    stop = '<button type="button" class="fn-stop" data-stop>Stop<span class="fn-aside"> writing</span></button>'
    return f'<h3 class="fn-over">Being written{model} from the passages below …</h3>{stop}'


def _said(written: Written, number: int) -> str:
    sentences = [_sentence(sentence, number) for sentence in written.sentences]
    if written.pending:
        sentences.append(f'<span class="fn-unchecked" dir="auto">{escaped(written.pending)}</span>')
    return f'<p class="fn-prose" dir="auto">{" ".join(sentences)}</p>' if sentences else ""


def _sentence(sentence: WrittenSentence, number: int) -> str:
    marks = "".join(
        f'&#8288;<sup><a class="fn-mark" href="#q{number}-{card}" aria-label="passage {card}">[{card}]</a></sup>'
        for card in sentence.citations
    )
    if sentence.supported:
        return f"<bdi>{escaped(sentence.text)}</bdi>{marks}"
    return (
        f'<span class="fn-struck"><span class="fn-aside">Struck out: </span><s><bdi>{escaped(sentence.text)}</bdi></s>'
        f'{marks} <span class="fn-why">{escaped(sentence.reason)}</span></span>'
    )


def _closing(written: Written) -> str:
    """How much of it stands, and what went wrong."""
    lines = []
    if written.ended and written.sentences:
        lines.append(_verdict(written.sentences))
    if written.ended and written.declined:
        lines.append("It finds no answer in these passages. The quotation above is what the documents say.")
    if written.ended and not (written.sentences or written.declined or written.problem):
        lines.append("Stopped before anything was written.")
    said = "".join(f'<p class="fn-quiet">{line}</p>' for line in lines)
    if written.problem:
        whole = f"{written.problem[:1].upper()}{written.problem[1:].rstrip('.')}."
        said += f'<p class="fn-notice" dir="auto">{escaped(whole)}</p>'
    return said


def _verdict(sentences: Sequence[WrittenSentence]) -> str:
    struck = sum(not sentence.supported for sentence in sentences)
    if not struck:
        return "Each sentence was checked against the passage it names. The check can err: follow the numbers."
    if struck == len(sentences):
        return "None of it is supported by the passages it names. Rely on the quotation above."
    what = "sentence is" if struck == 1 else "sentences are"
    return f"{struck} {what} struck out: the passages named do not support {'it' if struck == 1 else 'them'}."
