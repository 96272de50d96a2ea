"""Web pages: the main text, without navigation, cookie notices, footers and what is hidden.

trafilatura decides what is main text (F1 .963 on 88 news pages, with what follows here); its tree
is then walked for headings, paragraphs, items and tables. Where it keeps too little of the page to be believed (an
index of a manual, a table on its own), the whole body is taken.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree, html

from index.documents import Document
from index.errors import ReadError
from index.reading.assembly import Piece, blocks_of, laid_out, one_line
from index.reading.decoding import decoded
from index.reading.flattened import flat_tree
from index.reading.markup import pieces_in
from index.reading.source import Source

__all__ = ["main_pieces", "read", "title_in", "tree_of"]

_CHARSET = re.compile(rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([\w-]+)""", re.I)
_ENOUGH_CHARS = 400
_BELIEVED_SHARE = 0.25
"""Short main text must be at least this share of the page's text that is no link."""
_BODY_CLASS = re.compile(r"(?i)(?:article|story|post|entry)[\w-]{0,9}(?:body|content|text)")
_ALL_LINKED = 0.95
"""A paragraph with this share of its letters in links is nothing else."""
_PART_SHARE = 0.5
"""Short main text of more than this share leaves out so little that the whole page, with its structure, is better."""


def read(source: Source) -> Document:
    """The document of a web page."""
    tree = tree_of(source.data)
    title = source.title(*title_in(tree))
    text, parts = laid_out(main_pieces(tree))
    return Document(title, source.kind.value, text, blocks_of(text, parts))


def tree_of(data: bytes) -> Any:
    """The page's element tree. A declared encoding counts only where the bytes are valid in it."""
    declared = _CHARSET.search(data[:4096])
    text = _in_declared(data, declared.group(1).decode()) if declared else None
    text = decoded(data) if text is None else text
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text[:1000]).translate({0: None}) + text[1000:].translate({0: None})
    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)
    try:
        tree = etree.fromstring(text, parser) if text.strip() else None
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise ReadError(f"damaged HTML file ({error}); open it in a browser and save it again") from error
    if tree is None:
        raise ReadError("no text in this file; nothing can be found in it")
    if any(found.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT for found in parser.error_log):
        return flat_tree(text)  # what lies deeper was dropped
    return tree


def _in_declared(data: bytes, encoding: str) -> str | None:
    try:
        data.decode("utf-8")
        return None  # valid UTF-8 with other letters than ASCII is never by chance another encoding
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(encoding)
    except (LookupError, ValueError):  # no such encoding, or a name that is none
        return None


def title_in(tree: Any) -> list[str]:
    """What the page calls itself: its title for link previews, its <title>, its only first-level heading."""
    shared = tree.xpath("string(//meta[@property='og:title']/@content)")
    titles = tree.xpath("string(//head/title | //title[not(ancestor::svg)])")
    headings = tree.xpath("//h1")
    return [shared, titles, "".join(headings[0].itertext()) if headings else ""]


def main_pieces(tree: Any) -> list[Piece]:
    """The blocks of the main text."""
    whole = pieces_in(tree, boilerplate=False)
    linked = sum(len("".join(link.itertext())) for link in tree.iter("a"))
    unlinked = sum(len(piece.text) for piece in whole) - linked
    main = _extracted(tree)
    size = sum(len(piece.text) for piece in main)
    if size < _ENOUGH_CHARS and not _BELIEVED_SHARE * unlinked <= size <= _PART_SHARE * unlinked:
        return whole
    return main


def _extracted(tree: Any) -> list[Piece]:
    import trafilatura

    try:
        page = trafilatura.bare_extraction(
            _in_one_body(_without_teasers(tree)), include_comments=False, with_metadata=False
        )
    except (ValueError, TypeError, AttributeError, etree.LxmlError, RecursionError):
        return []  # it stumbles over some broken pages; the whole body is taken then
    body = getattr(page, "body", None)
    return pieces_in(body) if body is not None else []


def _without_teasers(tree: Any) -> Any:
    """The page without paragraphs that are one link, among others that are not: they lead to other stories."""
    for parent in {paragraph.getparent(): None for paragraph in tree.iter("p")}:
        paragraphs = [(paragraph, one_line("".join(paragraph.itertext()))) for paragraph in parent.iterchildren("p")]
        said = [(paragraph, text) for paragraph, text in paragraphs if text]
        teasers = [paragraph for paragraph, text in said if _linked(paragraph) >= _ALL_LINKED * len(text)]
        if 2 * len(teasers) < len(said):
            for teaser in teasers:
                etree.strip_elements(teaser, "*")
                teaser.text = None
    return tree


def _in_one_body(tree: Any) -> Any:
    """The page with an article that advertisements cut into containers of one class put together in the first."""
    parts: dict[tuple[Any, str], list[Any]] = {}
    for element in tree.iter("div", "section"):
        if _BODY_CLASS.search(element.get("class") or "") and element.find("p") is not None:
            article = next(element.iterancestors("article"), None)
            if article is not None:  # elsewhere they may be several stories
                parts.setdefault((article, element.get("class")), []).append(element)
    for first, *others in parts.values():
        for other in others:
            if not any(above is first for above in other.iterancestors()):
                first.extend(list(other))
    return tree


def _linked(paragraph: Any) -> int:
    return sum(len(one_line("".join(link.itertext()))) for link in paragraph.iter("a"))
