"""Groups of lines to text: words a space apart, divided words whole again, and the runs back to the page.

"the min-" / "ister said"   ->  "the minister said", in two runs
"a well-"  / "known fact"   ->  "a well-known fact", because the document writes it so elsewhere
"""

from __future__ import annotations

import re
import unicodedata

from index.documents import Run
from index.reading.pdf.pages import Line, Page
from index.reading.pdf.paragraphs import Group
from index.reading.tables import CELL_GAP

__all__ = ["Composer", "Spelling"]

_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}
_DROPPED = "\x00-\x08\x0e-\x1b\x7f\xad\u200b\ufeff\ufffe\uffff\ud800-\udfff"
_STRETCH = re.compile(f"[\ufb00-\ufb06]|[^\\s{_DROPPED}\ufb00-\ufb06]+(?: [^\\s{_DROPPED}\ufb00-\ufb06]+)*")
"""A ligature, or words a single space apart: what can be taken over as it is."""
_WORD = re.compile(r"[^\W\d_]+")
_WORD_BEFORE = re.compile(r"[^\W\d_]+\Z")
_HYPHENATED = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)+")
_KEPT_PREFIXES = frozenset(
    "all anti co cross ex half high long low mid multi non post pre pro quasi self semi short well".split()
)
"""Before a line-end hyphen these are taken for parts of a compound when the document shows neither spelling."""


class Spelling:
    """How the document itself spells words, which decides whether a hyphen at a line's end belongs to the word.

    Args:
        pages: all pages of the document.
    """

    def __init__(self, pages: list[Page]) -> None:
        text = "\n".join(page.text for page in pages).casefold()
        self._words = set(_WORD.findall(text))
        self._compounds = set(_HYPHENATED.findall(text))

    def is_compound(self, before: str, after: str) -> bool:
        """Whether `before-after` keeps its hyphen: 'well', 'known' -> True; 'min', 'ister' -> False."""
        before, after = before.casefold(), after.casefold()
        if before + after in self._words:
            return False
        return f"{before}-{after}" in self._compounds or before in _KEPT_PREFIXES


class Composer:
    """Builds the text of a document and its runs, group by group.

    Args:
        spelling: how the document spells words.
    """

    def __init__(self, spelling: Spelling) -> None:
        self._spelling = spelling
        self._texts: list[str] = []
        self._at = 0
        self.runs: list[Run] = []

    @property
    def text(self) -> str:
        """All that was composed so far."""
        return "".join(self._texts)

    def add(self, page: Page, group: Group, gap: str) -> tuple[int, int]:
        """The group's text after `gap`; returns where it stands."""
        if self._at:
            self._put(gap)
        start = self._at
        for line, following in zip(group.lines, (*group.lines[1:], None), strict=True):
            end, joint = self._ending(page, line, following)
            self._line(page, line, end, row=bool(group.row))
            self._put(joint)
        return start, self._at

    def _put(self, text: str) -> None:
        if text:
            self._texts.append(text)
            self._at += len(text)

    def _ending(self, page: Page, line: Line, following: Line | None) -> tuple[int, str]:
        """Up to where the line is written, and what joins the next line to it."""
        last = page.text[line.end - 1]
        if following is None:
            return line.end, "-" if line.hyphen else ""
        if not line.hyphen and last not in "-\xad":
            wide = _is_wide(last) and _is_wide(page.text[following.start])
            return line.end, "" if wide else " "
        end = line.end if line.hyphen else line.end - 1
        before = _WORD_BEFORE.search(page.text, line.start, end)
        after = _WORD.match(page.text, following.start, following.end)
        if before and after and after.group()[0].islower():
            if not self._spelling.is_compound(before.group(), after.group()):
                return end, ""
        elif not line.hyphen and page.text[end - 1].isspace():
            return line.end, " "
        return line.end, "-" if line.hyphen else ""

    def _line(self, page: Page, line: Line, end: int, *, row: bool) -> None:
        at, cells = line.start, [cell.start for cell in line.cells] if row else []
        for stretch in _STRETCH.finditer(page.text, line.start, end):
            if any(character.isspace() for character in page.text[at : stretch.start()]):
                self._put(CELL_GAP if stretch.start() in cells else " ")
            self._stretch(page, stretch.start(), stretch.group(), cells)
            at = stretch.end()

    def _stretch(self, page: Page, char: int, text: str, cells: list[int]) -> None:
        if len(text) == 1 and ord(text) in _LIGATURES:
            self._put(_LIGATURES[ord(text)])
            return
        for cell in (cell for cell in cells if char < cell < char + len(text)):
            self._run(page, char, text[: cell - char].rstrip())
            self._put(CELL_GAP)
            char, text = cell, text[cell - char :]
        self._run(page, char, text)

    def _run(self, page: Page, char: int, text: str) -> None:
        if text:
            self.runs.append(Run(self._at, len(text), page.number, char))
            self._put(text)


def _is_wide(character: str) -> bool:
    """Of a script written without spaces between words."""
    return unicodedata.east_asian_width(character) in "WF" and not "\uac00" <= character <= "\ud7a3"
