r"""Dates that a document bears itself, and that say nothing of what it tells: when it was revised, published, printed.

stamps("Money in Venezuela\nRevised in May 2019", "When did the hyperinflation begin?")   -> [Span(19, 38)]
stamps("Money in Venezuela\nRevised in May 2019", "When was the paper revised?")          -> []
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from index.analysis import terms
from index.documents import Span

__all__ = ["stamps", "without_stamps"]

_STAMPS = frozenset(
    """revised revision updated update published publication issued issue posted printed reprinted compiled reviewed
    modified drafted draft version edition printing""".split()
)
_MONTHS = frozenset(
    """january february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec""".split()
)
_BESIDE = _MONTHS | frozenset(
    """monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun spring summer autumn winter
    am pm utc gmt this the last first second third fourth fifth new most recent recently latest current date as on at of
    in for from to and was is has been it no number document page text paper handbook report guide manual""".split()
)
"""Words that leave a line with a stamp one that says nothing else."""

_PAPERS = frozenset(
    """document page text paper report briefing bulletin newsletter handbook manual guide brochure leaflet factsheet
    catalogue catalog memo memorandum note study survey""".split()
)
_OF_DOCUMENTS = frozenset(
    term
    for word in _STAMPS | _PAPERS | {"book", "article", "released", "appear", "sign", "signed"}
    for term in terms(word)
)
_ACCORDING = re.compile(r"\baccording to\s\S+\s\S+", re.IGNORECASE)

_WORD = re.compile(r"\w+")
_PARTS = re.compile(r"\n|[|·•;]|(?<=\w\w)\.\s|\s[—–-]\s")
"""What stands between a stamp and what is beside it."""

_TITLE = re.compile(
    r"[A-Z][^\n|\t:.?!]*(?:[,(–—-]|\b(?:of|for|from))\s?(?:\d{1,2}\s)?(?P<month>[A-Z][a-z]{2,8}\.?)\s(?:\d{1,2},\s)?"
    r"(?:1\d{3}|20\d\d)\)?"
)
TITLE_CHARACTERS = 200
"""A longer text is no title."""

_SAYS = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|will|would|can|could|may|must|shall|that|which|who|when|says?|said|"
    r"since|until|before|after|by)\b"
)


def stamps(sentence: str, question: str) -> list[Span]:
    """The parts of the sentence that only date the document; none when the question is about documents."""
    said = set(terms(question))
    found = [Span(start, end) for start, end in _parts(sentence) if _is_stamp(sentence[start:end], said)]
    if not found and _is_dated_title(sentence):
        found = [Span(0, len(sentence))]
    return [] if found and _is_about_documents(question) else found


def without_stamps(sentence: str, question: str) -> str:
    """`sentence` with blanks for its stamps, so that all else stays at its place."""
    for start, end in stamps(sentence, question):
        sentence = sentence[:start] + " " * (end - start) + sentence[end:]
    return sentence


def _parts(sentence: str) -> Iterator[tuple[int, int]]:
    start = 0
    for between in _PARTS.finditer(sentence):
        yield start, between.start()
        start = between.end()
    yield start, len(sentence)


def _is_stamp(part: str, asked: set[str]) -> bool:
    """Whether it is a stamp with its date, and by whom, if not asked for: "Last updated by Ana Ruiz on 3 May 2019"."""
    first = _WORD.search(part)
    if not first or first.group()[0].islower():  # a line of prose may be broken before "revised in May 2019"
        return False
    said, _, by = part.partition(" by ")
    words = [word.casefold() for word in _WORD.findall(said)]
    return (
        not _STAMPS.isdisjoint(words)
        and all(word in _STAMPS or word in _BESIDE or word[0].isdigit() for word in words)
        and all(not word[0].islower() or word in _BESIDE for word in _WORD.findall(by))
        and asked.isdisjoint(terms(by))
    )


def _is_dated_title(sentence: str) -> bool:
    """Whether it is no more than the name of a document with its date: "Travel report, May 2019"."""
    title = _TITLE.fullmatch(sentence.strip()) if len(sentence) <= TITLE_CHARACTERS else None
    if not title or title["month"].casefold().rstrip(".") not in _MONTHS or _SAYS.search(sentence):
        return False
    return not _PAPERS.isdisjoint(word.casefold() for word in _WORD.findall(sentence))


def _is_about_documents(question: str) -> bool:
    return not _OF_DOCUMENTS.isdisjoint(terms(_ACCORDING.sub("", question)))
