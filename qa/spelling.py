"""Misspelt words of a question, read as the word of the corpus that is nearest.

    "How many people fled Venezuala?"    -> text "How many people fled venezuela?", words {"Venezuala": "venezuela"}

Only a word that stands nowhere in the corpus is read as another, and only if the model does not know it whole: Slovakia
is no misspelling of Slovenia, wherever it is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

from index.analysis import terms_with_spans
from index.lexical import idf
from index.snapshot import Snapshot

__all__ = ["Spelt", "spelt"]

SHARE = 0.8
"""Of its weight that a word keeps when it is read as another."""


@dataclass(frozen=True, slots=True)
class Spelt:
    """A question with its misspelt words replaced."""

    text: str
    words: dict[str, str]
    """Word of the question -> the term it was read as."""
    shares: dict[str, float]
    """Term -> the share of its weight that it keeps."""
    strange: frozenset[str]
    """Terms that stand nowhere in the corpus though they are spelt well, as far as the model knows."""


def spelt(snapshot: Snapshot, question: str) -> Spelt:
    """The question as it is searched for."""
    found = list(terms_with_spans(question))
    known = snapshot.lexical_scores(found).idf if found else {}
    nowhere = idf(0, len(snapshot))
    text, at, words, shares, strange = "", 0, dict[str, str](), dict[str, float](), set[str]()
    for term in (term for term in found if known[term] >= nowhere):
        word = question[term.start : term.end]
        if snapshot.is_word(word):
            strange.add(str(term))
        elif other := snapshot.spelt_like(str(term)):
            words[word], shares[other] = other, SHARE
            text += question[at : term.start] + other
            at = term.end
    return Spelt(text + question[at:], words, shares, frozenset(strange))
