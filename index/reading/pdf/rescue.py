"""The text of a PDF that PDFium cannot open, because it is cut off or lost its tables: gathered from what is left.

Pages may be missing and stand in another order than they did, so no page is named.
"""

from __future__ import annotations

from index.documents import BlockKind, Document
from index.reading.assembly import Piece, blocks_of, laid_out
from index.reading.extraction import pages_of
from index.reading.source import Source

__all__ = ["rescued"]

_NOTE = (
    "damaged PDF: some of its text could be had, without pages and perhaps not in order; "
    "open it in a PDF viewer and print it to a new file"
)


def rescued(source: Source) -> Document | None:
    """The document that can be gathered; None when there is no text."""
    pages = pages_of(source.data, "pdf")
    pieces = [Piece(BlockKind.PARAGRAPH, paragraph) for page in pages for paragraph in page.split("\n\n")]
    text, parts = laid_out(pieces)
    if not any(letter.isalpha() for letter in text):
        return None
    return Document("", source.kind.value, text, blocks_of(text, parts), note=_NOTE)
