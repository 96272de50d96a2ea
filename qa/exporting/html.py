"""A conversation as one HTML file to read, print or send on: no scripts, nothing fetched, footnotes linked."""

from __future__ import annotations

from pathlib import Path

from qa.answers import Citation, place_beside_title
from qa.escaping import escaped, isolated
from qa.exporting.facts import Footnote, Question, WholeConversation

__all__ = ["conversation_page"]

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""The browser itself runs nothing and fetches nothing of it."""

_STYLE = Path(__file__).with_name("export.css")


def conversation_page(conversation: WholeConversation) -> str:
    """The whole file."""
    name = escaped(_whole(conversation.name) or "Conversation")
    questions = "\n".join(_question(each, number) for number, each in enumerate(conversation.questions, 1))
    notes = "\n".join(_note(note) for each in conversation.questions for note in each.footnotes)
    foot = (
        f'<section class="notes" aria-label="Footnotes"><h2>Footnotes</h2>\n<ol>\n{notes}\n</ol></section>'
        if notes
        else ""
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escaped(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{name}</title>\n<style>\n{_STYLE.read_text('utf-8')}</style>\n</head>\n<body>\n<main>\n"
        f'<header><h1 dir="auto">{name}</h1>\n<p>{_about(conversation)}</p></header>\n{questions}\n{foot}\n'
        "</main>\n</body>\n</html>\n"
    )


def _about(conversation: WholeConversation) -> str:
    when = f", {_date(conversation.date)}" if conversation.date else ""
    until = f" to {_date(conversation.until)}" if conversation.until else ""
    return f"Asked of the documents in “{isolated(_whole(conversation.corpus))}” with Footnote{when}{until}."


def _date(date: str) -> str:
    return f'<time datetime="{escaped(date)}">{escaped(date)}</time>'


def _question(question: Question, number: int) -> str:
    parts = [f'<h2 dir="auto"><span class="number">{number}.</span> {_text(question.text)}</h2>']
    parts += [
        f'<p class="quiet"><span class="said">{_text(what)}</span>: {isolated(_whole(words))}</p>'
        for what, words in question.understood
    ]
    if question.answer:
        parts.append(_answer(question))
    refusal = "" if question.answer or not question.footnotes else ' class="none"'
    parts += [f'<p{refusal if at == 0 else ""} dir="auto">{_text(line)}</p>' for at, line in enumerate(question.lines)]
    if question.others:
        references = " ".join(map(_reference, question.others))
        parts.append(f'<p class="quiet">{escaped(question.before_footnotes)} {references}</p>')
    return f"<article>\n{chr(10).join(parts)}\n</article>"


def _answer(question: Question) -> str:
    before = f'{question.lead_is} <span dir="auto">{_text(question.lead)}</span>'
    lead = f'<p class="quiet">{before}</p>\n' if question.lead else ""
    said = f'“<span class="said">{_marked(question)}</span>”{"".join(map(_reference, question.of_the_answer))}'
    return (
        f'<figure>\n{lead}<blockquote dir="auto">{said}</blockquote>\n'
        f"<figcaption>{escaped(question.confidence)}</figcaption>\n</figure>"
    )


def _marked(question: Question) -> str:
    parts, at = [], 0
    for mark in question.marks:
        if mark.start >= at:
            parts += [
                _text(question.answer[at : mark.start]),
                f"<mark>{_text(question.answer[mark.start : mark.end])}</mark>",
            ]
            at = mark.end
    return "".join(parts) + _text(question.answer[at:])


def _reference(note: Footnote) -> str:
    number = note.number
    return f'<sup><a href="#note-{number}" id="from-{number}" aria-label="footnote {number}">{number}</a></sup>'


def _note(note: Footnote) -> str:
    number = note.number
    back = f'<a href="#from-{number}" aria-label="back to the text of footnote {number}">↩\ufe0e</a>'
    return f'<li id="note-{number}" value="{number}">{_source(note.citation)} {back}</span></li>'


def _source(citation: Citation) -> str:
    """The quote and where it stands, in a span that is left open for the way back."""
    quote = f'<q dir="auto">{_text(citation.quote)}</q> ' if citation.quote else ""
    where = place_beside_title(citation)
    place = f", {isolated(_whole(where))}" if where else ""
    title = isolated(_whole(citation.title) or citation.path)
    path = isolated(_whole(citation.path))
    return f'{quote}<span class="source"><cite>{title}</cite>{place}<br><code>{path}</code>'


def _text(text: str) -> str:
    return escaped(_whole(text))


def _whole(text: str) -> str:
    """Without what no HTML file may hold: controls other than spaces, and halves of characters."""
    return (
        "".join(c if c >= " " or c in "\n\t" else "\N{REPLACEMENT CHARACTER}" for c in text)
        .encode("utf-8", "replace")
        .decode()
    )
