"""The first used row of each sheet of an XLSX file, which xberg leaves out when it numbers rows from what it found."""

from __future__ import annotations

import posixpath
import re

from index.errors import ReadError
from index.reading.archive import Archive
from index.reading.epub import xml_of
from index.reading.source import Source

__all__ = ["first_rows"]

_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_ROW = re.compile(rb"<(?:\w+:)?row\b[^>]*?\br=\"(\d+)\"[^>]*?(?:/>|>(.*?)</(?:\w+:)?row>)", re.S)
_VALUE = re.compile(rb"<(?:\w+:)?(?:v|is|f)[ >]")


def first_rows(source: Source) -> list[int]:
    """For each sheet in the workbook's order the number of its first row with a value; 1 where there is none."""
    archive = Archive(source.data, source.limits)
    try:
        workbook, relations = xml_of(archive.read(_WORKBOOK), _WORKBOOK), xml_of(archive.read(_RELATIONS), _RELATIONS)
    except ReadError:
        return []  # a workbook that names its parts in another way; its rows are numbered from the first with a value
    targets = {relation.get("Id"): relation.get("Target") or "" for relation in relations}
    names = [
        target
        for sheet in workbook.iter("{*}sheet")
        for key, target_id in sheet.attrib.items()
        if key.endswith("}id") and (target := targets.get(target_id))
    ]
    return [_first_row(archive, posixpath.normpath(posixpath.join("/xl", name)).lstrip("/")) for name in names]


def _first_row(archive: Archive, name: str) -> int:
    if name not in archive:
        return 1
    rows = _ROW.finditer(archive.read(name))
    return next((int(row.group(1)) for row in rows if row.group(2) and _VALUE.search(row.group(2))), 1)
