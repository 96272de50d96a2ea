"""What an answer quotes, as HTML: the words that answer are marked, what a reader needs before them stands apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from index.documents import Span
from qa.answers import Answer, Citation
from qa.columns import columns
from qa.escaping import escaped

__all__ = ["HEADER", "LEAD", "lead_html", "marked_passage", "quotation", "row_html"]

LEAD = "before it:"
HEADER = "columns:"


def quotation(answer: Answer, number: int) -> str:
    """The answer in quotation marks, with the mark of each citation behind the sentence that it vouches for.

    A row of a table is shown cell by cell. `number`: of the exchange, whose cards the marks lead to.
    """
    best = answer.citations[0] if answer.citations else None
    if best and answer.text == best.quote and (row := row_html(best, _answering(best), _note(number, 1))):
        return row
    quoted = sorted(_quoted(answer), key=lambda quote: quote[1:]) or [(0, len(answer.text), 1)]
    marks = [mark for begin, _, card in quoted for mark in _marks_from(answer, begin, card)]
    parts, at = ["“"], 0
    for _, end, card in quoted:
        last = "”" if end == len(answer.text) else ""
        parts.append(_marked(answer.text, Span(at, end), marks) + last + _note(number, card))
        at = end
    if at < len(answer.text):
        parts.append(escaped(answer.text[at:]) + "”")
    return "".join(parts)


def lead_html(citation: Citation) -> str:
    """What a reader needs before the quote, as a line of its own; nothing where cells carry their column's name."""
    if not citation.lead.strip() or row_html(citation):
        return ""
    label = LEAD if citation.row is None else HEADER
    return (
        f'<span class="fn-lead"><span class="fn-label">{label}</span> '
        f'<span class="fn-said" dir="auto">{escaped(citation.lead)}</span></span>'
    )


def row_html(citation: Citation, marks: Sequence[Span] = (), note: str = "") -> str:
    """The cells of a table row below the names of their columns; "" for what is no such row.

    `marks`: characters of the quote that are marked. `note`: HTML that stands behind the last cell.
    """
    named = columns(citation.lead, citation.quote) if citation.row is not None else []
    cells = [
        f'<span class="fn-cell"><span class="fn-label" dir="auto">{escaped(name)}</span> '
        f'<span dir="auto">{_marked(citation.quote, cell, marks)}{note if at == len(named) else ""}</span></span>'
        for at, (name, cell) in enumerate(named, 1)
    ]
    return f'<span class="fn-row">{" ".join(cells)}</span>' if cells else ""


def marked_passage(citation: Citation) -> str:
    """The passage with the quoted sentence in `<mark>`: by its offsets, and only if those are the very words."""
    before = citation.start - citation.passage_start
    after = before + len(citation.quote)
    passage = citation.passage
    if before < 0 or not citation.quote or passage[before:after] != citation.quote:
        return escaped(passage)
    marked = f"<mark>{escaped(citation.quote)}</mark>"
    return f"{escaped(passage[:before])}{marked}{escaped(passage[after:])}"


def _quoted(answer: Answer) -> Iterator[tuple[int, int, int]]:
    """(begin, end, number of the citation) of each quote that stands in the answer's text."""
    for card, citation in enumerate(answer.citations, 1):
        begin = answer.text.find(citation.quote) if citation.quote else -1
        if begin >= 0:
            yield begin, begin + len(citation.quote), card


def _marks_from(answer: Answer, begin: int, card: int) -> Iterator[Span]:
    """The answering words of a citation whose quote begins at `begin` in the answer's text."""
    for mark in _answering(answer.citations[card - 1]) if answer.citations else ():
        yield Span(begin + mark.start, begin + mark.end)


def _answering(citation: Citation) -> tuple[Span, ...]:
    """The words that answer, as characters of the quote; none where the offsets are not those of the quote."""
    if citation.end - citation.start != len(citation.quote):
        return ()
    moved = (Span(mark.start - citation.start, mark.end - citation.start) for mark in citation.marks)
    return tuple(mark for mark in moved if 0 <= mark.start < mark.end <= len(citation.quote))


def _marked(text: str, part: Span, marks: Sequence[Span]) -> str:
    """Characters `part` of `text`, those of them that `marks` hold in `<mark>`."""
    parts, at = [], part.start
    for mark in sorted(marks):
        start, end = max(mark.start, at), min(mark.end, part.end)
        if start < end:
            parts.append(f'{escaped(text[at:start])}<mark class="fn-words">{escaped(text[start:end])}</mark>')
            at = end
    return "".join(parts) + escaped(text[at : part.end])


def _note(number: int, card: int) -> str:
    return f'<sup><a class="fn-mark" href="#q{number}-{card}" aria-label="passage {card}">[{card}]</a></sup>'
