"""reStructuredText: titles by their underlines (levels in the order the marks are met), lists, code, directives.

Aid              -> heading "Aid"
===
.. note:: text   -> paragraph "text"
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.documents import BlockKind, Document
from index.reading.assembly import Part
from index.reading.decoding import decoded
from index.reading.filetext import LIST_MARK, Line, lines_of, of_parts, paragraphs
from index.reading.source import Source

__all__ = ["read"]

_RULE = re.compile(r"([!-/:-@\[-`{-~])\1{1,}\s*")
_DIRECTIVE = re.compile(r"\s*\.\.\s+([\w-]+)::[ \t]*")
_CODE_DIRECTIVES = frozenset(
    {"code", "code-block", "sourcecode", "literalinclude", "highlight", "math", "parsed-literal"}
)
_SILENT_DIRECTIVES = frozenset(
    {"image", "include", "toctree", "contents", "index", "meta", "raw", "only", "automodule", "autoclass"}
)
_OPTION = re.compile(r"\s+:[\w-]+:")
_TABLE_RULE = re.compile(r"\s*(?:=+[ =]*|\+[-=+]+\+)\s*")


def read(source: Source) -> Document:
    """The document of a reStructuredText file."""
    text = decoded(source.data)
    return of_parts(source, text, _parts(list(paragraphs(lines_of(text)))))


def _parts(groups: list[list[Line]]) -> Iterator[Part]:
    levels: list[str] = []
    code_indent: int | None = None
    silent_indent: int | None = None
    for group in groups:
        if code_indent is not None and group[0].indent > code_indent:
            yield Part(BlockKind.CODE, group[0].start, group[-1].end)
            continue
        if silent_indent is not None and group[0].indent > silent_indent:
            continue
        code_indent = silent_indent = None
        lines, title = _title(group, levels)
        if title:
            yield title
        if not lines:
            continue
        directive = _DIRECTIVE.match(lines[0].text)
        if directive and directive.group(1) in _CODE_DIRECTIVES:
            code_indent = lines[0].indent
            yield from _code_of(lines)
        elif _is_silent(lines[0], directive):
            silent_indent = lines[0].indent
        else:
            yield from _body(lines, directive)
            if lines[-1].text.rstrip().endswith("::"):
                code_indent = lines[-1].indent


def _is_silent(line: Line, directive: re.Match[str] | None) -> bool:
    """Comments, targets, and directives that put no words on the page."""
    if directive:
        return directive.group(1) in _SILENT_DIRECTIVES
    return line.text.lstrip().startswith(".. ") and not line.text.lstrip().startswith(".. [")


def _title(group: list[Line], levels: list[str]) -> tuple[list[Line], Part | None]:
    """The lines after a title, and the title; the mark with or without a line above it is a level of its own."""
    over = len(group) > 2 and _RULE.fullmatch(group[0].text) and _RULE.fullmatch(group[2].text)
    under = len(group) > 1 and not _RULE.fullmatch(group[0].text) and _RULE.fullmatch(group[1].text)
    if not over and not (under and len(group[1].text.rstrip()) >= min(4, len(group[0].text.strip()))):
        return group, None
    line, mark = (group[1], group[0].text[0] * 2) if over else (group[0], group[1].text[0])
    if _TABLE_RULE.fullmatch(group[0].text) and " " in group[0].text.strip():
        return group, None
    if mark not in levels:
        levels.append(mark)
    rest = group[3:] if over else group[2:]
    return rest, Part(BlockKind.HEADING, line.start, line.end, levels.index(mark) + 1)


def _code_of(lines: list[Line]) -> Iterator[Part]:
    """Lines of a code directive that follow without a blank line, but its options."""
    body = [line for line in lines[1:] if not _OPTION.match(line.text)]
    if body:
        yield Part(BlockKind.CODE, body[0].start, body[-1].end)


def _body(lines: list[Line], directive: re.Match[str] | None) -> Iterator[Part]:
    """A paragraph, or its items; the rules of a table are left out."""
    kind, start, end = BlockKind.PARAGRAPH, lines[0].start + (directive.end() if directive else 0), lines[0].start
    for line in lines:
        mark = LIST_MARK.match(line.text)
        if _TABLE_RULE.fullmatch(line.text) or (directive and _OPTION.match(line.text)):
            yield Part(kind, start, end)
            start = end = line.end
            continue
        if mark:
            yield Part(kind, start, end)
            kind, start = BlockKind.LIST_ITEM, line.start + mark.end()
        end = line.end
    yield Part(kind, start, end)
