"""A web page that is nested so deeply that no tree of it can be made: its paragraphs, without what was around them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from lxml import etree

from index.reading.assembly import one_line

__all__ = ["flat_tree"]

_LEFT_OUT = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<name>script|style|template|noscript|svg|select|textarea)\b.*?(?:</(?P=name)\s*>|\Z)",
    re.I | re.S,
)
_INLINE = re.compile(r"</?(?:a|abbr|b|cite|code|em|font|i|mark|q|s|small|span|strong|sub|sup|u)\b[^<>]*>", re.I)
_TAG = re.compile(r"<[/!?a-z][^<>]*>", re.I)
_CONTROLS = dict.fromkeys((*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF))
"""What lxml takes for no text."""


def flat_tree(text: str) -> Any:
    """A page of paragraphs with the words of this one: '<div><div>Aid <b>came</b>.' -> '<body><p>Aid came.</p>'."""
    body = etree.Element("body")
    for paragraph in _TAG.split(_INLINE.sub("", _LEFT_OUT.sub("<p>", text))):
        words = one_line(unescape(paragraph).translate(_CONTROLS))
        if words:
            etree.SubElement(body, "p").text = words
    root = etree.Element("html")
    root.append(body)
    return root
