"""What a question wants to the letter: quoted strings and identifiers.

    'What does "purge the army" mean?'             -> [Literal("purge the army", QUOTED)]
    "Which release fixes CVE-2021-44228?"          -> [Literal("CVE-2021-44228", IDENTIFIER)]
    "What does clause 10.2 say?"                   -> [Literal("10.2", CLAUSE)]

Passages that hold them come first: quoted strings before everything else, identifiers before what is about as near. A
passage holds a literal when it stands there as a whole, white space, case and the form of dashes and quotation marks
aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from index.analysis import fold, terms
from qa.clauses import clause_numbers

__all__ = ["Literal", "LiteralKind", "holds", "literals", "weights"]


class LiteralKind(StrEnum):
    """Why a string is taken literally."""

    QUOTED = "quoted"
    IDENTIFIER = "identifier"
    CLAUSE = "clause"
    """The number of a clause."""


WEIGHTS = {LiteralKind.QUOTED: 20.0, LiteralKind.IDENTIFIER: 1.0, LiteralKind.CLAUSE: 1.0}
"""Standard deviations of the fused score that holding one is worth. A quoted string is worth more than all else; names
of genes, which have many spellings, lose from 2 on (SciFact nDCG@10: 0 .743, 1 .742, 2 .741, 4 .738)."""

AT_MOST = 8
"""Literals of a question that are looked for."""

_QUOTED = re.compile(
    r'"([^"\n]{2,200})"|“([^“”\n]{2,200})”|«([^«»\n]{2,200})»|„([^„“”\n]{2,200})[“”]|‘([^‘’\n]{2,200})’'
)
_RUN = re.compile(r"[^\s\"“”«»„‘’(){}\[\]<>,;!?]+")
_POSSESSIVE = re.compile(r"['’]s$")
_EDGE = ".:'’…–—"
_PLAIN_NUMBER = re.compile(r"[$€£¥]?\d[\d.,:/–-]*(?:%|st|nd|rd|th|s|k|m|bn?|am|pm)?", re.IGNORECASE)
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\w[^\W_]*_\w+|\w+(?:::\w+)+|(?:[\w-]+/)+[\w-]+\.\w+", re.ASCII)
"""press@example.org, MAX_TOKENS or __init__, std::sort, src/app.py. What repeats never begins with a character that may
also stand before it: there is one way to match a word, and the time grows with its length only."""

_SAME_FORM = str.maketrans({"‐": "-", "‑": "-", "–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"'})


@dataclass(frozen=True, slots=True)
class Literal:
    """One string that is wanted to the letter."""

    text: str
    kind: LiteralKind


def literals(question: str) -> list[Literal]:
    """The quoted strings, identifiers and clauses of a question, each once, in that order."""
    quoted = [next(filter(None, match.groups())).strip() for match in _QUOTED.finditer(question)]
    found = [Literal(text.rstrip(".,;:!?"), LiteralKind.QUOTED) for text in quoted if terms(text)]
    found += [Literal(word, LiteralKind.IDENTIFIER) for word in _identifiers(_QUOTED.sub(" ", question))]
    found += [Literal(number, LiteralKind.CLAUSE) for number in clause_numbers(question)]
    return list(dict.fromkeys(found))[:AT_MOST]


def holds(text: str, literal: Literal) -> bool:
    """Whether `literal` stands in `text` as a whole, not as a part of a longer word or number."""
    return _pattern(literal.text).search(_plain(text)) is not None


def weights(texts: Sequence[str], wanted: Sequence[Literal]) -> list[float]:
    """What holding the literals is worth to each text, in standard deviations of the fused score."""
    return [sum(WEIGHTS[literal.kind] for literal in wanted if holds(text, literal)) for text in texts]


def _identifiers(question: str) -> Iterator[str]:
    for match in _RUN.finditer(question):
        word = _POSSESSIVE.sub("", match.group().strip(_EDGE))
        if _is_identifier(word) and terms(word):
            yield word


def _is_identifier(word: str) -> bool:
    """Letters and digits in one word ("A380", "v2.3", "CVE-2021-44228"), an address, a name of a program."""
    if _ADDRESS.fullmatch(word):
        return True
    has_letter, has_digit = any(map(str.isalpha, word)), any(map(str.isdigit, word))
    return has_letter and has_digit and not _PLAIN_NUMBER.fullmatch(word) and not _is_dated(word)


def _is_dated(word: str) -> bool:
    """Words that count rather than name: "mid-1990s", "3-year", "20-year-old"."""
    parts = re.split(r"[-–]", word)
    numbers = [part for part in parts if any(map(str.isdigit, part))]
    return (
        len(parts) > 1
        and all(_PLAIN_NUMBER.fullmatch(part) for part in numbers)
        and any(part.islower() and part.isalpha() and len(part) > 2 for part in parts)
    )


def _plain(text: str) -> str:
    return " ".join(fold(text.translate(_SAME_FORM)).split())


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(_plain(text))}(?!\w)")
