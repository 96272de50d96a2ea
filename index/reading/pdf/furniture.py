"""What is no text of its page: running headers, footers, page numbers, and the lines of a table of contents.

page 4:  "Report on aid          4"      page 5:  "Report on aid          5"    -> both left out
    page 3:  "Summary ........ 1", "Aid ........ 7", "Annex ........ 9"           -> left out: the headings say the same
"""

from __future__ import annotations

import re
from collections import defaultdict

from index.reading.pdf.pages import Line, Page

__all__ = ["CONTENTS_ENTRY", "without_furniture"]

_ZONE_SHARE = 0.17
"""Only the top and bottom of a page, this share of its height each, can hold furniture."""
_PAGES_WITH_SAME = 3
_PAGES_WITH_NUMBER = 2
_HEIGHT_STEP = 6.0
_LEAST_ENTRIES = 3
CONTENTS_ENTRY = re.compile(r"(?:[.·…]\s?){4,}+\s*(\d{1,4}|[ivxlc]{1,6})$")
"""Leading dots and a page number."""
_NUMBER = re.compile(r"\d+|\b[ivxlcdm]{1,7}\b", re.I)
_BARE_NUMBER = re.compile(r"\W*(?:page|seite|p\.)?\W*#(?:\W*(?:of|/|von|\|)\W*#)?\W*", re.I)


def without_furniture(pages: list[Page]) -> dict[int, list[Line]]:
    """For each page number, its lines but those that repeat as furniture."""
    seen: dict[tuple[str, int], set[int]] = defaultdict(set)
    for page in pages:
        for line in page.lines:
            for key in _keys(page, line):
                seen[key].add(page.number)
    kept = {page.number: [line for line in page.lines if not _is_furniture(page, line, seen)] for page in pages}
    emptied = [page for page in pages if page.lines and not kept[page.number]]
    if 2 * len(emptied) > sum(bool(page.lines) for page in pages):  # cards, slides: what repeats is all that they say
        kept |= {page.number: [line for line in page.lines if not _is_number(page, line)] for page in emptied}
    return {page.number: _without_contents(page, kept[page.number], len(pages)) for page in pages}


def _without_contents(page: Page, lines: list[Line], last_page: int) -> list[Line]:
    """The lines but three or more that end in leading dots and page numbers, which only grow."""
    entries = {line: found for line in lines if (found := CONTENTS_ENTRY.search(page.text[line.start : line.end]))}
    numbers = [int(found.group(1)) for found in entries.values() if found.group(1).isdecimal()]
    grows = numbers == sorted(numbers) and (not numbers or numbers[-1] <= last_page)
    return [line for line in lines if line not in entries] if len(entries) >= _LEAST_ENTRIES and grows else lines


def _keys(page: Page, line: Line) -> list[tuple[str, int]]:
    """The line's text with numbers made alike, at its height and the next step of height (it may lie between two)."""
    middle = (line.bottom + line.top) / 2
    if _ZONE_SHARE * page.height < middle < (1 - _ZONE_SHARE) * page.height or line.end - line.start > 200:
        return []
    text = " ".join(_NUMBER.sub("#", page.text[line.start : line.end]).split()).casefold()
    step = int(middle / _HEIGHT_STEP)
    return [(text, step), (text, step + 1)]


def _is_number(page: Page, line: Line) -> bool:
    return _BARE_NUMBER.fullmatch(_NUMBER.sub("#", page.text[line.start : line.end])) is not None


def _is_furniture(page: Page, line: Line, seen: dict[tuple[str, int], set[int]]) -> bool:
    keys = _keys(page, line)
    if not keys:
        return False
    enough = _PAGES_WITH_NUMBER if _BARE_NUMBER.fullmatch(keys[0][0]) else _PAGES_WITH_SAME
    return any(len(seen[key]) >= enough for key in keys)
