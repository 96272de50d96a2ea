"""A page of a file as a picture: only of the very file that was indexed, and only of a PDF."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from index.documents import PagePicture
from index.errors import ReadError
from index.reading.kinds import Kind, kind_of
from index.reading.scans import Raster

__all__ = ["page_of_pdf", "picture_of"]


def picture_of(
    data: bytes,
    name: str,
    *,
    digest: str,
    page: int,
    spans: Sequence[tuple[int, str]],
    others: Sequence[Sequence[tuple[int, str]]] = (),
    scale: int = 1,
) -> PagePicture:
    """Page `page` of a file with this content and name, whose SHA-256 must be `digest`; ReadError if there is none."""
    if hashlib.sha256(data).hexdigest() != digest:
        raise ReadError("the file has changed since it was indexed; sync, then ask again")
    if kind_of(data, name) is not Kind.PDF:
        raise ReadError("only pages of PDF files can be shown as they look")
    from index.reading.pdf.picture import drawn

    return drawn(data, page, spans, others=others, scale=scale)


def page_of_pdf(data: bytes, name: str, page: int) -> Raster:
    """Page `page` in shades of grey, for text recognition; ReadError if there is none."""
    if kind_of(data, name) is not Kind.PDF:
        raise ReadError("only pages of PDF files are drawn for text recognition")
    from index.reading.pdf.recognised import raster_of

    return raster_of(data, page)
