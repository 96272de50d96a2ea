"""The panel beside the conversation as HTML: the place of a citation in its document.

Text of the document passes through `escaped`; a page is a picture in a data: URL, for which the browser
asks nobody.
"""

from __future__ import annotations

from uuid import uuid4

from qa.answers import Citation
from qa.escaping import escaped, isolated
from qa.web.copying import copy_html
from qa.web.elsewhere import also_html
from qa.web.leaf import is_grid, text_html
from qa.web.paper import page_html
from qa.web.quoting import marked_passage
from qa.web.rendering import place_html
from qa.web.source import Source

__all__ = ["sheet_html"]


def _drawn(path: str) -> str:
    return f'<svg viewBox="0 0 16 16" aria-hidden="true"><path d="{path}"/></svg>'


_EARLIER, _LATER, _CLOSE = _drawn("m10 3-5 5 5 5"), _drawn("m6 3 5 5-5 5"), _drawn("m3.5 3.5 9 9m0-9-9 9")
_UP, _DOWN = _drawn("m3 10 5-5 5 5"), _drawn("m3 6 5 5 5-5")
_SMALLER, _LARGER = _drawn("M3.5 8h9"), _drawn("M3.5 8h9M8 3.5v9")


def sheet_html(source: Source) -> str:
    """The panel: title and place, ways to the other citations and pages, and the page or the text.

    Every panel differs from the one before, or Gradio would not tell the browser that it came.
    """
    citation, asked = source.citation, source.asked
    title = isolated(citation.title) if citation else "No source"
    notice = f'<p class="fn-notice" role="status" dir="auto">{escaped(source.notice)}</p>' if source.notice else ""
    return (
        f'<section class="fn-sheet" aria-labelledby="fn-sheet-title" data-shown="{uuid4().hex}" '
        f'data-exchange="{escaped(asked.exchange)}" data-citation="{asked.citation}" data-place="{asked.place}" '
        f'data-citations="{source.citations}" data-step="{asked.step}" data-as-text="{str(asked.as_text).lower()}" '
        f'data-enlarged="{str(asked.enlarged).lower()}" data-link="{escaped(asked.address)}">'
        f'<header><div><h2 id="fn-sheet-title" tabindex="-1" aria-describedby="fn-sheet-place">{title}</h2>'
        f'{_place(source)}</div><button type="button" class="fn-close" data-close aria-label="Close the source" '
        f'aria-keyshortcuts="Escape" title="Close (Esc)">{_CLOSE}</button></header>'
        f"{_tools(source)}{_ways(source)}{notice}{_leaf(source)}</section>"
    )


def _place(source: Source) -> str:
    """Where the quote stands; away from it, it is said that this is not the place of what is shown."""
    citation, asked = source.citation, source.asked
    if citation is None:
        return '<p class="fn-place" id="fn-sheet-place"></p>'
    quoted = "The quote: " if asked.step and citation.place else ""
    also = also_html(source.cited, f'data-go="{asked.citation}"', asked.place) if source.cited else ""
    return f'<p class="fn-place" id="fn-sheet-place">{quoted}{place_html(citation)}</p>{also}'


def _tools(source: Source) -> str:
    """The ways to the citations before and after, and what can be done with this one."""
    citation, asked = source.citation, source.asked
    if citation is None:
        return ""
    is_there = source.picture or source.document or not asked.place
    copy = copy_html(citation, added=source.added) if is_there else ""
    keys = (
        '<button type="button" class="fn-way fn-keys-open" data-keys aria-label="Keyboard" aria-keyshortcuts="?" '
        'title="Keyboard (?)">?</button>'
    )
    return f'<div class="fn-tools">{_citations(source)}<div class="fn-rest">{copy}{keys}</div></div>'


def _citations(source: Source) -> str:
    at, count = source.asked.citation, source.citations
    if not count:
        return '<span class="fn-which">Opened by a link</span>'
    before = _citation_way(at - 1, "p", "Previous citation", _UP, at > 1)
    after = _citation_way(at + 1, "n", "Next citation", _DOWN, at < count)
    return (
        f'<div class="fn-citations" role="group" aria-label="Citations">{before}'
        f'<span class="fn-which">Citation {at} of {count}</span>{after}</div>'
    )


def _citation_way(to: int, key: str, name: str, drawn: str, enabled: bool) -> str:
    disabled = "" if enabled else " disabled"
    return (
        f'<button type="button" class="fn-way fn-icon" data-go="{to}" data-key="{key}" aria-label="{name}" '
        f'aria-keyshortcuts="{key}" title="{name} ({key})"{disabled}>{drawn}</button>'
    )


def _ways(source: Source) -> str:
    """Buttons that turn to what stands before and after, and between the page and its text; none for all of a text."""
    if source.citation is None or not (source.picture or source.document):
        return ""
    if not (source.picture or source.has_earlier or source.has_later or source.asked.step or source.asked.as_text):
        return ""
    names = ("Previous page", "Next page") if source.picture else ("Earlier", "Later")
    earlier, later = (name.removesuffix(" page") for name in names)
    earlier = _way(source, -1, names[0], f"{_EARLIER}<span>{earlier}</span>", source.has_earlier)
    later = _way(source, 1, names[1], f"<span>{later}</span>{_LATER}", source.has_later)
    where = f'<span class="fn-where">{source.page:,} of {source.pages:,}</span>' if source.picture else ""
    back = '<button type="button" class="fn-way" data-turn="0">To the quote</button>' if source.asked.step else ""
    turn = f'<div class="fn-turn" role="group" aria-label="Turn">{earlier}{where}{later}{back}</div>'
    return f'<div class="fn-ways">{turn}<div class="fn-rest">{_zoom(source)}{_other(source)}</div></div>'


def _way(source: Source, by: int, name: str, said: str, enabled: bool) -> str:
    disabled = "" if enabled else " disabled"
    turn = f'data-turn="{source.asked.step + by}" data-way="{by}"'
    return f'<button type="button" class="fn-way" {turn} aria-label="{name}"{disabled}>{said}</button>'


def _zoom(source: Source) -> str:
    """Buttons that show a page smaller and larger; the browser knows how large it is shown."""
    if not source.picture:
        return ""
    smaller, larger = _zoom_way("-1", "-", "Smaller", _SMALLER), _zoom_way("1", "+", "Larger", _LARGER)
    fit = (
        '<button type="button" class="fn-way fn-fit" data-zoom="0" aria-label="Fit width" aria-keyshortcuts="0" '
        'title="Fit width (0)"><span class="fn-zoomed">100 %</span></button>'
    )
    return f'<div class="fn-zoom" role="group" aria-label="Size">{smaller}{fit}{larger}</div>'


def _zoom_way(by: str, key: str, name: str, drawn: str) -> str:
    return (
        f'<button type="button" class="fn-way fn-icon" data-zoom="{by}" aria-label="{name}" '
        f'aria-keyshortcuts="{key}" title="{name} ({key})">{drawn}</button>'
    )


def _other(source: Source) -> str:
    """The button to the text of a page, and back."""
    if source.picture:
        return '<button type="button" class="fn-way fn-other" data-as-text="true">As text</button>'
    if source.asked.as_text:
        return '<button type="button" class="fn-way fn-other" data-as-text="false">As the page</button>'
    return ""


def _leaf(source: Source) -> str:
    """What is read: a region of its own, so that the keys scroll it."""
    citation, document = source.citation, source.document
    if citation is None:
        return ""
    if source.picture:
        kind, content = "fn-paper", page_html(source.picture, source.others, _said(source, citation))
    elif document:
        kind = "fn-text fn-grid" if is_grid(document, source.shown) else "fn-text"
        content = text_html(document, source.shown, source.marks)
    else:
        kind, content = "fn-text", f'<p class="fn-paragraph" dir="auto">{marked_passage(citation)}</p>'
    return f'<div class="fn-leaf {kind}" role="region" aria-label="The document" tabindex="0">{content}</div>'


def _said(source: Source, citation: Citation) -> str:
    """The page in words, for those who cannot see it."""
    quoted = f". Highlighted: {citation.quote}" if source.picture and source.picture.boxes else ""
    return f"Page {source.page:,} of {citation.title}{quoted}"
