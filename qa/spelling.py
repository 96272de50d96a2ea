"""Misspelt words of a question, read as the word of the corpus that is nearest.

    "How many people fled Venezuala?"    -> text "How many people fled venezuela?", words {"Venezuala": "venezuela"}

Only a word that stands nowhere in the corpus is read as another, and only if the model does not know it whole: Slovakia
is no misspelling of Slovenia, wherever it is missing. Words of several terms ("O'Brien's", Chinese, Japanese and Korean
without spaces) are left as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from index.analysis import UNSPACED, Term, terms_with_spans
from index.lexical import idf
from index.snapshot import Snapshot
from index.spelling import LEAST_LETTERS

__all__ = ["Spelt", "as_written", "spelt"]

SHARE = 0.8
"""Of its weight that a word keeps when it is read as another."""

LOOKED_AT = 20
"""Words of a question, all different, that stand nowhere in the corpus and are looked at, from its beginning. Most have
a few; each costs a call of the model's tokenizer, and a search of the corpus's terms if the model does not know it."""


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
    text, at, looked, strange = "", 0, dict[str, tuple[str, str] | None](), set[str]()
    for term in (term for term in _whole_words(found) if known[term] >= nowhere):
        word = question[term.start : term.end]
        if word not in looked:
            if len(looked) == LOOKED_AT:
                continue
            looked[word] = None
            if snapshot.is_word(word) or _is_plural(snapshot, word):
                strange.add(str(term))
            elif term.isalpha() and len(word) >= LEAST_LETTERS:
                looked[word] = snapshot.spelt_like(word, str(term))
        if other := looked[word]:
            text += question[at : term.start] + other[1]
            at = term.end
    words = {word: other[0] for word, other in looked.items() if other}
    return Spelt(text + question[at:], words, dict.fromkeys(words.values(), SHARE), frozenset(strange))


def _is_plural(snapshot: Snapshot, word: str) -> bool:
    """Whether the model knows the word without its "s": interns are no misspelling of "inter"."""
    return word[-1] in "sS" and len(word) >= LEAST_LETTERS and snapshot.is_word(word[:-1])


def _whole_words(found: Sequence[Term]) -> Iterator[Term]:
    """The terms that are all of their word, in scripts that put spaces between words."""
    terms_of_word = Counter(term.start for term in found)
    return (term for term in found if terms_of_word[term.start] == 1 and not UNSPACED.search(term))


def as_written(read_as: Mapping[str, str], texts: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Each word that was read as a term, with the first word of the texts that this term came from."""
    if not read_as:
        return ()
    words: dict[str, str] = {}
    for text in texts:
        for term in terms_with_spans(text):
            words.setdefault(str(term), text[term.start : term.end])
    return tuple((word, words.get(term, term)) for word, term in read_as.items())
