"""The panel beside the conversation as HTML: the place of a citation in its document.

Text of the document passes through `escaped`; a page is a picture in a data: URL, for which the browser
asks nobody.
"""

from __future__ import annotations

import base64
from uuid import uuid4

from index.documents import Block, BlockKind, Box, PagePicture, Span
from qa.answers import Citation
from qa.escaping import escaped, isolated
from qa.web.quoting import marked_passage
from qa.web.rendering import place_html
from qa.web.source import Source

__all__ = ["sheet_html"]

_TAGS = {
    BlockKind.PARAGRAPH: ("p", "fn-paragraph"),
    BlockKind.LIST_ITEM: ("p", "fn-paragraph fn-item"),
    BlockKind.ROW: ("p", "fn-paragraph fn-table-row"),
    BlockKind.CODE: ("pre", "fn-code"),
    BlockKind.NOTE: ("p", "fn-paragraph fn-foot"),
}
_EARLIER = '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="m10 3-5 5 5 5"/></svg>'
_LATER = '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="m6 3 5 5-5 5"/></svg>'
_CLOSE = '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="m3.5 3.5 9 9m0-9-9 9"/></svg>'


def sheet_html(source: Source) -> str:
    """The panel: title and place, ways to turn, and the page or the text.

    Every panel differs from the one before, or Gradio would not tell the browser that it came.
    """
    citation, asked = source.citation, source.asked
    title = isolated(citation.title) if citation else "No source"
    place = _place(source, citation) if citation else ""
    notice = f'<p class="fn-notice" role="status" dir="auto">{escaped(source.notice)}</p>' if source.notice else ""
    return (
        f'<section class="fn-sheet" aria-labelledby="fn-sheet-title" data-shown="{uuid4().hex}" '
        f'data-exchange="{escaped(asked.exchange)}" data-citation="{asked.citation}" data-step="{asked.step}" '
        f'data-as-text="{str(asked.as_text).lower()}">'
        f'<header><div><h2 id="fn-sheet-title" tabindex="-1">{title}</h2>{place}</div>'
        f'<button type="button" class="fn-close" data-close aria-label="Close the source" title="Close (Esc)">{_CLOSE}'
        f"</button></header>{_ways(source)}{notice}{_leaf(source)}</section>"
    )


def _place(source: Source, citation: Citation) -> str:
    """Where the quote stands; away from it, it is said that this is not the place of what is shown."""
    quoted = "The quote: " if source.asked.step else ""
    return f'<p class="fn-place">{quoted}{place_html(citation)}</p>' if citation.place else ""


def _ways(source: Source) -> str:
    """Buttons that turn to what stands before and after, and between the page and its text; none for all of a text."""
    if source.citation is None or not (source.picture or source.document):
        return ""
    if not (source.picture or source.has_earlier or source.has_later or source.asked.step or source.asked.as_text):
        return ""
    names = ("Previous page", "Next page") if source.picture else ("Earlier", "Later")
    earlier = _way(source, -1, names[0], f"{_EARLIER}<span>{names[0]}</span>", source.has_earlier)
    later = _way(source, 1, names[1], f"<span>{names[1]}</span>{_LATER}", source.has_later)
    where = f'<span class="fn-where">{source.page:,} of {source.pages:,}</span>' if source.picture else ""
    back = '<button type="button" class="fn-way" data-turn="0">To the quote</button>' if source.asked.step else ""
    return f'<div class="fn-ways" role="group" aria-label="Turn">{earlier}{where}{later}{back}{_other(source)}</div>'


def _way(source: Source, by: int, name: str, said: str, enabled: bool) -> str:
    disabled = "" if enabled else " disabled"
    turn = f'data-turn="{source.asked.step + by}" data-way="{by}"'
    return f'<button type="button" class="fn-way" {turn} aria-label="{name}"{disabled}>{said}</button>'


def _other(source: Source) -> str:
    """The button to the text of a page, and back."""
    if source.picture:
        return '<button type="button" class="fn-way fn-other" data-as-text="true">As text</button>'
    if source.asked.as_text:
        return '<button type="button" class="fn-way fn-other" data-as-text="false">As the page</button>'
    return ""


def _leaf(source: Source) -> str:
    """What is read: a region of its own, so that the keys scroll it."""
    if source.citation is None:
        return ""
    if source.picture:
        kind, content = "fn-paper", _page(source.picture, source.citation, source.page)
    elif source.document:
        kind, content = "fn-text", _text(source)
    else:
        kind, content = "fn-text", f'<p class="fn-paragraph" dir="auto">{marked_passage(source.citation)}</p>'
    return f'<div class="fn-leaf {kind}" role="region" aria-label="The document" tabindex="0">{content}</div>'


def _page(picture: PagePicture, citation: Citation, page: int) -> str:
    data = base64.b64encode(picture.png).decode()
    boxes = "".join(map(_box, picture.boxes))
    quoted = f". Highlighted: {citation.quote}" if picture.boxes else ""
    return (
        f'<div class="fn-page"><img src="data:image/png;base64,{data}" width="{picture.width}" '
        f'height="{picture.height}" alt="{escaped(f"Page {page:,} of {citation.title}{quoted}")}"/>{boxes}</div>'
    )


def _box(box: Box) -> str:
    sides = zip(("left", "top", "width", "height"), box, strict=True)
    return f'<span class="fn-box" style="{";".join(f"{side}:{100 * share:.3f}%" for side, share in sides)}"></span>'


def _text(source: Source) -> str:
    document, citation = source.document, source.citation
    if document is None or citation is None:
        return ""
    quote = Span(citation.start, citation.end)
    blocks = (block for block in document.blocks if block.start < source.shown.end and block.end > source.shown.start)
    return "".join(_block(document.text, block, source.shown, quote) for block in blocks)


def _block(text: str, block: Block, shown: Span, quote: Span) -> str:
    start, end = max(block.start, shown.start), min(block.end, shown.end)
    first, last = min(max(quote.start, start), end), max(min(quote.end, end), start)
    marked = f"<mark>{escaped(text[first:last])}</mark>" if first < last else ""
    said = f"{escaped(text[start:first])}{marked}{escaped(text[max(first, last) : end])}"
    if block.kind is BlockKind.HEADING:
        tag, kind = ("h3" if len(block.place.heading) < 2 else "h4"), "fn-heading"
    else:
        tag, kind = _TAGS[block.kind]
    return f'<{tag} class="{kind}" dir="auto">{said}</{tag}>'
