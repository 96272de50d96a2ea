"""Characters of a document as HTML, with the quote and the other places of its answer marked.

The quote stands in `<mark>`. Another place is fainter, with the number of its citation behind it, which
is a button that goes there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from index.documents import Span
from qa.escaping import escaped

__all__ = ["Marks", "Other", "go_html", "marked_html"]


@dataclass(frozen=True, slots=True)
class Other:
    """Another place of the answer in the same document."""

    citation: int
    """Number of the citation, from 1."""
    place: int
    """0 for where it is cited, else the number of the other place that says the same."""
    span: Span


@dataclass(frozen=True, slots=True)
class Marks:
    """What is marked in a document."""

    quote: Span
    others: tuple[Other, ...] = ()

    def quoted(self, part: Span) -> bool:
        """Whether characters of the quote stand in this part."""
        return self.quote.start < part.end and part.start < self.quote.end

    def other(self, part: Span) -> Other | None:
        """The first other place with characters in this part."""
        return next((one for one in self.others if one.span.start < part.end and part.start < one.span.end), None)


def marked_html(
    text: str, part: Span, marks: Marks, *, numbered: bool = True, words: Callable[[str], str] = escaped
) -> str:
    """Characters `part` of the document's text as HTML.

    Without `numbered`, the other places have no number behind them. `words`: makes HTML of text.
    """
    if part.start >= part.end:
        return ""
    cuts = {part.start, part.end}
    for start, end in (marks.quote, *(other.span for other in marks.others)):
        cuts.update(cut for cut in (start, end) if part.start < cut < part.end)
    at = sorted(cuts)
    pieces = [Span(start, end) for start, end in pairwise(at)]
    owners = [None if marks.quoted(piece) else marks.other(piece) for piece in pieces]
    said = []
    for piece, owner, following in zip(pieces, owners, [*owners[1:], None], strict=True):
        shown = words(text[piece.start : piece.end])
        if marks.quoted(piece):
            said.append(f"<mark>{shown}</mark>")
        elif owner is None:
            said.append(shown)
        else:
            ends = piece.end == owner.span.end or piece.end < part.end
            number = go_html(owner) if numbered and ends and following is not owner else ""
            said.append(f'<span class="fn-faint" {_goes_to(owner)}>{shown}</span>{number}')
    return "".join(said)


def go_html(other: Other, style: str = "") -> str:
    """The number of a citation as a button that goes there."""
    name = f"Citation {other.citation}{', another place' if other.place else ''}"
    styled = f' style="{style}"' if style else ""
    return (
        f'<button type="button" class="fn-cite" {_goes_to(other)}{styled} aria-label="{name}" title="Go to '
        f'citation {other.citation}">[{other.citation}]</button>'
    )


def _goes_to(other: Other) -> str:
    return f'data-go="{other.citation}" data-place="{other.place}"'
