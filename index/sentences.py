"""Text into sentences, as spans of characters.

    sentence_spans("He left. (It was late.) See No. 5.")  ->  [Span(0, 8), Span(9, 23), Span(24, 34)]

sentencex finds the sentence ends. Around it stand a few rules for what it was seen to miss, and a bound: no
sentence is longer than `LONGEST`, whatever the text is made of, and the time stays linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import sentencex

from index.documents import Span

__all__ = ["LONGEST", "cut_point", "sentence_spans"]

LONGEST = 800
"""Characters a sentence may have: about 170 tokens of English. Beyond that it is cut at its clauses."""

_WINDOW = 5_000
"""Characters handed to sentencex at once: some texts cost it their length squared (1 MB of nested quotes: 28 s)."""

_ENUMERATOR = re.compile(r"[(\[]?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{2,5})[.)\]]{1,2}")
"""A sentence that is only "1." or "(a)." is the number of the item that follows."""

_NEVER_LAST = re.compile(r"(?<![\w.])(?:approx|e\.g|i\.e|viz|incl|excl|cf|et seq)\.$", re.IGNORECASE)
"""Abbreviations that no sentence ends with."""

_BEFORE_NUMBER = re.compile(
    r"(?<![\w.])(?:app|arts?|ca|ch|chs|col|ed|eds|eqs?|est|ex|figs?|max|min|nos?|nr|par|paras?|pp?|pts?|reg|secs?"
    r"|tel|vols?)\.$",
    re.IGNORECASE,
)
"""Abbreviations that a number follows; before anything else they may end a sentence ("He said no.")."""

_BEFORE_NO = re.compile(r"(?<![\w.])(?:cat|pat|ref|ser)\.$", re.IGNORECASE)
_NO = re.compile(r"\s*nos?\.", re.IGNORECASE)
""""Cat. No. 7" is in one sentence; "He has a cat. No dog." is not."""

_ASIDE = re.compile(r"[(\[][^()\[\]]*[.!?。！？][\"'”’»]*[)\]](?=\s+[^\Wa-z_])")
"""A whole sentence in brackets at the start, followed by the next sentence."""

_SAID_NO = re.compile(r"(?<=[a-z,] no\.)(?=\s+[A-Z][a-z])")
""""The answer is no. He left." is no number."""

_QUOTES = str.maketrans(dict.fromkeys('"“”„‟«»‹›()[]「」『』', " "))
"""Marks inside which sentencex sees no sentence end."""

_CLOSING = re.compile(r"[\"”’»)\]」』]*")
"""Marks that belong to the sentence they close."""

_CLAUSE_ENDS = (
    re.compile(r"[;；。][\"”’)\]]*\s*|\s*\n\s*"),
    re.compile(r"[,:，、：][\"”’)\]]*\s+|\s[-–—]+\s|[，、：]"),
    re.compile(r"\s+"),
)
"""Where a sentence that is too long may be cut, best first."""


def sentence_spans(text: str, language: str = "en") -> list[Span]:
    """Sentences of `text` in reading order: none empty, none with outer white space, none above `LONGEST`.

    Together they hold every character that is not white space. `language` is a two-letter code; its rules decide
    about abbreviations and initials.
    """
    spans: list[Span] = []
    for span in _mended(text, _found(text, language)):
        spans.extend(_bounded(text, span, language))
    return spans


def cut_point(text: str, start: int, end: int, aim: int) -> int:
    """Where to cut `text[start:end]` near `aim`: after a clause, else at white space, else at `aim` itself.

    The cut lies strictly inside, so both parts have a character, and no farther from `aim` than half its distance to
    the nearer end.
    """
    reach = max(1, min(aim - start, end - aim) // 2)
    low, high = max(start + 1, aim - reach), min(end - 1, aim + reach)
    for clause_end in _CLAUSE_ENDS:
        cuts = [match.end() for match in clause_end.finditer(text, low, high)]
        if cuts:
            return min(cuts, key=lambda cut: abs(cut - aim))
    return aim


def _found(text: str, language: str) -> Iterator[Span]:
    """Sentences as sentencex sees them, window by window; a window begins where the last one's last sentence did."""
    start = 0
    while start < len(text):
        end = min(len(text), start + _WINDOW)
        found = [
            Span(start + sentence["start_index"], start + sentence["end_index"])
            for sentence in sentencex.get_sentence_boundaries(language, text[start:end])
            if not sentence["is_paragraph_break"]
        ]
        if end < len(text) and len(found) > 1:
            end = found.pop().start
        yield from found
        start = end


def _mended(text: str, spans: Iterator[Span]) -> Iterator[Span]:
    """The rules: numbers of items and open abbreviations join what follows; missed ends are found."""
    waiting: int | None = None
    for span in spans:
        start, end = _stripped(text, span)
        if start == end:
            continue
        if waiting is not None:
            start, waiting = waiting, None
        if _continues(text, start, end):
            waiting = start
            continue
        yield from _parted(text, start, end)
    if waiting is not None:
        yield _stripped(text, Span(waiting, len(text)))


def _parted(text: str, start: int, end: int) -> Iterator[Span]:
    """The sentence, or those that sentencex took for one."""
    aside = _ASIDE.match(text, start, end)
    cuts = [aside.end()] if aside else []
    cuts += [match.start() for match in _SAID_NO.finditer(text, cuts[0] if cuts else start, end)]
    for begin, finish in pairwise([start, *cuts, end]):
        yield _stripped(text, Span(begin, finish))


def _continues(text: str, start: int, end: int) -> bool:
    """Whether the sentence found at `start` cannot end at `end`."""
    if text[end - 1] not in ".)]":
        return False
    if end - start <= 8 and _ENUMERATOR.fullmatch(text, start, end):
        return True
    tail = text[max(start, end - 12) : end]
    if _NEVER_LAST.search(tail):
        return True
    if _BEFORE_NO.search(tail) and _NO.match(text, end, end + 8):
        return True
    following = text[end : end + 3].lstrip()[:1]
    return following.isdigit() and _BEFORE_NUMBER.search(tail) is not None


def _bounded(text: str, span: Span, language: str) -> Iterator[Span]:
    """The sentence itself, or its parts: first the sentences inside its quotation marks, then equal clauses."""
    if span.end - span.start <= LONGEST:
        yield span
        return
    unquoted = text[span.start : span.end].translate(_QUOTES)
    start = span.start
    for inner in _mended(unquoted, _found(unquoted, language)):
        closing = _CLOSING.match(text, span.start + inner.end, span.end)
        cut = closing.end() if closing else span.end
        yield from _clauses(text, _stripped(text, Span(start, cut)))
        start = cut
    yield from _clauses(text, _stripped(text, Span(start, span.end)))


def _clauses(text: str, span: Span) -> Iterator[Span]:
    """Parts of about equal length, each at most `LONGEST`."""
    start, end = span
    while end - start > LONGEST:
        parts = -(-(end - start) // LONGEST)
        cut = cut_point(text, start, min(end, start + LONGEST + 1), start + (end - start) // parts)
        part = _stripped(text, Span(start, cut))
        if part.start < part.end:
            yield part
        start = _stripped(text, Span(cut, end)).start
    if start < end:
        yield Span(start, end)


def _stripped(text: str, span: Span) -> Span:
    """The span without outer white space."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
