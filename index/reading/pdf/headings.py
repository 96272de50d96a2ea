"""Which groups of lines are headings: those the outline names, else those set larger or bolder than the body."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from index.reading.pdf.pages import Entry, Page, Pdf
from index.reading.pdf.paragraphs import Group

__all__ = ["heading_levels"]

_OUTLINE_MATCHED = 0.5
"""Share of outline entries that must be found on their pages for the outline to be believed."""
_LARGER = 1.12
_MOST_CHARS = 200
_MOST_BOLD_CHARS = 90
_MOST_LEVELS = 4
_FULL_SHARE = 0.95
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2})*)\.?\s+[^\W\d_]")


def heading_levels(pdf: Pdf, groups: dict[int, list[Group]]) -> dict[Group, int]:
    """The level of each group that is a heading."""
    texts = {group: _text(page, group) for page in pdf.pages for group in groups[page.number]}
    named, matched = _by_outline(pdf.outline, groups, texts)
    if pdf.outline and matched >= _OUTLINE_MATCHED * len(pdf.outline):
        return named
    return _by_type(groups, texts) | named


def _text(page: Page, group: Group) -> str:
    return " ".join(" ".join(page.text[line.start : line.end].split()) for line in group.lines)


def _bare(title: str) -> str:
    """Letters and digits only, so that 'II. Aid' matches 'II Aid'."""
    return "".join(letter for letter in title.casefold() if letter.isalnum())


def _by_outline(
    outline: Sequence[Entry], groups: dict[int, list[Group]], texts: dict[Group, str]
) -> tuple[dict[Group, int], int]:
    """Groups on an entry's page whose text is the entry's title, numbering apart; and how many entries were found."""
    levels: dict[Group, int] = {}
    matched = 0
    for entry in outline:
        title = _bare(entry.title)
        for group in groups.get(entry.page, []) if title else []:
            text = _bare(texts[group]) if group.chars <= 2 * _MOST_CHARS else ""
            if (
                group not in levels
                and text
                and (text == title or (text.endswith(title) and len(text) - len(title) <= 8))
            ):
                levels[group] = entry.level
                matched += 1
                break
    return levels, matched


def _by_type(groups: dict[int, list[Group]], texts: dict[Group, str]) -> dict[Group, int]:
    """Groups in larger type than the body's, by size; then short bold ones in the body's size."""
    sizes: Counter[float] = Counter()
    for group in texts:
        sizes[group.size] += group.chars
    if not sizes:
        return {}
    body = sizes.most_common(1)[0][0]
    mostly_bold = sum(g.chars for g in texts if g.lines[0].bold) > 0.5 * sum(sizes.values())
    larger: dict[float, list[Group]] = defaultdict(list)
    bold: list[Group] = []
    reach = {g: max(line.right for g in page for line in g.lines) for page in groups.values() for g in page}
    for group, text in texts.items():
        if group.row or not _can_be_heading(text):
            continue
        if group.size >= _LARGER * body:
            larger[group.size].append(group)
        elif not mostly_bold and _is_bold_line(group, text, body, reach[group]):
            bold.append(group)
    levels = {}
    for level, size in enumerate(sorted(larger, reverse=True), start=1):
        levels.update(dict.fromkeys(larger[size], min(level, _MOST_LEVELS)))
    lowest = min(len(larger), _MOST_LEVELS) + 1
    for group in bold:
        numbered = _NUMBERED.match(texts[group])
        levels[group] = lowest + numbered.group(1).count(".") if numbered else lowest
    return levels


def _is_bold_line(group: Group, text: str, body: float, reach: float) -> bool:
    """One short bold line in the body's size (capitals may be smaller); one that fills its column begins a text."""
    least = 0.85 if text.isupper() else 0.95
    line = group.lines[0]
    is_short = len(text) <= _MOST_BOLD_CHARS and line.right < _FULL_SHARE * reach
    return line.bold and len(group.lines) == 1 and group.size >= least * body and is_short


def _can_be_heading(text: str) -> bool:
    letters = sum(letter.isalpha() for letter in text)
    return 2 <= len(text) <= _MOST_CHARS and letters >= 2 and letters > len(text) / 3 and text[-1] not in ".,;"
