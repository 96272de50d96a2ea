"""Plain text and source code: paragraphs between blank lines, headings only where they can hardly be anything else.

1. Aid that was asked for        numbered, alone between blank lines, no full stop; or above its text, as others are
COLOMBIA                         capitals, in a text that has small letters too
Results                          underlined
=======
What is the petro?               one of three questions or more that stand alone

Lines that follow each other and have a label each are blocks of their own:

Invoice no.: 2025-0417
Due date: 2 April 2025
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.documents import BlockKind, Document
from index.reading.assembly import Part
from index.reading.decoding import decoded
from index.reading.filetext import LIST_MARK, NUMBERED, Line, lines_of, of_parts, paragraphs
from index.reading.kinds import Kind
from index.reading.source import Source

__all__ = ["read"]

_HEADING_CHARS = 80
_TITLE_AREA = 5_000
"""Characters at the beginning of a text in which its title is looked for."""
_LEAST_QUESTIONS = 3
_DOUBLE_SPACED_LINES = 8
_FULL_LINE = (40, 100)
"""Characters of a line that was broken because it was full."""
_TITLE_WORDS = 8
_FEW_LABELLED = 3
"""Fewer lines stand for themselves only where none ends a sentence."""
_MOSTLY_LABELLED = 0.75
"""Of lines that follow each other, from which on each stands for itself."""
_LEAST_NUMBERED = 2
"""Numbered lines that stand right above their texts, before any is a heading."""
_NUMBERED = re.compile(
    r"(?:(?i:chapter|section|part|article|annex)\s+)?((?:\d{1,2}|[IVX]{2,5}|[IVX](?=[.)]))(?:\.\d{1,2})*)[.):]?\s+[^\W\d_a-z]"
)
_LABELLED = re.compile(r"[ \t]*[^\W\d_][^:\n]{0,39}:[ \t]+\S")
"""A label of at most 40 characters, and what it is of."""
_UNDERLINE = re.compile(r"(=+|-+|~+)\s*")
_SMALL_WORDS = frozenset("a an and as at but by de del for from in la of on or per the to und via vs with".split())


def read(source: Source) -> Document:
    """The document of a text or code file."""
    text = decoded(source.data)
    if source.kind is Kind.CODE:
        parts = [Part(BlockKind.CODE, group[0].start, group[-1].end) for group in paragraphs(lines_of(text))]
        return of_parts(source, text, parts)
    return of_parts(source, text, _parts(text), _first_line(text), numbered=False)


def _first_line(text: str) -> str:
    """The first line when it stands alone above a longer text, as titles do; else nothing."""
    groups = _without_double_spacing(list(paragraphs(lines_of(text[:_TITLE_AREA]))))
    if len(groups) < 2 or len(groups[0]) > 1:
        return ""
    below = sum(len(line.text) for group in groups[1:] for line in group)
    return groups[0][0].text if below > 2 * len(groups[0][0].text) else ""


def _without_double_spacing(groups: list[list[Line]]) -> list[list[Line]]:
    """One paragraph for a text whose every line is followed by an empty one, as scanners and typewriters write."""
    single = [group[0].text.rstrip() for group in groups if len(group) == 1]
    if len(groups) < _DOUBLE_SPACED_LINES or len(single) < 0.9 * len(groups):
        return groups
    open_ended = sum(line[-1] not in ".!?:;\"'”’)" for line in single)
    full = sum(_FULL_LINE[0] <= len(line) <= _FULL_LINE[1] for line in single)
    if open_ended < 0.5 * len(single) or full < 0.7 * len(single):
        return groups
    return [[line for group in groups for line in group]]


def _parts(text: str) -> Iterator[Part]:
    groups = _without_double_spacing(list(paragraphs(lines_of(text))))
    asked = sum(_is_question(group) for group in groups) >= _LEAST_QUESTIONS
    shouted = not any(letter.islower() for letter in text[:20_000])
    numbered = _numbered_above_text(groups)
    for position, group in enumerate(groups):
        if underlined := _underlined_level(group):
            yield Part(BlockKind.HEADING, group[0].start, group[0].end, underlined)
            group = group[2:]
        elif level := numbered.get(position, 0):
            yield Part(BlockKind.HEADING, group[0].start, group[0].end, level)
            group = group[1:]
        elif asked and position + 1 < len(groups) and _is_question(group):
            yield Part(BlockKind.HEADING, group[0].start, group[0].end, 2)
            continue
        elif position + 1 < len(groups) and (level := _heading_level(group, groups[position + 1], shouted)):
            yield Part(BlockKind.HEADING, group[0].start, group[0].end, level)
            continue
        yield from _items_or_paragraph(group)


def _numbered_above_text(groups: list[list[Line]]) -> dict[int, int]:
    """Groups that begin with a numbered heading and go on with its text right below it, with its level.

    Whether such lines are headings, or the first of paragraphs and items that were broken where a line was full, all of
    them decide together: headings are short, and what follows them begins a sentence.
    """
    levels, against = dict[int, int](), False
    for position, group in enumerate(groups):
        numbered = _NUMBERED.match(title := group[0].text.strip())
        if len(group) < 2 or not numbered or not NUMBERED.match(title):
            continue
        below = [line.text.strip() for line in group[1:]]
        if len(title) > _HEADING_CHARS or title[-1] in ".,;:!…" or below[0][0].islower():
            against = True
        elif title[-1] != "?" and len(title) < max(map(len, below)) and _is_text_of(numbered.group(1), below[0]):
            levels[position] = numbered.group(1).count(".") + 1
    return levels if len(levels) >= _LEAST_NUMBERED and not against else {}


def _is_text_of(number: str, below: str) -> bool:
    """Whether a line below a numbered one may be its text: no item of the same list, but "2.1 ..." below "2."."""
    numbered = _NUMBERED.match(below)
    return not numbered or numbered.group(1).startswith(f"{number}.")


def _items_or_paragraph(group: list[Line]) -> Iterator[Part]:
    """Items when the first line begins one, else one paragraph; lines without a mark continue what is above them."""
    if not group:
        return
    if not LIST_MARK.match(group[0].text):
        for lines in _each_labelled(group):
            yield Part(BlockKind.PARAGRAPH, lines[0].start, lines[-1].end)
        return
    start = -1
    for line in group:
        if mark := LIST_MARK.match(line.text):
            if start >= 0:
                yield Part(BlockKind.LIST_ITEM, start, line.start)
            start = line.start + (mark.end() if not mark.group().strip()[0].isalnum() else 0)
    yield Part(BlockKind.LIST_ITEM, start, group[-1].end)


def _each_labelled(group: list[Line]) -> list[list[Line]]:
    """Each line with a label, and what continues it, where most have one of their own; else the group as it is.

    Labels that come again are those of who speaks in a dialogue, or of a log; two lines of sentences are prose.
    """
    starts = [at for at, line in enumerate(group) if _LABELLED.match(line.text)]
    labels = {group[at].text.partition(":")[0].strip() for at in starts}
    few = len(group) < _FEW_LABELLED and any(line.text.rstrip()[-1] in ".!?" for line in group)
    if 0 not in starts or few or len(labels) < max(2, _MOSTLY_LABELLED * len(group), len(starts)):
        return [group]
    return [group[start:end] for start, end in zip(starts, [*starts[1:], len(group)], strict=True)]


def _underlined_level(group: list[Line]) -> int:
    """1 for a first line underlined with '=', 2 with '-' or '~', else 0."""
    if len(group) < 2 or len(group[0].text) > 2 * _HEADING_CHARS or not _UNDERLINE.fullmatch(group[1].text):
        return 0
    rule, title = group[1].text.rstrip(), group[0].text.strip()
    if len(rule) < 3 or len(rule) < len(title) // 2 or not any(letter.isalnum() for letter in title):
        return 0
    return 1 if rule.startswith("=") else 2


def _is_question(group: list[Line]) -> bool:
    """A question alone between blank lines; several of them make a list of questions and answers."""
    title = group[0].text.strip()
    return len(group) == 1 and len(title) <= _HEADING_CHARS and title[-1] == "?" and title[0].isupper()


def _heading_level(group: list[Line], following: list[Line], shouted: bool) -> int:
    """The level of a heading that stands alone on its line, 0 for anything less clear."""
    title = group[0].text.strip()
    if len(group) > 1 or not 2 <= len(title) <= _HEADING_CHARS or title[-1] in ".,;:?!…":
        return 0
    if sum(len(line.text) for line in following) <= len(title):
        return 0
    if numbered := _NUMBERED.match(title):
        return numbered.group(1).count(".") + 1
    letters = [letter for letter in title if letter.isalpha()]
    if len(letters) < 3 or shouted or LIST_MARK.match(group[0].text):
        return 0
    if all(letter.isupper() for letter in letters):
        return 1
    return 2 if _is_title_like(title) else 0


def _is_title_like(title: str) -> bool:
    words = re.findall(r"[^\W\d_][\w'’-]*", title)
    if not 1 <= len(words) <= _TITLE_WORDS or re.search(r"[@/\\<>={}|\d]", title):
        return False
    return words[0][0].isupper() and all(word[0].isupper() or word in _SMALL_WORDS for word in words)
