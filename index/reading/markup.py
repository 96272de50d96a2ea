"""An element tree (of a web page, a chapter of an EPUB, or trafilatura's own tags) to blocks, in one pass.

<h2>Aid</h2><ul><li>1.3 <b>million</b></li></ul>  -> heading "Aid", item "1.3 million"
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from index.documents import BlockKind, Place
from index.reading.assembly import Piece, one_line
from index.reading.tables import table_pieces

__all__ = ["pieces_in"]

_NEVER = frozenset(
    "script style template noscript title svg math iframe object canvas audio video select option button input"
    " textarea graphic img link meta".split()
)
_BOILERPLATE = frozenset("nav footer aside form dialog menu".split())
_BOILERPLATE_ROLES = frozenset("navigation banner contentinfo complementary search dialog menu".split())
_BLOCKS = frozenset(
    "address article aside blockquote body caption cell center dd details div dl doc dt fieldset figcaption figure"
    " footer form header hr html legend list main nav ol p quote row section summary table tbody td tfoot th thead"
    " tr ul".split()
)
_LEVELS = {f"h{level}": level for level in range(1, 7)}
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)


def pieces_in(tree: Any, *, place: Place | None = None, boilerplate: bool = True) -> list[Piece]:
    """All blocks below `tree`, in order; `boilerplate=False` leaves out navigation, footers and forms."""
    walk = _Walk(place or Place(), boilerplate=boilerplate)
    events = etree.iterwalk(tree, events=("start", "end"))
    for event, element in events:
        if event == "end":
            walk.leave(element)
        elif not walk.enter(element):
            events.skip_subtree()
    walk.flush()
    return walk.pieces


class _Walk:
    """Gathers text until a block begins or ends; kinds and levels come from the elements around it."""

    def __init__(self, place: Place, *, boilerplate: bool) -> None:
        self.pieces: list[Piece] = []
        self._place = place
        self._boilerplate = boilerplate
        self._text: list[str] = []
        self._around: list[tuple[Any, BlockKind, int]] = []
        self._skipped: Any = None

    def enter(self, element: Any) -> bool:
        """Whether the element's content is to be walked."""
        tag = _tag(element)
        if not tag or self._is_left_out(element, tag):
            self._skipped = element
            return False
        if tag in ("table",) and (rows := _data_rows(element)):
            self.flush()
            self.pieces += table_pieces(rows, self._place, before=len(self.pieces))
            self._skipped = element
            return False
        if tag in ("br", "lb"):
            self._text.append("\n" if self._kind is BlockKind.CODE else "\v")
        kind = _kind_of(element, tag)
        if kind or tag in _BLOCKS:
            self.flush()
        if kind:
            self._around.append((element, *kind))
        self._take(element.text)
        return True

    def leave(self, element: Any) -> None:
        """The element ends; the text after it belongs to what is around it."""
        skipped, self._skipped = self._skipped is element, None
        if not skipped and (_kind_of(element, _tag(element)) or _tag(element) in _BLOCKS):
            self.flush()
            if self._around and self._around[-1][0] is element:
                self._around.pop()
        self._take(element.tail)

    def flush(self) -> None:
        """What was gathered becomes a block."""
        text = "".join(self._text)
        self._text.clear()
        kind, level = self._kind, self._around[-1][2] if self._around else 0
        if kind is not BlockKind.CODE:
            text = "\n".join(filter(None, (one_line(line) for line in text.split("\v"))))
        if kind is BlockKind.HEADING:
            text = one_line(text)
        if text.strip():
            self.pieces.append(Piece(kind, text.strip("\n"), level, self._place))

    @property
    def _kind(self) -> BlockKind:
        return self._around[-1][1] if self._around else BlockKind.PARAGRAPH

    def _take(self, text: str | None) -> None:
        if text:
            self._text.append(text)

    def _is_left_out(self, element: Any, tag: str) -> bool:
        if tag in _NEVER or element.get("hidden") is not None or element.get("aria-hidden") == "true":
            return True
        if _HIDDEN_STYLE.search(element.get("style") or ""):
            return True
        return not self._boilerplate and (tag in _BOILERPLATE or element.get("role") in _BOILERPLATE_ROLES)


def _tag(element: Any) -> str:
    """The local name, lower case; "" for comments and instructions."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _kind_of(element: Any, tag: str) -> tuple[BlockKind, int] | None:
    """The kind of block that an element makes of the text in it; None for elements that say nothing about it."""
    if tag in _LEVELS:
        return BlockKind.HEADING, _LEVELS[tag]
    if tag == "head":
        return BlockKind.HEADING, _LEVELS.get(element.get("rend") or "", 2)
    if tag in ("li", "item"):
        return BlockKind.LIST_ITEM, 0
    if tag == "pre" or (tag == "code" and "\n" in "".join(element.itertext())):
        return BlockKind.CODE, 0
    return None


def _data_rows(table: Any) -> list[list[str]]:
    """The cells' texts of a table that holds data; [] for one that only lays out a page."""
    if any(_tag(inner) == "table" for inner in table.iterdescendants()):
        return []
    rows = [
        [one_line(" ".join(_texts(cell))) for cell in row if _tag(cell) in ("td", "th", "cell")]
        for row in table.iterdescendants()
        if _tag(row) in ("tr", "row")
    ]
    widest = max(map(len, rows), default=0)
    return rows if widest > 1 and len(rows) > 1 and max(len(cell) for row in rows for cell in row) < 1000 else []


def _texts(cell: Any) -> list[str]:
    return [text for text in cell.itertext() if not text.isspace()]
