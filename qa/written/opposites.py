"""Whether one sentence says what the other denies, by their words.

    turned_round("Brazil will not take part", "Brazil will take part in it")   -> "not take"
    turned_round("Output rose in March", "output fell to 732,000 in March")    -> "rose"

Rules for English. They see a "not" before the same word, and words of opposite meaning; they do not understand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from index.analysis import STOP_WORDS, fold, terms

__all__ = ["turned_round"]

_NEGATION = re.compile(
    r"\b(?:not|no|never|nobody|none|neither|nor|without|cannot|hardly|unable to|fail(?:s|ed)? to"
    r"|refus(?:e|es|ed)\b(?:\s\w+){0,2}\sto|den(?:y|ies|ied) that|\w+n['’]t)\b",
    re.IGNORECASE,
)
_NO_NEGATION = re.compile(r"\bnot only\b|\bno (?:less|more|fewer) than\b|\bno doubt\b", re.IGNORECASE)
_CLAUSE_END = re.compile(
    r"[,;:.!?()–—]|\b(?:but|and|while|although|though|because|which|who|that|until)\b", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

SCOPE = 2
"""Terms behind a negation that it is taken to be about: "no longer holds", "has not ruled out"."""

_PAIRS = """
    rise/fall rise/drop increase/decrease increase/fall increase/drop grow/shrink grow/fall higher/lower
    highest/lowest more/less more/fewer most/least most/fewest before/after above/below open/close opened/closed
    accept/reject accept/refuse agree/refuse allow/forbid allow/ban allow/prohibit support/oppose win/lose
    won/lost north/south east/west northern/southern eastern/western up/down start/end begin/end began/ended
    import/export buy/sell bought/sold arrive/leave arrived/left success/failure succeed/fail succeeded/failed
    include/exclude true/false minimum/maximum majority/minority always/never all/none first/last join/leave
    enter/leave legal/illegal possible/impossible male/female men/women older/younger largest/smallest
    biggest/smallest larger/smaller bigger/smaller richest/poorest cheap/expensive strong/weak stronger/weaker
    early/late earlier/later lawful/unlawful public/private friend/enemy ally/enemy improve/worsen gain/lose
    alive/dead safe/unsafe same/different loyal/disloyal likely/unlikely able/unable known/unknown rose/fell
    rose/dropped grew/shrank better/worse best/worst positive/negative inside/outside import/exports raise/lower
    raised/lowered raise/cut morning/evening lift/impose lifted/imposed remove/add earn/cost leave/reach
    confirm/deny confirmed/denied guilty/innocent war/peace recognise/reject hot/cold
""".split()


def turned_round(sentence: str, evidence: str) -> str:
    """The words of `sentence` by which it says the opposite of `evidence`; "" when none are seen."""
    return _negated_here(sentence, evidence) or _negated_there(sentence, evidence) or _opposite(sentence, evidence)


def _negated_here(sentence: str, evidence: str) -> str:
    """What the sentence denies and the evidence says: "not take"."""
    said, denied = _words(evidence), _denied(evidence)
    for words, scope in _negations(sentence):
        is_denied = any(set(scope) & other for other in denied)
        if scope and not is_denied and (scope[0] in said or not denied):
            return words
    return ""


def _negated_there(sentence: str, evidence: str) -> str:
    """What the sentence says and the evidence denies: "take"."""
    said = _words(sentence)
    mine = set[str]().union(*_denied(sentence))
    for words, scope in _negations(evidence):
        affirmed = [term for term in scope if term in said and term not in mine]
        if scope and len(affirmed) == len(scope) and not _affirmed_elsewhere(set(scope), evidence):
            return words
    return ""


def _affirmed_elsewhere(scope: set[str], evidence: str) -> bool:
    """Whether all of what is denied in one place of the evidence is said without denial in another clause of it."""
    return any(
        scope <= set(terms(clause)) for clause in _CLAUSE_END.split(evidence) if clause and not _NEGATION.search(clause)
    )


def _opposite(sentence: str, evidence: str) -> str:
    """A word of the sentence whose opposite the evidence has, in the place of the word itself."""
    mine, theirs = _words(sentence), _words(evidence)
    opposites = _opposites()
    for match in _WORD.finditer(sentence):
        word = _plain(match.group())
        against = opposites.get(word, frozenset())
        if against & theirs and word not in theirs and not against & mine:
            return match.group()
    return ""


def _denied(text: str) -> list[set[str]]:
    return [set(scope) for _, scope in _negations(text)]


def _negations(text: str) -> Iterator[tuple[str, list[str]]]:
    """Each negation with its first word, and the terms that it is about."""
    text = _NO_NEGATION.sub(lambda match: "x" * len(match.group()), text)
    for match in _NEGATION.finditer(text):
        clause = _CLAUSE_END.split(text[match.end() :], maxsplit=1)[0]
        words = [word.group() for word in _WORD.finditer(clause) if terms(word.group())][:SCOPE]
        yield " ".join([match.group(), *words[:1]]), [term for word in words for term in terms(word)]


def _words(text: str) -> set[str]:
    return {_plain(word) for word in _WORD.findall(text)}


def _plain(word: str) -> str:
    folded = fold(word)
    return folded if folded in STOP_WORDS else next(iter(terms(word)), folded)


@lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _PAIRS:
        one, other = map(_plain, pair.split("/"))
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(against - {word}) for word, against in found.items()}
