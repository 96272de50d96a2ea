"""CSV and TSV: each record is one row, whatever newlines stand inside its quotes.

Country;Arrivals          row 1, the header
"Colombia";1300000        row 2: the text of the block is the record as the file has it
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain, islice

from index.documents import BlockKind, Document, Place, Span
from index.reading.assembly import Part
from index.reading.decoding import decoded
from index.reading.filetext import of_parts
from index.reading.kinds import Kind
from index.reading.source import Source
from index.reading.tables import header_row

__all__ = ["read"]

_DELIMITERS = ",;\t|"
_SAMPLE_RECORDS = 50


def read(source: Source) -> Document:
    """The document of a file of separated values."""
    text = decoded(source.data)
    delimiter = "\t" if source.kind is Kind.TSV else _delimiter(text)
    return of_parts(source, text, _rows(text, delimiter))


def _rows(text: str, delimiter: str) -> Iterator[Part]:
    records = _records(text, delimiter)
    sample = list(islice(records, _SAMPLE_RECORDS))
    headed = header_row([cells for _, cells in sample])
    header = sample[headed][0] if headed is not None else None
    for number, (span, cells) in enumerate(chain(sample, records), start=1):
        if any(cells):
            below = header is not None and span.start > header.start
            yield Part(BlockKind.ROW, *span, place=Place(row=number), header=header if below else None)


def _records(text: str, delimiter: str) -> Iterator[tuple[Span, list[str]]]:
    """Each record's span and cells. A quote that never closes is taken as a letter, so it costs one record only."""
    field = _field(delimiter)
    at = 0
    while at < len(text):
        start, cells = at, []
        while found := field.match(text, at):
            cells.append(found.group().strip().strip('"').strip())
            at = found.end()
            if at >= len(text) or text[at] == "\n":
                break
            at += 1
        record = text[start:at]
        inner = Span(start + len(record) - len(record.lstrip()), start + len(record.rstrip()))
        yield inner if record.strip() else Span(start, at), cells
        at += 1


def _field(delimiter: str) -> re.Pattern[str]:
    """One cell: a quoted text of at most 100,000 characters, or anything up to the delimiter."""
    mark = re.escape(delimiter)
    quoted = rf'[ ]*"(?:[^"]|""){{0,100000}}"[ ]*(?=[{mark}\n]|\Z)'
    return re.compile(rf"{quoted}|[^{mark}\n]*")


def _delimiter(text: str) -> str:
    """The character that cuts the first records into the same number of cells most often, more cells before fewer."""
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        records = (cells for _, cells in _records(text[:200_000], delimiter) if any(cells))
        widths = Counter(len(cells) for cells in islice(records, _SAMPLE_RECORDS))
        if not widths:
            continue
        width, times = max(widths.items(), key=lambda item: (item[1], item[0]))
        score = times / sum(widths.values()) + min(width, 50) / 1000 if width > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best
