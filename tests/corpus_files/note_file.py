"""The short PDF: two columns, a page number at the foot, no outline and no page labels."""

from __future__ import annotations

import io

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, FrameBreak, NextPageTemplate, PageTemplate, Paragraph
from reportlab.platypus import Frame as Column

from tests.corpus_files.pdf_styles import body_style, heading_style, hyphenated
from tests.corpus_files.source_text import Block, Heading

_MARGIN, _GUTTER = 70.0, 22.0  # points
_BODY = body_style(size=11.5, leading=16.5)
_SECTION = heading_style("section", size=12, before=6, after=4)
_TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=20, leading=26)


def note_file(blocks: list[Block], *, author: str) -> bytes:
    """A PDF of `blocks`: the first heading across the page, the rest in two columns."""
    title, *rest = blocks
    if not isinstance(title, Heading):
        raise ValueError(f"expected a heading first, got {title!r}")
    buffer = io.BytesIO()
    note = BaseDocTemplate(buffer, pagesize=A4, title=title.text, author=author, invariant=True)
    head = Column(_MARGIN, A4[1] - _MARGIN - 40, A4[0] - 2 * _MARGIN, 40, 0, 0, 0, 0)
    first = PageTemplate("first", [head, *_columns(A4[1] - 2 * _MARGIN - 50)], onPage=_foot)
    note.addPageTemplates([first, PageTemplate("later", _columns(A4[1] - 2 * _MARGIN), onPage=_foot)])
    story = [Paragraph(title.text, _TITLE), NextPageTemplate("later"), FrameBreak()]
    note.build([*story, *map(_paragraph, rest)])
    return buffer.getvalue()


def _columns(height: float) -> list[Column]:
    width = (A4[0] - 2 * _MARGIN - _GUTTER) / 2
    return [Column(left, _MARGIN, width, height, 0, 0, 0, 0) for left in (_MARGIN, _MARGIN + width + _GUTTER)]


def _foot(canvas: Canvas, _note: BaseDocTemplate) -> None:
    canvas.setFont("Helvetica", 8)
    canvas.drawCentredString(A4[0] / 2, 34, f"Page {canvas.getPageNumber()}")


def _paragraph(block: Block) -> Paragraph:
    if isinstance(block, Heading):
        return Paragraph(block.text, _SECTION)
    return Paragraph(hyphenated(block.text), _BODY)
