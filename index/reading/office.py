"""Office files: what the extractor found, as the blocks a reader would point at.

What a reader should not see is taken out here: running headers and footers, marks of notes and comments ("[^1]",
"[cmt:0]"), Markdown stars in table cells, tables of contents.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from index.documents import BlockKind, Document, Place
from index.reading.assembly import Piece, blocks_of, laid_out, one_line
from index.reading.drawings import drawing_pieces
from index.reading.extraction import Node, nodes_of
from index.reading.firstrows import first_rows
from index.reading.kinds import Kind
from index.reading.source import Source
from index.reading.tables import table_pieces

__all__ = ["read"]

_SHEETS = (Kind.ODS, Kind.XLS, Kind.XLSX)
_SLIDES = (Kind.ODP, Kind.PPT, Kind.PPTX)
_MARKS = re.compile(r"\[\^\d+\]|\[cmt:\d+\]")
_EMPHASIS = re.compile(r"(\*{2,3})(?=\S)(.+?)\1")
_CONTENTS_ENTRY = re.compile(r".{1,200}\t\s*\d{1,4}")


def read(source: Source) -> Document:
    """The document of an office file."""
    nodes, title = nodes_of(source.data, source.kind.value, source.limits)
    walk = _walk_for(source)
    pieces: list[Piece] = []
    for node in nodes:
        pieces += walk.pieces(node, len(pieces))
    if source.kind is Kind.DOCX:
        pieces += drawing_pieces(source, len(pieces))
    text, parts = laid_out(pieces or _around(nodes))
    blocks = blocks_of(text, parts)
    heading = next((text[block.start : block.end] for block in blocks if block.kind is BlockKind.HEADING), None)
    first = heading if source.kind not in _SHEETS else None
    return Document(source.title(title, first), source.kind.value, text, blocks, pages=walk.count)


def _around(nodes: list[Node]) -> list[Piece]:
    """Running headers and footers, which are left out wherever there is anything else."""
    said = dict.fromkeys(str(node.content.get("text") or "") for node in nodes)
    return [Piece(BlockKind.PARAGRAPH, text) for text in said]


def _walk_for(source: Source) -> _Flow:
    if source.kind in _SLIDES:
        return _Slides()
    if source.kind in _SHEETS:
        return _Sheets(first_rows(source) if source.kind is Kind.XLSX else [])
    return _Flow()


class _Flow:
    """Running text: Word, OpenDocument text, RTF."""

    count: int | None = None

    def pieces(self, node: Node, before: int) -> Iterator[Piece]:
        """What a reader sees of this node, `before` pieces standing before it."""
        if "header" in node.layer or "footer" in node.layer:
            return
        text = _MARKS.sub("", str(node.content.get("text") or node.content.get("content") or ""))
        if node.type in ("heading", "title"):
            yield Piece(BlockKind.HEADING, one_line(text), int(node.content.get("level", 1)), self.place(node))
        elif node.type == "table":
            yield from table_pieces(_rows_of(node.content["grid"]), self.place(node), before=before)
        elif node.type in ("footnote", "comment") or "footnote" in node.layer:
            yield Piece(BlockKind.NOTE, text, place=self.place(node))
        elif node.type == "list_item":
            yield Piece(BlockKind.LIST_ITEM, text, place=self.place(node))
        elif node.type == "code":
            yield Piece(BlockKind.CODE, text, place=self.place(node))
        elif not _CONTENTS_ENTRY.fullmatch(text):
            yield Piece(BlockKind.PARAGRAPH, text, place=self.place(node))

    def place(self, node: Node) -> Place:
        """Running text has no pages before it is printed."""
        return Place()


class _Sheets(_Flow):
    """Spreadsheets: each sheet is a heading with its name, then one table."""

    def __init__(self, first_rows: list[int]) -> None:
        self.count = 0
        self._sheet = ""
        self._first_rows = first_rows

    def pieces(self, node: Node, before: int) -> Iterator[Piece]:
        if node.type == "heading":
            self.count = (self.count or 0) + 1
            self._sheet = str(node.content["text"])
            yield Piece(BlockKind.HEADING, self._sheet, 1, Place(sheet=self._sheet))
        elif node.type == "table":
            first = self._first_rows[self.count - 1] if self.count and self.count <= len(self._first_rows) else 1
            yield from table_pieces(_rows_of(node.content["grid"]), self.place(node), before=before, first_row=first)
        else:
            yield from super().pieces(node, before)

    def place(self, node: Node) -> Place:
        return Place(sheet=self._sheet or None)


class _Slides(_Flow):
    """Presentations: the first text of a slide is its title; "Notes:" begins what the speaker says."""

    def __init__(self) -> None:
        self.count = 0
        self._slide = 0
        self._titled = self._noted = False

    def pieces(self, node: Node, before: int) -> Iterator[Piece]:
        number = int(node.content["number"]) if node.type == "slide" else node.page
        if number and number > self._slide:
            self._slide, self._titled, self._noted = number, False, False
            self.count = max(self.count or 0, number)
        if node.type == "slide":
            return
        if node.content.get("text") == "Notes:":
            self._noted = True
            return
        for piece in super().pieces(node, before):
            yield self._placed(piece, noted=self._noted or "notes" in str(node.content.get("format", "")))

    def _placed(self, piece: Piece, *, noted: bool) -> Piece:
        place = Place(slide=self._slide or None, row=piece.place.row)
        if noted:
            return Piece(BlockKind.NOTE, piece.text, place=place)
        if not self._titled and piece.kind in (BlockKind.PARAGRAPH, BlockKind.HEADING) and len(piece.text) < 200:
            self._titled = True
            return Piece(BlockKind.HEADING, one_line(piece.text), 1, place)
        return Piece(piece.kind, piece.text, piece.level, place, piece.header)


def _rows_of(grid: dict[str, Any]) -> list[list[str]]:
    rows: list[list[str]] = [[""] * int(grid["cols"]) for _ in range(int(grid["rows"]))]
    for cell in grid["cells"]:
        text = _EMPHASIS.sub(r"\2", _MARKS.sub("", str(cell["content"])))
        if cell["row"] < len(rows) and cell["col"] < len(rows[cell["row"]]):
            rows[cell["row"]][cell["col"]] = one_line(text)
    return rows
