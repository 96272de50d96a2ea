"""Answers as HTML.

Everything that was not written here passes through `escaped`. Text of documents stands in elements with
`dir="auto"` or in `<bdi>`, which end what a bidirectional control character may have begun.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from qa.answers import Answer, Citation, place_beside_title
from qa.escaping import escaped, isolated
from qa.printing import question_back_in_words
from qa.web.conversation import Exchange
from qa.web.copying import copy_html
from qa.web.elsewhere import also_html
from qa.web.quoting import lead_html, marked_passage, quotation, row_html

__all__ = ["confidence_in_words", "conversation_html", "exchange_html", "place_html"]

CONFIDENCE_WORDS = ((0.9, "Very likely right"), (0.75, "Likely right"), (0.6, "Probably right"), (0.0, "Uncertain"))
"""From this confidence on, these words."""

SURE_FROM = 0.6
"""From this confidence on, an answer stands before the question back: below, the words above call it uncertain."""

CONFIDENCE_MEANS = "Of 100 answers given at this figure, about as many are right."


def conversation_html(
    conversation: Sequence[Exchange],
    suggestions: Sequence[str] = (),
    thumbs: Callable[[Exchange], str] = lambda _: "",
    written: Callable[[Exchange, int], str] = lambda *_: "",
    above: str = "",
    name: str = "",
) -> str:
    """The whole conversation; before its first question, what can be asked.

    `thumbs`: the buttons of an exchange. `written`: what a language model wrote for the exchange of that number.
    `above`: HTML that stands before the first one. `name`: what the browser calls the conversation.
    """
    if not conversation:
        return _welcome(suggestions)
    exchanges = "".join(
        exchange_html(exchange, number, thumbs(exchange), written(exchange, number))
        for number, exchange in enumerate(conversation, 1)
    )
    of = f'data-conversation="{escaped(name)}"'
    return f'<div class="fn-log" role="log" aria-label="Conversation" {of}>{above}{exchanges}</div>'


def exchange_html(exchange: Exchange, number: int, thumbs: str = "", written: str = "") -> str:
    """One question with what came of it; `number` makes its anchors unique on the page, `thumbs` are its buttons.

    `written`: HTML that stands between the answer and its passages.
    """
    parts = [f'<h2 class="fn-question" dir="auto">{escaped(exchange.question)}</h2>']
    parts += [_understood(exchange), _answered(exchange, number, thumbs, written)]
    if exchange.notice:
        parts.append(f'<p class="fn-notice" dir="auto">{escaped(exchange.notice)}</p>')
    if exchange.answer is None and exchange.asking.within:
        parts.append(f"<p>{_ask_all(exchange)}</p>")
    refused = "" if exchange.answer else " data-refused"
    name = f'id="q{number}" data-key="{escaped(exchange.key)}"'
    return f'<article class="fn-exchange" {name}{refused}>{"".join(parts)}</article>'


def confidence_in_words(confidence: float) -> str:
    """0.84 -> "Likely right, 84 %". Never 100 %, which nothing is."""
    words = next(words for least, words in CONFIDENCE_WORDS if confidence >= least)
    return f"{words}, {min(99, round(100 * confidence))} %"


def place_html(citation: Citation) -> str:
    """The place in words, as HTML."""
    return isolated(place_beside_title(citation))


def _welcome(suggestions: Sequence[str]) -> str:
    buttons = "".join(
        f'<li><button type="button" data-ask="{escaped(question)}" dir="auto">{escaped(question)}</button></li>'
        for question in suggestions
    )
    begin = f'<h2>Begin with one of these</h2><ul class="fn-suggestions">{buttons}</ul>' if buttons else ""
    return (
        '<div class="fn-welcome"><p class="fn-invitation">Ask your documents.</p>'
        "<p>Every answer is a sentence that stands in one of them, with the place where it stands."
        f" When they do not say, neither does Footnote.</p>{begin}</div>"
    )


def _answered(exchange: Exchange, number: int, thumbs: str, written: str) -> str:
    """A question back stands behind an answer that is rather sure, and before all else."""
    answer = exchange.answer
    if answer is None:
        return ""
    said = _found(answer, number, thumbs) if answer.found else _not_found(exchange, answer, thumbs)
    back = _question_back(exchange, is_first=not _is_sure(answer))
    return (f"{said}{back}" if _is_sure(answer) else f"{back}{said}") + written + _cards(exchange.key, answer, number)


def _is_sure(answer: Answer) -> bool:
    return answer.found and answer.confidence >= SURE_FROM


def _understood(exchange: Exchange) -> str:
    """How the question was understood, where that is more than its own words."""
    parts = [_carried(exchange), *_read_as(exchange)]
    if left_out := exchange.asking.left_out:
        parts.append(f"<span>left out: {', '.join(map(isolated, left_out))}</span>")
    if exchange.asking.label:
        parts.append(f"<span>asked of: <cite>{isolated(exchange.asking.label)}</cite></span>")
    said = "".join(parts)
    return f'<div class="fn-carried">{said}</div>' if said else ""


def _read_as(exchange: Exchange) -> Iterator[str]:
    """Words that stand in no document, and what was looked for instead."""
    for word, other in exchange.answer.read_as if exchange.answer else ():
        yield f"<span>no “{isolated(word)}” here, looked for <strong>{isolated(other)}</strong></span>"


def _carried(exchange: Exchange) -> str:
    """The words carried over, each a button that asks again without it."""
    if exchange.answer is None or not exchange.answer.carried:
        return ""
    words = "".join(
        f'<li><button type="button" class="fn-chip" {_again(exchange, "without", word)} title="Ask again without this'
        f' word"><span class="fn-aside">Ask again without </span>{isolated(word)}<span aria-hidden="true">×</span>'
        "</button></li>"
        for word in exchange.answer.carried
    )
    return f'<span>understood with:</span><ul aria-label="Words of earlier questions">{words}</ul>'


def _question_back(exchange: Exchange, *, is_first: bool) -> str:
    """The question back, and its choices as buttons that ask one of the documents."""
    answer = exchange.answer
    if answer is None or not answer.clarify:
        return ""
    choices = "".join(
        f'<li><button type="button" {_again(exchange, "within", choice.within)} title="{escaped(choice.within)}">'
        f'<span class="fn-aside">Ask only </span>{isolated(choice.label)}</button></li>'
        for choice in answer.choices
    )
    said = question_back_in_words(answer) if is_first else "Or is it about one of these?"
    kind = f"{'' if is_first else ' fn-or'}{' fn-few' if answer.found else ''}"
    return (
        f'<section class="fn-back{kind}" aria-label="Question back"><p>{escaped(said)}</p>'
        f'<ul class="fn-suggestions">{choices}</ul></section>'
    )


def _again(exchange: Exchange, change: str, value: str) -> str:
    """Attributes of a button that asks the question of the exchange again with one change."""
    asked = f'data-again="{escaped(exchange.question)}" data-exchange="{escaped(exchange.key)}"'
    return f'{asked} data-{change}="{escaped(value)}"'


def _found(answer: Answer, number: int, thumbs: str) -> str:
    best = answer.citations[0] if answer.citations else None
    source = f'<cite>{isolated(best.title)}</cite><span class="fn-place">{place_html(best)}</span>' if best else ""
    sure = escaped(confidence_in_words(answer.confidence))
    return (
        f'<figure class="fn-answer">{lead_html(best) if best else ""}'
        f'<blockquote dir="auto">{quotation(answer, number)}</blockquote>'
        f'<figcaption>{source}<span class="fn-sure"><span class="fn-confidence" '
        f'title="{CONFIDENCE_MEANS}">{sure}</span>{thumbs}</span></figcaption></figure>'
    )


def _not_found(exchange: Exchange, answer: Answer, thumbs: str) -> str:
    closest = "The closest passages stand below; none seems to say it." if answer.citations else ""
    where = f"Not in {_asked_of(exchange.asking.within)}"
    everywhere = f"<p>{_ask_all(exchange)}</p>" if exchange.asking.within else ""
    as_it_stands = ", as the question stands" if answer.clarify else ""
    return f'<div class="fn-none"><p><strong>{where}{as_it_stands}.</strong> {closest}</p>{everywhere}{thumbs}</div>'


def _asked_of(within: Sequence[str]) -> str:
    if not within:
        return "these documents"
    return "this document" if len(within) == 1 and not within[0].endswith("/") else "the documents you chose"


def _ask_all(exchange: Exchange) -> str:
    """The button that asks the question again, of all documents."""
    return f'<button type="button" class="fn-all" {_again(exchange, "all", "documents")}>Ask all documents</button>'


def _cards(key: str, answer: Answer, number: int) -> str:
    """The passages, numbered; the one that holds the answer stands open."""
    if not answer.citations:
        return ""
    cards = "".join(
        _card(citation, f"q{number}-{card}", card, _opens(key, card), is_open=answer.found and card == 1)
        for card, citation in enumerate(answer.citations, 1)
    )
    title, kind = ("Passages", "") if answer.found else ("Closest passages", " fn-closest")
    return f'<h3 class="fn-over">{title}</h3><ol class="fn-cards{kind}">{cards}</ol>'


def _card(citation: Citation, anchor: str, card: int, opens: str, *, is_open: bool) -> str:
    """A passage that opens: closed it shows the sentence, open the passage around it."""
    sentence = row_html(citation) or f'<span class="fn-sentence" dir="auto">{escaped(citation.quote)}</span>'
    return (
        f'<li><details class="fn-card" id="{anchor}"{" open" if is_open else ""}>'
        f'<summary><span class="fn-number">{card}</span>'
        f'<span class="fn-source"><span class="fn-title">{isolated(citation.title)}</span>'
        f'<span class="fn-place">{place_html(citation)}</span></span>'
        f"{lead_html(citation)}{sentence}</summary>{_header(citation)}"
        f'<div class="fn-passage" dir="auto">{marked_passage(citation)}</div>'
        f'<div class="fn-foot-line">{_open(citation, card, opens)}{copy_html(citation)}'
        f'<p class="fn-path">{isolated(citation.path)}</p></div></details>'
        f"{also_html(citation, opens)}</li>"
    )


def _opens(key: str, card: int) -> str:
    """Attributes of a button that opens the source of a passage; they name the citation, never the document."""
    return f'data-open="{escaped(key)}" data-citation="{card}"'


def _open(citation: Citation, card: int, opens: str) -> str:
    """The button that opens the source at the place."""
    what = "document" if citation.page is None else "page"
    return (
        f'<button type="button" class="fn-open" {opens}>'
        f'Open the {what}<span class="fn-aside"> of passage {card}</span></button>'
    )


def _header(citation: Citation) -> str:
    """What is needed before the passage, where it does not hold it: the header of a table's later rows."""
    if not citation.lead or citation.lead in citation.passage:
        return ""
    return f'<div class="fn-passage fn-header" dir="auto">{escaped(citation.lead)}</div>'
