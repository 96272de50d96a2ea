"""DOCX files with real heading styles, lists and tables."""

from __future__ import annotations

import io
from datetime import datetime

from docx import Document

from tests.corpus_files.fixed_zip import FIXED_DATE, with_fixed_dates
from tests.corpus_files.source_text import Block, Bullet, Heading, Paragraph, Table


def word_file(blocks: list[Block], *, author: str) -> bytes:
    """A DOCX of `blocks`; its title is the first heading."""
    document = Document()
    properties = document.core_properties
    properties.author = author
    properties.title = next(block.text for block in blocks if isinstance(block, Heading))
    properties.comments = ""
    properties.created = properties.modified = datetime(*FIXED_DATE)
    for block in blocks:
        _add(document, block)
    buffer = io.BytesIO()
    document.save(buffer)
    return with_fixed_dates(buffer.getvalue())


def _add(document: Document, block: Block) -> None:
    match block:
        case Heading(level=level, text=text):
            document.add_heading(text, level)
        case Paragraph(text=text):
            document.add_paragraph(text)
        case Bullet(text=text):
            document.add_paragraph(text, style="List Bullet")
        case Table(rows=rows):
            _add_table(document, rows)
        case _:
            raise ValueError(f"a text document has no place for {block!r}")


def _add_table(document: Document, rows: tuple[tuple[str, ...], ...]) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Light Grid Accent 1")
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
