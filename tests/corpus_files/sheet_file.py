"""XLSX files: several sheets, a bold header row, real dates and numbers."""

from __future__ import annotations

import io
import json
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tests.corpus_files.fixed_zip import FIXED_DATE, with_fixed_dates
from tests.corpus_files.source_text import SOURCES

Cell = str | int | date


def sheet_file(source: str, *, author: str) -> bytes:
    """An XLSX of the JSON file `source`: {"title", "sheets": [{"name", "header", "rows"}]}."""
    content = json.loads((SOURCES / source).read_text(encoding="utf-8"))
    book = Workbook()
    book.properties.creator = author
    book.properties.title = content["title"]
    book.properties.created = datetime(*FIXED_DATE)
    book.remove(book.active)
    for sheet in content["sheets"]:
        _fill(book.create_sheet(sheet["name"]), sheet["header"], sheet["rows"])
    buffer = io.BytesIO()
    book.save(buffer)
    return with_fixed_dates(buffer.getvalue())


def _fill(sheet: Worksheet, header: list[str], rows: list[list[str | int]]) -> None:
    sheet.append(header)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in rows:
        sheet.append([_value(cell) for cell in row])
    for column, name in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = max(14, len(name) + 4)
    sheet.freeze_panes = "A2"


def _value(cell: str | int) -> Cell:
    """`"2019-02-04"` -> `date(2019, 2, 4)`; everything else stays as it is."""
    try:
        return date.fromisoformat(cell) if isinstance(cell, str) else cell
    except ValueError:
        return cell
