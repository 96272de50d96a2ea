"""The text of a document as it is read in the panel: headings, paragraphs and tables, sections by their names.

Slides and sheets stand under their names, pages behind a line with their number.
"""

from __future__ import annotations

from index.documents import Block, BlockKind, Document, Place, Span
from qa.escaping import escaped, isolated
from qa.web.marking import Marks, marked_html
from qa.web.tabulated import runs_of_rows, table_html

__all__ = ["is_grid", "text_html"]

_TAGS = {
    BlockKind.PARAGRAPH: ("p", "fn-paragraph"),
    BlockKind.LIST_ITEM: ("p", "fn-paragraph fn-item"),
    BlockKind.ROW: ("p", "fn-paragraph fn-table-row"),
    BlockKind.CODE: ("pre", "fn-code"),
    BlockKind.NOTE: ("p", "fn-paragraph fn-foot"),
}


def text_html(document: Document, shown: Span, marks: Marks) -> str:
    """Characters `shown` of the document."""
    parts, before = [], Place()
    in_reach = is_grid(document, shown)
    for run in runs_of_rows(_blocks(document, shown)):
        first = run[0]
        parts.append(_section(before, first.place))
        before = run[-1].place
        table = table_html(document, run, shown, marks) if first.kind is BlockKind.ROW else ""
        if table:
            parts.append(table if in_reach else _scrolling(table))
        else:
            parts += [_block(document.text, block, shown, marks) for block in run]
    return "".join(parts)


def is_grid(document: Document, shown: Span) -> bool:
    """Whether there is nothing to show but tables: then the whole leaf scrolls sideways, and not each of them."""
    kinds = {block.kind for block in _blocks(document, shown)}
    return BlockKind.ROW in kinds and kinds <= {BlockKind.ROW, BlockKind.HEADING}


def _blocks(document: Document, shown: Span) -> list[Block]:
    return [block for block in document.blocks if block.start < shown.end and block.end > shown.start]


def _section(before: Place, place: Place) -> str:
    """What begins with this place: a slide, a sheet or a page."""
    if place.slide is not None and place.slide != before.slide:
        return f'<h3 class="fn-section">Slide {place.slide:,}</h3>'
    if place.sheet is not None and place.sheet != before.sheet:
        return f'<h3 class="fn-section">Sheet {isolated(place.sheet)}</h3>'
    if place.page is not None and place.page != before.page:
        printed = place.page_label not in (None, "", str(place.page))
        label = f" ({isolated(place.page_label or '')})" if printed else ""
        return f'<p class="fn-break"><span>Page {place.page:,}{label}</span></p>'
    return ""


def _scrolling(table: str) -> str:
    return f'<div class="fn-across" role="group" aria-label="Table" tabindex="0">{table}</div>'


def _block(text: str, block: Block, shown: Span, marks: Marks) -> str:
    part = Span(max(block.start, shown.start), min(block.end, shown.end))
    said = marked_html(text, part, marks)
    if block.kind is not BlockKind.HEADING:
        tag, kind = _TAGS[block.kind]
        return f'<{tag} class="{kind}" dir="auto">{said}</{tag}>'
    if said == escaped(block.place.sheet or ""):  # the name of the sheet, which stands above
        return ""
    tag = "h3" if len(block.place.heading) < 2 and block.place.slide is None else "h4"
    return f'<{tag} class="fn-heading" dir="auto">{said}</{tag}>'
