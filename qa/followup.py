"""Follow-up questions: which words of the conversation a question leans on.

    history: "How many Venezuelans live in Colombia?"
    question: "And in Brazil?"        -> carries over "venezuelans", "live"

A question leans on the conversation when it starts like a continuation ("and", "what about"), refers back with a
pronoun, or has too few words of its own to be searched by. A question that stands on its own carries nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.analysis import terms, terms_with_spans
from qa.answers import Turn

__all__ = ["carried_words"]

_CONTINUES = re.compile(r"^\W*(and|but|or|so|also|what about|how about|what else|anything else|then)\b", re.IGNORECASE)
_REFERS = re.compile(
    r"\b(he|him|his|she|her|hers|they|them|their|theirs|it|its|this|that|these|those|there|one|ones)\b", re.IGNORECASE
)

OWN_TERMS = 2
"""With fewer terms of its own a question cannot be searched by."""

TURNS_BACK = 2
"""Earlier questions looked at, newest first, until one gives words."""


def carried_words(question: str, history: Sequence[Turn]) -> tuple[str, ...]:
    """Words of earlier questions that `question` needs, as they were written; empty when it stands on its own."""
    own = set(terms(question))
    if not history or not _leans(question, own):
        return ()
    for turn in list(reversed(history))[:TURNS_BACK]:
        words = {term: turn.question[term.start : term.end] for term in terms_with_spans(turn.question)}
        carried = tuple(word for term, word in words.items() if term not in own)
        if carried:
            return carried
    return ()


def _leans(question: str, own_terms: set[str]) -> bool:
    return bool(_CONTINUES.search(question) or _REFERS.search(question)) or len(own_terms) < OWN_TERMS
