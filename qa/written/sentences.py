"""What the model says, sentence by sentence as it comes, with the numbers of the passages each names.

    Draft().said("Aid waits in Cucuta [1]. It came by ")  -> [Drafted("Aid waits in Cucuta.", (1,))]

A sentence is given once the first word of the next one is there: until then its number may still follow its full stop.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.documents import Span
from index.sentences import sentence_spans
from qa.written.thoughts import Thoughts

__all__ = ["MOST_CHARACTERS", "Draft", "Drafted"]

MOST_CHARACTERS = 6_000
"""Of an answer that is read; the rules ask for three sentences."""

MOST_MARKED = 20
"""Passages that one mark may name: "[1-3]" names three."""

_MARK = re.compile(
    r"[^\S\n]*(?:\[|【)\s*\^?(?:(?:passages?|sources?|no\.)\s*)?"
    r"(\d{1,3}(?:\s*(?:,|;|and|&|[-–])\s*\d{1,3})*)\s*(?:\]|】)",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(\d+)(?:\s*[-–]\s*(\d+))?")
_UNFINISHED = re.compile(r"(?:[^\S\n]*(?:\[|【)[^\]】\n]{0,40}|[^\S\n]+)\Z")
"""What may become a mark with the next piece."""

_BULLET = re.compile(r"^\s*(?:[-*•+]|\d{1,2}[.)]|#{1,6})\s+")
_MARKUP = re.compile(r"\*\*|__|`+|^\s*>\s?")
_NEXT_WORD = re.compile(r"\S+\s")


@dataclass(frozen=True, slots=True)
class Drafted:
    """One sentence without its marks, and the numbers that stood in them, each once."""

    text: str
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where a mark stood in the text that is left without it, how much was taken away there, and what it names."""

    at: int
    length: int
    numbers: tuple[int, ...]


class Draft:
    """The text of one answer as it grows."""

    def __init__(self) -> None:
        self._thoughts = Thoughts()
        self._rest = ""
        self._length = 0

    @property
    def is_full(self) -> bool:
        """Whether the answer is longer than any that is read."""
        return self._length >= MOST_CHARACTERS

    @property
    def pending(self) -> str:
        """The beginning of the sentence under way, without marks."""
        return _MARKUP.sub("", _without_marks(_UNFINISHED.sub("", self._rest))[0]).strip()

    def said(self, piece: str) -> list[Drafted]:
        """The sentences that `piece` completes."""
        spoken = self._thoughts.aloud(piece)[: MOST_CHARACTERS - self._length]
        self._length += len(spoken)
        *lines, last = (self._rest + spoken).split("\n")
        cut = _complete(last)
        self._rest = last[cut:]
        return [sentence for line in [*lines, last[:cut]] for sentence in _sentences(line)]

    def ended(self) -> list[Drafted]:
        """What is left, now that nothing more comes."""
        rest, self._rest = self._rest, ""
        return _sentences(rest)


def _complete(line: str) -> int:
    """How much of the line are sentences to which nothing more can come."""
    plain, marks = _without_marks(_UNFINISHED.sub("", line))
    spans = sentence_spans(plain)
    if len(spans) < 2 or not _NEXT_WORD.match(plain, spans[-1].start):
        return 0
    start = spans[-1].start
    return start + sum(mark.length for mark in marks if mark.at <= start)


def _sentences(line: str) -> list[Drafted]:
    """The sentences of a line, each with the marks inside it and right behind it; not what has no letter or digit."""
    plain, marks = _without_marks(_BULLET.sub("", line))
    spans = sentence_spans(plain)
    found: list[Drafted] = []
    for at, span in enumerate(spans):
        after = spans[at + 1].start if at + 1 < len(spans) else len(plain)
        before = span.start if at else -1
        named = (number for mark in marks if before < mark.at <= after for number in mark.numbers)
        text = _MARKUP.sub("", _slice(plain, span)).strip()
        if any(map(str.isalnum, text)):
            found.append(Drafted(text, tuple(dict.fromkeys(named))))
    return found


def _slice(text: str, span: Span) -> str:
    return text[span.start : span.end]


def _without_marks(text: str) -> tuple[str, list[_Mark]]:
    """The text without its marks, and these; a word that follows one directly keeps its distance."""
    plain, marks, end = "", list[_Mark](), 0
    for match in _MARK.finditer(text):
        plain += text[end : match.start()]
        gap = " " if text[match.end() : match.end() + 1].isalnum() else ""
        marks.append(_Mark(len(plain), match.end() - match.start() - len(gap), _named(match.group(1))))
        plain += gap
        end = match.end()
    return plain + text[end:], marks


def _named(inside: str) -> tuple[int, ...]:
    """What stands in a mark: "1, 3-5" -> (1, 3, 4, 5)."""
    numbers: list[int] = []
    for first, last in _RANGE.findall(inside):
        low, high = int(first), int(last or first)
        numbers += range(low, min(high, low + MOST_MARKED) + 1) if high >= low else (low, high)
    return tuple(numbers[:MOST_MARKED])
