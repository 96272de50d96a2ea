"""The long PDF: roman front matter, contents, an outline, running lines, a table, and its own page labels.

Physical pages 1 to 4 are printed as i to iv and physical page 5 as 1; the same label is stored in the file
(`/PageLabels`) and printed at the foot.
"""

from __future__ import annotations

import io

from reportlab.lib.colors import Color, black
from reportlab.lib.pagesizes import A5
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)
from reportlab.platypus import Table as PrintedTable
from reportlab.platypus.tableofcontents import TableOfContents

from tests.corpus_files.pdf_styles import body_style, heading_style, hyphenated
from tests.corpus_files.source_text import Block, Heading, Table, sections

FRONT_PAGES = 4
"""Title page, imprint, contents and summary."""

_ROMAN = ("i", "ii", "iii", "iv")
_FRONT_MARK = "Front matter: "
_MARGIN = 48.0  # points
_GREY = Color(0.35, 0.35, 0.35)
_BODY = body_style(size=10.4, leading=13.8)
_CHAPTER = heading_style("chapter", size=15, before=10, after=7)
_SECTION = heading_style("section", size=11, before=5, after=4)
_GRID = TableStyle(
    [
        ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 8.5),
        ("FONT", (0, 1), (-1, -1), "Times-Roman", 9.5),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, black),
        ("LINEBELOW", (0, -1), (-1, -1), 0.8, black),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
    ]
)


def printed_label(page: int) -> str:
    """The page number printed on physical page `page`: 1 -> "i", 4 -> "iv", 5 -> "1"."""
    return _ROMAN[page - 1] if page <= FRONT_PAGES else str(page - FRONT_PAGES)


def paper_file(blocks: list[Block], *, title: str, subtitle: str, author: str) -> bytes:
    """A PDF of `blocks`; headings of level 1 that start "Front matter: " go before the contents or the body."""
    buffer = io.BytesIO()
    paper = _Paper(buffer, title=title, author=author, pagesize=A5, invariant=True)
    paper.multiBuild(_story(blocks, title, subtitle, author))
    return buffer.getvalue()


class _Paper(BaseDocTemplate):
    """Tells the contents and the outline of each heading, and gives every page its label."""

    def __init__(self, buffer: io.BytesIO, **settings: object) -> None:
        super().__init__(buffer, **settings)
        width, height = A5
        frame = Frame(_MARGIN, _MARGIN + 8, width - 2 * _MARGIN, height - 2 * _MARGIN - 14, 0, 0, 0, 0)
        templates = [PageTemplate("cover", frame, onPage=self._cover), PageTemplate("text", frame, onPage=self._page)]
        self.addPageTemplates(templates)

    def _cover(self, canvas: Canvas, _paper: BaseDocTemplate) -> None:
        canvas.addPageLabel(0, style="ROMAN_LOWER", start=1)
        canvas.addPageLabel(FRONT_PAGES, style="ARABIC", start=1)
        canvas.showOutline()

    def _page(self, canvas: Canvas, _paper: BaseDocTemplate) -> None:
        width, height = A5
        canvas.saveState()
        canvas.setFont("Helvetica", 7.5)
        canvas.setFillColor(_GREY)
        canvas.drawString(_MARGIN, height - _MARGIN + 6, self.title)
        canvas.drawRightString(width - _MARGIN, height - _MARGIN + 6, self.author)
        canvas.drawCentredString(width / 2, _MARGIN - 14, printed_label(canvas.getPageNumber()))
        canvas.restoreState()

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - the name reportlab calls
        """Enter a heading that was just set into the contents and the outline."""
        level = {"chapter": 0, "section": 1}.get(getattr(flowable, "style", _BODY).name)
        if level is None:
            return
        text = flowable.getPlainText()
        key = f"heading-{self.seq.nextf('heading')}"
        self.canv.bookmarkPage(key)
        self.canv.addOutlineEntry(text, key, level)
        self.notify("TOCEntry", (level, text, self.page, key))


def _story(blocks: list[Block], title: str, subtitle: str, author: str) -> list[Flowable]:
    chapters = list(sections(blocks))
    front = [(name.removeprefix(_FRONT_MARK), body) for name, body in chapters if name.startswith(_FRONT_MARK)]
    (imprint, summary) = front
    story: list[Flowable] = [*_cover(title, subtitle, author), NextPageTemplate("text"), PageBreak()]
    story += [*_chapter(*imprint), PageBreak(), *_contents(), PageBreak(), *_chapter(*summary), PageBreak()]
    for name, body in chapters[len(front) :]:
        story += _chapter(name, body)
    return story


def _cover(title: str, subtitle: str, author: str) -> list[Flowable]:
    large = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=24, leading=30, spaceAfter=14)
    small = ParagraphStyle("subtitle", fontName="Helvetica", fontSize=12, leading=16, spaceAfter=12)
    lines = [Paragraph(subtitle, small), Paragraph(author, small), Paragraph("Bogota, May 2019", small)]
    return [Spacer(1, 120), Paragraph(title, large), *lines]


def _contents() -> list[Flowable]:
    tight = TableStyle([("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 1)])
    contents = TableOfContents(formatter=printed_label, dotsMinLevel=0, tableStyle=tight)
    contents.levelStyles = [
        ParagraphStyle("entry", fontName="Times-Bold", fontSize=9, leading=12.5),
        ParagraphStyle("subentry", fontName="Times-Roman", fontSize=9, leading=11.5, leftIndent=12),
    ]
    heading = ParagraphStyle("contents", parent=_CHAPTER)
    return [Paragraph("Contents", heading), contents]


def _chapter(name: str, body: list[Block]) -> list[Flowable]:
    return [Paragraph(name, _CHAPTER), *map(_flowable, body)]


def _flowable(block: Block) -> Flowable:
    if isinstance(block, Heading):
        return Paragraph(block.text, _SECTION)
    if isinstance(block, Table):
        widths = (82, 70, 70, 100)
        return KeepTogether(PrintedTable(block.rows, colWidths=widths, style=_GRID, spaceAfter=8))
    return Paragraph(hyphenated(block.text), _BODY)
