"""Answers as HTML: the only place where text of documents and of people becomes markup.

Everything that was not written here passes through `_escaped`. Text of documents stands in elements with
`dir="auto"` or in `<bdi>`, which end what a bidirectional control character may have begun.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from html import escape

from qa.answers import Answer, Citation
from qa.web.conversation import Exchange

__all__ = ["confidence_in_words", "conversation_html", "exchange_html", "marked_passage", "place_html"]

CONFIDENCE_WORDS = ((0.9, "Very likely right"), (0.75, "Likely right"), (0.6, "Probably right"), (0.0, "Uncertain"))
"""From this confidence on, these words."""

CONFIDENCE_MEANS = "Of 100 answers given at this figure, about as many are right."


def conversation_html(
    conversation: Sequence[Exchange],
    suggestions: Sequence[str] = (),
    thumbs: Callable[[Exchange], str] = lambda _: "",
) -> str:
    """The whole conversation; before its first question, what can be asked. `thumbs`: the buttons of an exchange."""
    if not conversation:
        return _welcome(suggestions)
    exchanges = "".join(
        exchange_html(exchange, number, thumbs(exchange)) for number, exchange in enumerate(conversation, 1)
    )
    return f'<div class="fn-log" role="log" aria-label="Conversation">{exchanges}</div>'


def exchange_html(exchange: Exchange, number: int, thumbs: str = "") -> str:
    """One question with what came of it; `number` makes its anchors unique on the page, `thumbs` are its buttons."""
    parts = [f'<h2 class="fn-question" dir="auto">{_escaped(exchange.question)}</h2>']
    if exchange.answer:
        parts.append(_carried(exchange.answer))
        show = _found if exchange.answer.found else _not_found
        parts.append(show(exchange.answer, number, thumbs))
    if exchange.notice:
        parts.append(f'<p class="fn-notice" dir="auto">{_escaped(exchange.notice)}</p>')
    return f'<article class="fn-exchange" id="q{number}">{"".join(parts)}</article>'


def confidence_in_words(confidence: float) -> str:
    """0.84 -> "Likely right, 84 %". Never 100 %, which nothing is."""
    words = next(words for least, words in CONFIDENCE_WORDS if confidence >= least)
    return f"{words}, {min(99, round(100 * confidence))} %"


def marked_passage(citation: Citation) -> str:
    """The passage with the quoted sentence in `<mark>`: by its offsets, and only if those are the very words."""
    before = citation.start - citation.passage_start
    after = before + len(citation.quote)
    passage = citation.passage
    if before < 0 or not citation.quote or passage[before:after] != citation.quote:
        return _escaped(passage)
    marked = f"<mark>{_escaped(citation.quote)}</mark>"
    return f"{_escaped(passage[:before])}{marked}{_escaped(passage[after:])}"


def place_html(citation: Citation) -> str:
    """The place in words; a title that is also the first heading is not said twice."""
    heading = citation.heading
    if heading and heading[0] == citation.title:
        citation = replace(citation, heading=heading[1:])
    return _isolated(citation.place)


def _welcome(suggestions: Sequence[str]) -> str:
    buttons = "".join(
        f'<li><button type="button" data-ask="{_escaped(question)}" dir="auto">{_escaped(question)}</button></li>'
        for question in suggestions
    )
    begin = f'<h2>Begin with one of these</h2><ul class="fn-suggestions">{buttons}</ul>' if buttons else ""
    return (
        '<div class="fn-welcome"><p class="fn-invitation">Ask your documents.</p>'
        "<p>Every answer is a sentence that stands in one of them, with the place where it stands."
        f" When they do not say, neither does Footnote.</p>{begin}</div>"
    )


def _carried(answer: Answer) -> str:
    if not answer.carried:
        return ""
    words = ", ".join(_isolated(word) for word in answer.carried)
    return f'<p class="fn-carried">understood with: {words}</p>'


def _found(answer: Answer, number: int, thumbs: str) -> str:
    best = answer.citations[0] if answer.citations else None
    source = f'<cite>{_isolated(best.title)}</cite><span class="fn-place">{place_html(best)}</span>' if best else ""
    sure = _escaped(confidence_in_words(answer.confidence))
    return (
        f'<figure class="fn-answer"><blockquote dir="auto">{_quotation(answer, number)}</blockquote>'
        f'<figcaption>{source}<span class="fn-sure"><span class="fn-confidence" '
        f'title="{CONFIDENCE_MEANS}">{sure}</span>{thumbs}</span></figcaption>'
        f"</figure>{_cards(answer, number)}"
    )


def _not_found(answer: Answer, number: int, thumbs: str) -> str:
    closest = "The closest passages stand below; none of them says it." if answer.citations else ""
    return (
        f'<div class="fn-none"><p><strong>Not in these documents.</strong> {closest}</p>{thumbs}</div>'
        f"{_cards(answer, number)}"
    )


def _quotation(answer: Answer, number: int) -> str:
    """The answer in quotation marks, with the mark of each citation behind the sentence that it vouches for."""
    parts, at = ["“"], 0
    for end, card in sorted(_mark_ends(answer)) or [(len(answer.text), 1)]:
        parts.append(_escaped(answer.text[at:end]) + ("”" if end == len(answer.text) else "") + _mark(number, card))
        at = end
    if at < len(answer.text):
        parts.append(_escaped(answer.text[at:]) + "”")
    return "".join(parts)


def _mark_ends(answer: Answer) -> Iterator[tuple[int, int]]:
    """(end in the answer's text, number of the citation) of each citation whose quote stands in the answer."""
    for card, citation in enumerate(answer.citations, 1):
        begin = answer.text.find(citation.quote) if citation.quote else -1
        if begin >= 0:
            yield begin + len(citation.quote), card


def _mark(number: int, card: int) -> str:
    return f'<sup><a class="fn-mark" href="#q{number}-{card}" aria-label="passage {card}">[{card}]</a></sup>'


def _cards(answer: Answer, number: int) -> str:
    """The passages, numbered; the one that holds the answer stands open."""
    if not answer.citations:
        return ""
    cards = "".join(
        _card(citation, f"q{number}-{card}", card, is_open=answer.found and card == 1)
        for card, citation in enumerate(answer.citations, 1)
    )
    title, kind = ("Passages", "") if answer.found else ("Closest passages", " fn-closest")
    return f'<h3 class="fn-over">{title}</h3><ol class="fn-cards{kind}">{cards}</ol>'


def _card(citation: Citation, anchor: str, card: int, *, is_open: bool) -> str:
    """A passage that opens: closed it shows the sentence, open the passage around it."""
    return (
        f'<li><details class="fn-card" id="{anchor}"{" open" if is_open else ""}>'
        f'<summary><span class="fn-number">{card}</span>'
        f'<span class="fn-source"><span class="fn-title">{_isolated(citation.title)}</span>'
        f'<span class="fn-place">{place_html(citation)}</span></span>'
        f'<span class="fn-sentence" dir="auto">{_escaped(citation.quote)}</span></summary>'
        f'<div class="fn-passage" dir="auto">{marked_passage(citation)}</div>'
        f'<p class="fn-path">{_isolated(citation.path)}</p></details></li>'
    )


def _isolated(text: str) -> str:
    return f"<bdi>{_escaped(text)}</bdi>"


def _escaped(text: str) -> str:
    """Text that means itself wherever it stands in HTML, attributes included."""
    return escape(text.replace("\0", "\N{REPLACEMENT CHARACTER}"), quote=True)
