"""Splitters to compare ours with: fixed windows of tokens, and the recursive character splitter most tools ship."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from index.documents import Document, Span
from index.splitting import Tokenizer


class Piece(NamedTuple):
    """A passage of some splitter: its document, its characters there, and what is embedded for it."""

    document: str
    start: int
    end: int
    text: str


Splitter = Callable[[Document], Iterator[Piece]]


def windows(model: Tokenizer, size: int, step: int) -> Splitter:
    """Every `step` tokens a passage of `size`, wherever that falls."""

    def pieces(document: Document) -> Iterator[Piece]:
        (tokens,) = model.token_spans([document.text])
        for first in range(0, max(1, len(tokens) - (size - step)), step):
            start, end = tokens[first][0], tokens[min(first + size, len(tokens)) - 1][1]
            yield Piece(document.title, start, end, document.text[start:end])

    return pieces


def recursive(size: int, overlap: int, *, titled: bool = False) -> Splitter:
    """Characters cut at blank lines, else lines, else full stops, else spaces, then merged up to `size` characters.

    `titled` puts the title in front, as ours does.
    """

    def pieces(document: Document) -> Iterator[Piece]:
        parts = list(_separated(document.text, Span(0, len(document.text)), ["\n\n", "\n", ". ", " "], size))
        begin = 0
        while begin < len(parts):
            end = begin + 1
            while end < len(parts) and parts[end].end - parts[begin].start <= size:
                end += 1
            span = Span(parts[begin].start, parts[end - 1].end)
            title = f"{document.title}\n" if titled else ""
            yield Piece(document.title, *span, title + document.text[span.start : span.end])
            following = end
            while (
                following > begin + 1
                and parts[end - 1].end - parts[following - 1].start <= overlap
                and end < len(parts)
            ):
                following -= 1
            begin = following

    return pieces


def _separated(text: str, span: Span, separators: Sequence[str], size: int) -> Iterator[Span]:
    if span.end - span.start <= size or not separators:
        yield span
        return
    start = span.start
    while start < span.end:
        found = text.find(separators[0], start, span.end)
        end = span.end if found < 0 else found + len(separators[0])
        yield from _separated(text, Span(start, end), separators[1:], size)
        start = end
