"""Which characters of a long text are shown at once."""

from __future__ import annotations

from index.documents import Document, Span

__all__ = ["BEFORE", "WINDOW", "window"]

BEFORE = 1_500
"""Characters shown before the quote at first: about half a page."""

WINDOW = 4_000
"""Characters of a window of text: about a page and a half."""

_SNAP = 1_000
"""A window begins where a block does, when one begins at most so many characters before."""


def window(document: Document, quote: Span, step: int) -> Span:
    """The characters shown `step` windows after the one with the quote: each begins where the one before ends.

    Windows begin at the beginning of a block, unless it is a very long one.
    """
    first = -(-max(0, quote.start - BEFORE) // WINDOW)
    last = -(-max(0, len(document.text) - quote.end - WINDOW + BEFORE) // WINDOW)
    step = min(max(step, -first), last)
    return Span(_edge(document, quote, step), _edge(document, quote, step + 1))


def _edge(document: Document, quote: Span, step: int) -> int:
    """Where window `step` begins."""
    after = quote.end + WINDOW - BEFORE
    offset = after + (step - 1) * WINDOW if step > 0 else quote.start - BEFORE + step * WINDOW
    if not 0 < offset < len(document.text):
        return min(max(offset, 0), len(document.text))
    block = document.block_at(offset)
    start = block.start if block else 0
    if step > 0 and start < quote.end:
        return offset
    return start if offset - start <= _SNAP else offset
