"""One page of an indexed PDF as it looks, drawn in a process of its own, within limits of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from index.documents import Document, PagePicture, Span
from index.reading import Reader, ReadingLimits

__all__ = ["page_picture"]

DRAWING_S, DRAWING_S_PER_MB, PICTURE_BYTES = 15.0, 0.2, 32 << 20
"""What drawing one page may cost: a page of a report takes .3 s, process and all."""


def page_picture(
    file: Path,
    digest: bytes,
    document: Document,
    *,
    page: int,
    span: Span,
    others: Sequence[Span] = (),
    scale: int = 1,
) -> PagePicture:
    """A page of the PDF `file`, which must have this digest, with boxes over spans of the text it was read to.

    Raises `ReadError` when the file has changed or gone, or the page cannot be drawn.
    """
    spans, *more = (document.characters_of_page(page, each) for each in (span, *others))
    limits = replace(
        ReadingLimits.from_environment(),
        timeout_s=DRAWING_S,
        timeout_s_per_mb=DRAWING_S_PER_MB,
        reply_bytes=PICTURE_BYTES,
    )
    with Reader(limits) as reader:
        return reader.picture(file, digest=digest, page=page, spans=spans, others=more, scale=scale)
