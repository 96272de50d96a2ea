"""XML: the text stays the file's own; a block is what stands inside an element that has words of its own.

    <p>The <b>minister</b> said so.</p>   ->  'The <b>minister</b> said so.'
    <title>Aid</title>                    ->  heading "Aid"

So a quote is a whole sentence that a search in the file finds. Tags between the blocks, comments and declarations are
in no block. Nothing is parsed as XML: no entity is resolved, and a broken file gives what text it has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.documents import BlockKind, Document
from index.reading.assembly import Part
from index.reading.decoding import decoded
from index.reading.filetext import of_parts
from index.reading.source import Source

__all__ = ["read"]

_TOKEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<!\[CDATA\[(?P<data>.*?)(?:\]\]>|\Z)|<\?.*?(?:\?>|\Z)|<![^>\[]*(?:\[.*?\]\s*)?>"
    r"|<(?P<close>/)?(?P<name>[^\s/>]++)(?:[^>\"']|\"[^\"]*\"|'[^']*')*?(?P<empty>/)?>",
    re.S,
)
_TITLES = frozenset({"title", "head", "heading", "subject", "headline"})
_BLOCKS = frozenset("chapter div item li list p para paragraph row sec section table td title tr".split())
"""Elements that end a block although it goes on around them."""
_MOST_DEPTH = 200


def read(source: Source) -> Document:
    """The document of an XML file."""
    text = decoded(source.data)
    return of_parts(source, text, _Walk(text).parts())


class _Walk:
    """One pass over the tags; while a block is open, `_holder` is the depth of the element that it is the inside of."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._names: list[str] = []
        self._holder = 0
        self._start = self._end = -1

    def parts(self) -> Iterator[Part]:
        """All blocks in order."""
        at = 0
        for token in _TOKEN.finditer(self._text):
            self._take(at, token.start())
            at = token.end()
            if token.group("data") is not None:
                self._take(*token.span("data"))
            elif token.group("name"):
                yield from self._tag(token)
        self._take(at, len(self._text))
        yield from self._closed()

    def _take(self, start: int, end: int) -> None:
        """A stretch between two tags: words in it begin a block or go on with it."""
        if self._text[start:end].strip():
            if self._start < 0:
                self._holder, self._start = len(self._names), start
            self._end = end

    def _tag(self, token: re.Match[str]) -> Iterator[Part]:
        name = token.group("name").rpartition(":")[2].lower()
        if name in _BLOCKS or (token.group("close") and len(self._names) <= self._holder):
            yield from self._closed()
        if token.group("empty"):
            return
        if token.group("close"):
            del self._names[-1:]
        elif len(self._names) < _MOST_DEPTH:
            self._names.append(name)

    def _closed(self) -> Iterator[Part]:
        if self._start < 0:
            return
        names = self._names[: self._holder]
        is_title = bool(names) and names[-1] in _TITLES
        kind = BlockKind.HEADING if is_title else BlockKind.PARAGRAPH
        yield Part(kind, self._start, self._end, max(1, self._holder - 1) if is_title else 0)
        self._start = -1
