"""Text to terms: the one analyser that documents and questions share.

    terms("Venezuela's 2,500 migrants are MOVING to Guaidó")
    -> ['venezuela', '2500', 'migrant', 'move', 'guaido']

Words are folded (compatibility forms, case, accents), English stop words are left out and the rest is stemmed with the
Snowball English stemmer, irregular forms as the word they are one of (`index.irregular`). Numbers lose their thousands
separators; numbers with nothing but a comma between them, as in a row of separated values, are several terms. Runs of
Chinese, Japanese or Korean characters, which have no spaces, become overlapping pairs of characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import chain

import Stemmer

from index.irregular import FORMS

__all__ = [
    "ANALYSER_VERSION",
    "STOP_WORDS",
    "UNSPACED",
    "Term",
    "fold",
    "terms",
    "terms_unremembered",
    "terms_with_spans",
]

ANALYSER_VERSION = 3
"""Raised whenever the same text would give other terms: lexical indexes of another version are rebuilt."""

MAX_TERM_CHARACTERS = 64
"""Longer runs (encoded data, lines without spaces) become several terms."""

KNOWN_RUNS = 200_000
"""Different runs remembered with their terms (about 40 MB), most of which come again."""

STOP_WORDS = frozenset(
    """
    a about above after again against all also am an and any are as at be because been before being below
    between both but by can cannot could did do does doing done down during each either etc ever every few for
    from further had has have having he hence her here hers herself him himself his how however i if in into is
    it its itself just let many may me might more most much must my myself neither no nor not now of off often
    on once one only onto or other our ours ourselves out over own per quite rather same shall she should since
    so some such than that the their theirs them themselves then there therefore these they this those through
    thus to too toward towards under until up upon us very was we were what whatever when where whether which
    while who whom whose why will with within without would yet you your yours yourself yourselves
    don didn doesn isn wasn weren aren hasn haven hadn wouldn couldn shouldn ll ve re d s t m
    """.split()
)

_ALONE, _ENDED = r"(?<![\d,])(?<!\d\.)", r"""(?!\d|[.,]\d|,["']?[\w,+-])"""
"""Around a number with separators: no digit, and no comma with a cell after it or before it."""

_WORD = re.compile(
    rf"(?=\d)(?:{_ALONE}\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?{_ENDED}"  # 1,234.5
    rf"|{_ALONE}[1-9]\d{{0,2}}(?:\.\d{{3}})+,\d{{1,2}}{_ENDED}"  # 1.234,5
    r"|\d+(?:\.\d+)+)"
    r"|[^\W_]+(?:['’][^\W_]+)*"
)
UNSPACED = re.compile(r"[぀-ヿ㐀-䶿一-鿿가-힯]+")
"""Runs of the scripts that are written without spaces."""

_STEMMER = Stemmer.Stemmer("english")


class Term(str):
    """A term with the characters it came from: `text[start:end]`."""

    __slots__ = ("end", "start")
    start: int
    end: int


def fold(word: str) -> str:
    """Compatibility form, lower case, without accents: "Ｇuaidó" -> "guaido"."""
    if word.isascii():
        return word.lower()
    split = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold())
    return unicodedata.normalize("NFC", "".join(mark for mark in split if not unicodedata.combining(mark)))


def terms(text: str) -> list[str]:
    """The terms of `text`, in order, repeats kept."""
    return list(chain.from_iterable(map(_known.__getitem__, _WORD.findall(text))))


def terms_with_spans(text: str) -> Iterator[Term]:
    """The terms of `text`, each with the span of the word it came from."""
    for match in _WORD.finditer(text):
        for value in _known[match.group()]:
            term = Term(value)
            term.start, term.end = match.span()
            yield term


def terms_unremembered(text: str) -> list[str]:
    """What `terms` gives, for words that will hardly come again, which need not be kept in memory."""
    return list(chain.from_iterable(map(_terms_of_run, _WORD.findall(text))))


def _terms_of_run(run: str) -> tuple[str, ...]:
    if len(run) <= MAX_TERM_CHARACTERS:
        return _terms_of_word(run)
    starts = range(0, len(run), MAX_TERM_CHARACTERS)
    return tuple(term for at in starts for term in _terms_of_word(run[at : at + MAX_TERM_CHARACTERS]))


class _Known(dict[str, tuple[str, ...]]):
    """The terms of runs seen before; a lookup of a known one runs no Python."""

    def __missing__(self, run: str) -> tuple[str, ...]:
        if len(self) >= KNOWN_RUNS:
            self.clear()
        found = self[run] = _terms_of_run(run)
        return found


_known = _Known()


def _terms_of_word(word: str) -> tuple[str, ...]:
    if word[0].isdigit() and not word.isalnum():
        return (_number(word),)
    if word == "LED":  # a lamp: "led" is of "lead"
        return ("led",)
    folded = fold(word).replace("’", "'")
    if UNSPACED.search(folded):
        return tuple(_character_pairs(folded))
    return tuple(_stem(part) for part in _without_clitic(folded) if part and part not in STOP_WORDS)


def _number(word: str) -> str:
    """Without thousands separators, with a point before decimals: "1,234.5" and "1.234,5" -> "1234.5"."""
    if 0 <= word.rfind(".") < word.rfind(","):
        return word.replace(".", "").replace(",", ".")
    return word.replace(",", "")


def _without_clitic(word: str) -> tuple[str, ...]:
    """Cut at apostrophes: "venezuela's" -> ("venezuela",); "o'brien" -> ("o", "brien"); none of "won't"."""
    if word == "won't":  # "won" is no stop word
        return ()
    return tuple(part for part in word.removesuffix("'s").split("'") if part)


def _stem(word: str) -> str:
    return str(_STEMMER.stemWord(FORMS.get(word, word)))


def _character_pairs(word: str) -> Iterator[str]:
    at = 0
    for run in UNSPACED.finditer(word):
        yield from _stemmed_rest(word[at : run.start()])
        found = run.group()
        yield from (found[i : i + 2] for i in range(max(1, len(found) - 1)))
        at = run.end()
    yield from _stemmed_rest(word[at:])


def _stemmed_rest(word: str) -> Iterator[str]:
    return (_stem(part) for part in _without_clitic(word) if part not in STOP_WORDS)
