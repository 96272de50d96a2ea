"""Follow-up questions: which words of the conversation a question is understood with.

    history: "How many Venezuelans live in Colombia?"
    question: "And in Brazil?"        -> carries over "Venezuelans", "live"; Brazil takes the place of Colombia

What a question leans on is seen from its words (`qa.leaning`); what is carried over is decided by evidence: how rare
a word is in the corpus, how recent, and how much more often than by chance it stands in the passages that the question
finds by itself. The less a question leans, the more of that a word must show, so that a change of topic carries
nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from index.analysis import terms, terms_with_spans
from index.snapshot import Snapshot
from index.stores import Ids
from qa.answers import Turn
from qa.leaning import FEW_TERMS, Lean, leaning, names, points_back, speaks_of_someone, without_courtesies
from qa.retrieve import retrieve

__all__ = ["CARRIED", "carried_words"]

CARRIED = 8
"""Words carried at most."""

TURNS_BACK = 3
"""Earlier exchanges looked at."""

RECENCY = 0.6
"""What a word weighs with each exchange that has come after it."""

ANSWER_SHARE = 0.3
"""What a name in an answer weighs beside a word of a question."""

ANSWER_CHARACTERS = 600
"""Of an answer, read that far."""

POOL = 20
"""Best passages of the question alone that bear witness to what belongs to it."""

POOL_SHARE = 0.1
"""Share of the corpus that the pool is at most: where it is all of a small folder, every word belongs to it."""

LIFTS: Mapping[Lean, float] = {Lean.ALONE: 10.0, Lean.PERHAPS: 3.0, Lean.PLAINLY: 0.0}
"""How many times more often than in the whole corpus a word must stand in the pool, when the question leans so much."""

EVIDENCE: Mapping[Lean, float] = {Lean.ALONE: 7.0, Lean.PERHAPS: 1.5, Lean.PLAINLY: 0.0}
"""How surprising that must be, in nats (7: a chance of about 1 in 1,000, and there are many words to be surprised by).
With two passages instead, however rare the word, 36 % of MTRAG-UN's first questions took words over from another
conversation; so 15 % do, and nDCG@10 of later turns is .903 instead of .893 (`benchmarks/followups.py`)."""

ANSWER_LIFT, ANSWER_EVIDENCE = 3.0, 2.0
"""The least of both for names out of answers, however much the question leans: an answer speaks of much that was not
asked."""

SAME_KIND, SAME_WORD_KIND = 0.3, 0.5
"""Least cosine at which a new name takes the place of an earlier one ("Peru", "Colombia": .56; "Trinidad", "Colombia":
.46), and a word that of a word ("women", "men": .72; "children", "migrants": .30, which both stay)."""

_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n+")


@dataclass(frozen=True, slots=True)
class _Said:
    """A word of the conversation."""

    term: str
    word: str
    """As it was written."""
    weight: float
    """By where it was said, and when."""
    at: tuple[int, int, int]
    """Its turn, question or answer, and its place there: the order in which words are shown."""
    of_answer: bool
    found: bool
    """Whether its turn found anything."""
    left: bool
    """Whether a question that stands alone, without the word, has come after it, and nothing points back to it."""


@dataclass(frozen=True, slots=True)
class _Shown:
    """How often a word stands in the pool."""

    count: int
    by_chance: float
    """As many passages of the whole corpus would hold it."""

    @property
    def lift(self) -> float:
        """How many times more often than by chance."""
        return self.count / self.by_chance if self.by_chance else 0.0

    @property
    def evidence(self) -> float:
        """How surprising it is, in nats: Chernoff's bound of the upper Poisson tail."""
        return self.count * math.log(self.lift) - self.count + self.by_chance if self.lift > 1 else 0.0


def carried_words(
    snapshot: Snapshot, question: str, history: Sequence[Turn], *, among: Ids | None = None
) -> tuple[str, ...]:
    """Words of the conversation that `question` needs, as they were written; empty when it stands on its own.

    `history`: oldest first. `among`: passages that may bear witness; all of them when None.
    """
    lean, own = leaning(question), set(terms(question))
    said = [word for word in _said(snapshot, question, _spoken(history)) if word.term not in own]
    idf = snapshot.lexical_scores([word.term for word in said]).idf if said else {}
    held = {term: _passages_holding(weight, len(snapshot)) for term, weight in idf.items()}
    said = [word for word in said if held[word.term] >= 1]
    if said and (lean != Lean.PLAINLY or any(word.of_answer or not word.found for word in said)):
        shown = _shown(snapshot, question, {word.term: held[word.term] for word in said}, among)
        said = [word for word in said if _belongs(word, shown[word.term], lean, bool(own))]
    best: dict[str, _Said] = {}
    for word in sorted(said, key=lambda w: (-w.weight * idf[w.term], w.at)):
        best.setdefault(word.term, word)
    return tuple(word.word for word in sorted(list(best.values())[:CARRIED], key=lambda w: w.at))


def _spoken(history: Sequence[Turn]) -> list[Turn]:
    """The turns without their greetings and thanks, and without those that were nothing else."""
    bare = [replace(turn, question=without_courtesies(turn.question)) for turn in history]
    return [left for turn, left in zip(history, bare, strict=True) if left.question.strip() or turn == left]


def _said(snapshot: Snapshot, question: str, history: Sequence[Turn]) -> Iterator[_Said]:
    """The words of the last questions, without the names that those of `question` replace, and names of the answers.

    A question that stands alone does not lean on answers.
    """
    alone, points = leaning(question) == Lean.ALONE, points_back(question)
    later = list[set[str]]()
    for back, turn in enumerate(reversed(history[-TURNS_BACK:])):
        dropped = {term for name in _replaced(snapshot, question, turn.question) for term in terms(name)}
        weight = RECENCY**back
        for term in terms_with_spans(turn.question):
            if term not in dropped:
                word = turn.question[term.start : term.end]
                left = any(term not in standing for standing in later)
                yield _Said(str(term), word, weight, (-back, 0, term.start), False, turn.found, left)
        for at, name in enumerate(_people_and_places("" if alone else turn.answer[:ANSWER_CHARACTERS])):
            for value in terms(name):
                left = any(value not in standing for standing in later)
                yield _Said(value, name, ANSWER_SHARE * weight, (-back, 1, at), True, turn.found, left)
        if not points and leaning(turn.question) == Lean.ALONE:
            later.append(set(terms(turn.question)))


def _belongs(word: _Said, shown: _Shown, lean: Lean, has_words: bool) -> bool:
    """Whether the passages that the question finds by itself speak of the word.

    Of a subject that another question has left behind, one that is only short takes no more than one that stands alone.
    With words of its own a question takes nothing out of one that found nothing without such evidence: those words may
    be what no document speaks of.
    """
    if not word.found and has_words:
        lean = min(lean, Lean.PERHAPS)
    if word.left and lean == Lean.PERHAPS:
        lean = Lean.ALONE
    lift, evidence = LIFTS[lean], EVIDENCE[lean]
    if word.of_answer:
        lift, evidence = max(lift, ANSWER_LIFT), max(evidence, ANSWER_EVIDENCE)
    return shown.lift >= lift and shown.evidence >= evidence


def _people_and_places(answer: str) -> Iterator[str]:
    """The capitalised words of an answer, one by one; not those that begin a sentence."""
    for sentence in _SENTENCE_END.split(answer):
        for name in names(sentence):
            yield from (part for part in name.split() if not part[0].isdigit())


def _replaced(snapshot: Snapshot, question: str, earlier: str) -> Iterator[str]:
    """Of the earlier question, what each new name (or each word, when there are only few) takes the place of."""
    if leaning(question) == Lean.ALONE or speaks_of_someone(question):
        return
    new = names(question) or (_words(question) if len(set(terms(question))) <= FEW_TERMS else [])
    old = [part for part in dict.fromkeys([*names(earlier), *_words(earlier)]) if part not in question]
    if not old or not new:
        return
    vectors = snapshot.embed_sentences([*new, *old])
    cosines = vectors[: len(new)] @ vectors[len(new) :].T
    named = set(names(question)), set(names(earlier))
    for name, row in zip(new, cosines.tolist(), strict=True):
        nearest = max(range(len(old)), key=lambda at: (_form(old[at]) == _form(name), row[at]))
        if row[nearest] >= _least_cosine(name, old[nearest], named[0], named[1]):
            yield old[nearest]


def _least_cosine(new: str, old: str, new_names: set[str], old_names: set[str]) -> float:
    if _form(new) == _form(old) != "word":
        return -1.0
    return SAME_KIND if new in new_names and old in old_names else SAME_WORD_KIND


def _form(name: str) -> str:
    """Numbers take the place of numbers, acronyms that of acronyms, whatever they mean."""
    if name[0].isdigit():
        return "number"
    return "acronym" if len(name) > 1 and name.isupper() else "word"


def _words(text: str) -> list[str]:
    return [text[term.start : term.end] for term in terms_with_spans(text)]


def _shown(snapshot: Snapshot, question: str, held: Mapping[str, int], among: Ids | None) -> dict[str, _Shown]:
    """How often each term stands in the best passages of the question alone, and would by chance."""
    depth = min(POOL, max(1, round(POOL_SHARE * len(snapshot))))
    pool = retrieve(snapshot, question, k=depth, among=among).passages
    counts = Counter(_among_them(held, (f"{passage.context}\n{passage.text}" for passage in pool)))
    return {term: _Shown(counts[term], count * len(pool) / len(snapshot)) for term, count in held.items()}


def _among_them(wanted: Iterable[str], texts: Iterable[str]) -> Iterator[str]:
    wanted = set(wanted)
    for text in texts:
        yield from wanted.intersection(terms(text))


def _passages_holding(idf: float, passages: int) -> int:
    """How many of the passages hold a term of that idf: Lucene's formula (`index.lexical`) the other way round."""
    return round((passages + 1) / math.exp(idf) - 0.5)
