r"""TeX: the document's body by paragraphs, \section and its like as headings, \item as items, comments in no block.

Commands inside a sentence stay, as the text is the file's own: 'about \textbf{2,500} arrive'.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.documents import BlockKind, Document
from index.reading.assembly import Part, one_line
from index.reading.decoding import decoded
from index.reading.filetext import Line, lines_of, of_parts
from index.reading.source import Source

__all__ = ["read"]

_LEVELS = {
    "part": 1,
    "chapter": 2,
    "section": 3,
    "subsection": 4,
    "subsubsection": 5,
    "paragraph": 6,
    "subparagraph": 7,
}
_INNER = r"((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*)"
_HEADING = re.compile(rf"\s*\\({'|'.join(_LEVELS)})\*?\s*(?:\[[^\]]*\])?\{{{_INNER}\}}(?:\s*\\label\{{[^}}]*\}})?")
_TITLE = re.compile(rf"\\title\s*(?:\[[^\]]*\])?\{{{_INNER}\}}")
_BEGIN_BODY, _END_BODY = r"\begin{document}", r"\end{document}"
_ITEM = re.compile(r"\s*\\item\b\s*(?:\[[^\]]*\])?\s*")
_VERBATIM = re.compile(r"\s*\\(begin|end)\{(verbatim|lstlisting|minted|Verbatim)\*?\}")
_ENVIRONMENT = re.compile(r"\s*\\(?:begin|end)\{(?:[^{}]*)\}(?:\s*[\[{][^\]}]*[\]}])*\s*")
_BARE_COMMAND = re.compile(
    r"\s*\\(?:maketitle|tableofcontents|newpage|clearpage|centering|label|hline|usepackage|bibliography\w*|noindent"
    r"|vspace|includegraphics|date|author|title)\b\*?(?:\s*[\[{][^\]}]*[\]}])*[\s}]*"
)


def read(source: Source) -> Document:
    """The document of a TeX file."""
    text = decoded(source.data)
    title = _TITLE.search(text)
    plain = re.sub(r"\\[a-zA-Z]+\*?|[{}~]", " ", title.group(1)) if title else None
    return of_parts(source, text, _parts(text), one_line(plain) if plain else None)


def _body_lines(text: str) -> list[Line]:
    first = text.find(_BEGIN_BODY)
    last = text.find(_END_BODY)
    start = first + len(_BEGIN_BODY) if first >= 0 else 0
    end = last if last >= start else len(text)
    return [line for line in lines_of(text) if start <= line.start < end]


def _parts(text: str) -> Iterator[Part]:
    """Lines in turn; `gathered` is the paragraph, item or code that lines still join."""
    gathered: tuple[BlockKind, int, int] | None = None
    verbatim = False
    for line in _body_lines(text):
        fence = _VERBATIM.match(line.text)
        if fence:
            verbatim = fence.group(1) == "begin"
        elif verbatim:
            gathered = (BlockKind.CODE, gathered[1] if gathered else line.start, line.end)
            continue
        heading, item = _HEADING.match(line.text), _ITEM.match(line.text)
        silent = (
            line.text.lstrip().startswith("%")
            or _ENVIRONMENT.fullmatch(line.text)
            or _BARE_COMMAND.fullmatch(line.text)
        )
        if gathered and (line.blank or fence or heading or item or silent):
            yield Part(*gathered)
            gathered = None
        if heading:
            start = line.start + heading.start(2)
            yield Part(BlockKind.HEADING, start, line.start + heading.end(2), _LEVELS[heading.group(1)])
            if line.text[heading.end() :].strip():
                gathered = (BlockKind.PARAGRAPH, line.start + heading.end(), line.end)
        elif item:
            gathered = (BlockKind.LIST_ITEM, line.start + item.end(), line.end)
        elif not (line.blank or fence or silent):
            gathered = (*gathered[:2], line.end) if gathered else (BlockKind.PARAGRAPH, line.start, line.end)
    if gathered:
        yield Part(*gathered)
