"""Charts and diagrams (SmartArt) of a Word file, whose words xberg leaves out: they come after the text, each a table.

    a chart    -> its title, then a row of the names of its series, and a row for each category with its values
    a diagram  -> a paragraph for each of its shapes

Where in the text they stand is not told: the parts are taken in the order of their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from index.documents import BlockKind, Place
from index.errors import ReadError
from index.reading.archive import Archive
from index.reading.assembly import Piece, one_line
from index.reading.epub import xml_of
from index.reading.source import Source
from index.reading.tables import table_pieces

__all__ = ["drawing_pieces"]

_CHART, _DIAGRAM = re.compile(r"word/charts/chart(\d*)\.xml"), re.compile(r"word/diagrams/data(\d*)\.xml")
_LONG_FIGURE = re.compile(r"-?\d{1,15}\.\d{14,20}")
_MOST_POINTS = 10_000
"""Of one series: a chart of more is a picture of data that stands elsewhere."""


def drawing_pieces(source: Source, before: int) -> Iterator[Piece]:
    """What charts and diagrams say, `before` pieces standing before it."""
    archive = Archive(source.data, source.limits)
    for part, read in ((_CHART, _chart), (_DIAGRAM, _diagram)):
        numbered = ((int(found.group(1) or 0), name) for name in archive.names if (found := part.fullmatch(name)))
        for _, name in sorted(numbered):
            try:
                tree = xml_of(archive.read(name), name)
            except ReadError:  # the text around it is sound
                continue
            for piece in read(tree, before):
                before += 1
                yield piece


def _chart(tree: etree._Element, before: int) -> list[Piece]:
    title = _said(tree.find(".//{*}chart/{*}title"))
    pieces = [Piece(BlockKind.PARAGRAPH, title)] if title else []
    series = [
        (_said(one.find("{*}tx")), _points(one, "cat", "xVal"), _points(one, "val", "yVal")) for one in _series(tree)
    ]
    named = next((categories for _, categories, _ in series if categories), {})
    places = sorted({at for _, _, values in series for at in values} | set(named))
    rows = [["", *(name for name, _, _ in series)]]
    rows += [[named.get(at, ""), *(values.get(at, "") for _, _, values in series)] for at in places]
    table = table_pieces(rows, Place(), before=before + len(pieces))
    if any(rows[0]):  # a chart says which row names the columns, also when the names are years
        header = before + len(pieces)
        table = [table[0], *(replace(row, header=header) for row in table[1:])]
    return [*pieces, *table]


def _diagram(tree: etree._Element, before: int) -> list[Piece]:
    texts = (_said(point) for point in tree.iterfind(".//{*}ptLst/{*}pt"))
    return [Piece(BlockKind.PARAGRAPH, text) for text in texts if text]


def _series(tree: etree._Element) -> Iterator[etree._Element]:
    yield from tree.iterfind(".//{*}plotArea/*/{*}ser")


def _points(series: etree._Element, *names: str) -> dict[int, str]:
    """What the chart keeps of the cells it shows: the text of each point by its number."""
    found = next((each for name in names if (each := series.find(f"{{*}}{name}")) is not None), None)
    if found is None:
        return {}
    points: dict[int, str] = {}
    for point in found.iterfind(".//{*}pt"):
        number, value = point.get("idx") or "", point.findtext("{*}v") or ""
        if number.isascii() and number.isdecimal() and len(points) < _MOST_POINTS:
            points.setdefault(int(number[:9]), _as_shown(one_line(value)))
    return points


def _as_shown(value: str) -> str:
    """A figure with the digits that spreadsheets show: "4.4000000000000004" -> "4.4"."""
    if not _LONG_FIGURE.fullmatch(value):
        return value
    return f"{float(value):.15g}"


def _said(element: etree._Element | None) -> str:
    """All text in an element: the letters of drawings, or what a chart keeps of a cell."""
    if element is None:
        return ""
    words = ("".join(part.text or "" for part in paragraph.iterfind(".//{*}t")) for paragraph in element.iter("{*}p"))
    kept = (value.text or "" for value in element.iter("{*}v"))
    return one_line(" ".join([*words, *kept]))
