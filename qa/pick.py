"""From passages to the sentence that answers.

Every sentence of the best passages is a candidate, scored by what speaks for it (`Evidence`), as in a conditional logit
(McFadden 1974): of all candidates of one question, those that hold the answer shall weigh most.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from operator import attrgetter, mul

from index.analysis import terms
from index.documents import Block, BlockKind, Span
from index.embedding import Vectors
from index.products import inner_products
from index.reading.tables import CELL_GAP
from index.schema import PassageRecord
from index.sentence_vectors import header_of
from index.snapshot import Snapshot
from qa.answer_types import AnswerType, answering, asked_for
from qa.by_words import sentence_vectors
from qa.clauses import CLAUSE, CLAUSE_IDF, AskedClauses
from qa.flowing import flowing
from qa.labels import is_asked_for, label_of, with_measures
from qa.leaning import names
from qa.months import MONTH, MONTH_IDF, AskedMonths
from qa.negation import denied
from qa.retrieve import Retrieved

__all__ = ["WEIGHTS", "Evidence", "Picked", "extended", "pick"]

PASSAGES = 15
"""Best passages whose sentences are candidates."""

WEIGHTS: Mapping[str, float] = {
    "cosine": 1.0,
    "words": 1.2,
    "words_before": 0.65,
    "words_of_context": 0.69,
    "pairs": 0.06,
    "passage_score": 0.13,
    "passage_cosine": 1.43,
    "words_of_passage": 0.51,
    "heading": -1.0,
    "row": 0.3,
    "question": -0.18,
    "negated": 0.2,
    "label": 0.6,
    "length": 0.06,
}
"""Of each part of the evidence: about as good as those that `benchmarks/fit_answers.py` fits (right sentence, SQuAD 2
and chunking: .809 and .595; fitted and held out .811 and .583). Headings and rows, which its sets lack, by the sample
corpus; what denies the same, by SQuAD 2's negated questions: more than .2 finds one of 64 more, and answers a fiftieth
more of those without an answer."""

OF_KIND: Mapping[AnswerType, float] = {
    AnswerType.PERSON: 0.31,
    AnswerType.PLACE: 0.26,
    AnswerType.DATE: 0.55,
    AnswerType.NUMBER: 0.35,
    AnswerType.AMOUNT: 0.24,
    AnswerType.SHARE: 0.42,
    AnswerType.DURATION: 0.57,
    AnswerType.REASON: 0.19,
    AnswerType.OPEN: 0.0,
}
"""What it is worth that a sentence holds words of the kind asked for, found alike."""

NEXT_WITHIN, NEXT_TO_KIND_WITHIN, NEXT_OF_KIND_WITHIN = 0.15, 0.3, 0.6
"""A neighbouring sentence this little behind the best is quoted with it; more is allowed when the best holds words of
the kind asked for, most when only the other does, or denies what the question denies. SQuAD 2: right in 80 % alone, in
83 % with a second sentence in one answer of ten; with .3 for the first, in one of five and in no more right."""

_NUMBERED = re.compile(r"(?:\d{1,3}(?:\.\d{1,3})+|\d{1,3}[.)]|\([a-z]\))\s")
"""So begins a clause of its own."""

NEAR = 4
"""Words between two words of a pair at most."""

LABELLED = 0.7
"""Share of the question's words that the passage of a label holds at least, so that it is of what is asked about."""

LONG_TERMS = 40
"""A sentence of so many terms counts as long as any."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a sentence. Shares of words are weighted by idf."""

    cosine: float
    """Of the sentence to the question."""
    words: float
    """Share of the question's words that the sentence holds."""
    words_before: float
    """Share held by the sentence before it and not by itself: "They were led by ..."

    Of a row, by the header that names its columns; by the row before it, where one of two cells may name none.
    """
    words_of_context: float
    """Share held by the title and headings and not by itself."""
    pairs: float
    """Share of the question's neighbouring words that stand near each other."""
    passage_score: float
    passage_cosine: float
    words_of_passage: float
    heading: float
    """1 for a heading, which names what follows and does not say it."""
    row: float
    """1 for the row of a table."""
    question: float
    """1 for a question."""
    negated: float
    """1 when it denies what the question denies."""
    label: float
    """1 when it begins with a label that the question asks for, and denies nothing of."""
    length: float
    """Terms, in `LONG_TERMS`."""
    of_kind: bool
    """Whether it holds words of the kind asked for."""

    def score(self, kind: AnswerType) -> float:
        """The weighted sum."""
        return float(sum(map(mul, WEIGHTS.values(), _values(self)))) + OF_KIND[kind] * self.of_kind


_values = attrgetter(*WEIGHTS)


@dataclass(frozen=True)
class Picked:
    """A sentence that may answer (or two that follow each other), with what speaks for it."""

    passage: PassageRecord
    span: Span
    kind: AnswerType
    """Of the question."""
    asked: str
    """The question."""
    evidence: Evidence
    score: float

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return slice_of(self.passage, self.span)

    @cached_property
    def marks(self) -> tuple[Span, ...]:
        """The words of the kind asked for, in characters of the document."""
        found = answering(self.kind, self.text, self.asked)
        return tuple(Span(self.span.start + start, self.span.start + end) for start, end in found)

    @property
    def block(self) -> Block | None:
        """The block that the sentence stands in."""
        return block_at(self.passage, self.span.start)


def pick(snapshot: Snapshot, retrieved: Retrieved, question: str) -> list[Picked]:
    """The sentences of the retrieved passages, best first; of equals, by path and place."""
    months, clauses = AskedMonths.of(question), AskedClauses.of(question)
    pairs = frozenset(map(frozenset, pairwise(retrieved.idf)))
    named = frozenset(term for name in names(question) for term in terms(name))
    asked = _Asked(question, asked_for(question), retrieved.idf, months, clauses, denied(question), pairs, named)
    found: dict[tuple[int, Span], Picked] = {}
    for at, vectors in enumerate(sentence_vectors(snapshot, retrieved.passages)):
        for candidate in asked.candidates(retrieved, at, vectors):
            found.setdefault((candidate.passage.document.id, candidate.span), candidate)
    return sorted(found.values(), key=lambda p: (-round(p.score, 5), p.passage.document.path, p.span))


def extended(picked: Sequence[Picked]) -> Picked:
    """The best sentence; with the one before or after it when that is nearly as good, as one stretch of the passage.

    `picked` is not empty, best first.
    """
    best = picked[0]
    for other in picked[1:]:
        if best.score - other.score > NEXT_OF_KIND_WITHIN:
            break
        if _follow_each_other(best, other) and best.score - other.score < _allowed(best, other):
            return replace(best, span=Span(min(best.span.start, other.span.start), max(best.span.end, other.span.end)))
    return best


def slice_of(passage: PassageRecord, span: Span) -> str:
    """Characters `span` of the document, which lie inside the passage."""
    return passage.text[span.start - passage.start : span.end - passage.start]


def block_at(passage: PassageRecord, offset: int) -> Block | None:
    """The passage's block that holds the document's character at `offset`."""
    return next((block for block in passage.blocks if block.start <= offset < block.end), None)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question, taken apart once."""

    question: str
    kind: AnswerType
    idf: Mapping[str, float]
    months: AskedMonths
    clauses: AskedClauses
    denied: frozenset[str]
    pairs: frozenset[frozenset[str]]
    """Its neighbouring words."""
    named: frozenset[str]
    """The terms of its names."""

    def candidates(self, retrieved: Retrieved, at: int, vectors: Vectors) -> Iterator[Picked]:
        """The sentences of passage `at` with their evidence; headers of columns name what the rows say."""
        passage = retrieved.passages[at]
        in_context, before = set(terms(passage.context)), set[str]()
        in_passage = self.clauses.held(passage.text, in_context | set(terms(passage.text)))
        of_passage, is_about = _share(in_passage, self.idf), _share(with_measures(in_passage), self.idf) >= LABELLED
        idf = {**self.idf, **({MONTH: MONTH_IDF} if self.months.months else {})}
        idf |= {CLAUSE: CLAUSE_IDF} if self.clauses.numbers else {}
        headers = {block.header.start: header_of(passage, block) for block in passage.blocks if block.header}
        columns = {start: set(terms(text)) - in_context for start, text in headers.items() if _names_columns(text)}
        cosines = inner_products(vectors, retrieved.vector[0]).tolist()
        for span, cosine in zip(passage.sentences, cosines, strict=True):
            text, block = flowing(slice_of(passage, span)), block_at(passage, span.start)
            above = block.header.start if block and block.header else None
            header = "" if above is None else headers[above]
            before = before if above is None else columns.get(above, before)
            found = terms(text)
            held = self.months.held(text, set(found), header)
            held = self.clauses.held(text, held)
            words, of_kind = _share(held, idf), answering(self.kind, text, self.question)
            heading = block.place.heading[-1] if block and block.place.heading else ""
            evidence = Evidence(
                cosine=cosine,
                words=words,
                words_before=_share(held | before, idf) - words,
                words_of_context=_share(held | in_context, idf) - words,
                pairs=self._pairs(found),
                passage_score=float(retrieved.scores[at]),
                passage_cosine=float(retrieved.cosines[at]),
                words_of_passage=of_passage,
                heading=float(block is not None and block.kind is BlockKind.HEADING),
                row=float(block is not None and block.kind is BlockKind.ROW),
                question=float(text.rstrip().endswith("?")),
                negated=float(bool(self.denied) and not self.denied.isdisjoint(denied(text))),
                label=float(is_about and self._is_labelled(text, heading, of_kind)),
                length=min(len(found), LONG_TERMS) / LONG_TERMS,
                of_kind=bool(of_kind),
            )
            before = set(found)
            if block is None or block.start not in columns:
                yield Picked(passage, span, self.kind, self.question, evidence, evidence.score(self.kind))

    def _is_labelled(self, text: str, heading: str, of_kind: Sequence[Span]) -> bool:
        return not self.denied and is_asked_for(text, heading, self.idf, self.kind, of_kind, self.named)

    def _pairs(self, found: Sequence[str]) -> float:
        held = [at for at, term in enumerate(found) if term in self.idf]
        near = [(a, b) for i, a in enumerate(held) for b in held[i + 1 : i + 1 + NEAR] if b - a <= NEAR]
        return len(self.pairs & {frozenset((found[a], found[b])) for a, b in near}) / max(1, len(self.pairs))


def _names_columns(header: str) -> bool:
    """Whether a header names columns; one of two cells may be a name with its value: "Type | PDF viewer"."""
    return header.count(CELL_GAP) != 1


def _share(held: set[str], idf: Mapping[str, float]) -> float:
    if held.isdisjoint(idf):
        return 0.0
    total = sum(idf.values())
    return sum(weight for term, weight in idf.items() if term in held) / total if total > 0 else 0.0


def _follow_each_other(one: Picked, other: Picked) -> bool:
    """Whether both are prose of one passage with no sentence between them, and of one clause, or below one label."""
    if one.passage.id != other.passage.id or one.evidence.row or other.evidence.row or other.evidence.heading:
        return False
    spans = one.passage.sentences
    later = max(one, other, key=lambda picked: picked.span)
    begins = later.block is not None and later.block.start == later.span.start
    if _NUMBERED.match(later.text) or (begins and label_of(later.text)):
        return False
    places = [spans.index(picked.span) for picked in (one, other) if picked.span in spans]
    return len(places) == 2 and abs(places[0] - places[1]) == 1


def _allowed(best: Picked, other: Picked) -> float:
    if other.evidence.negated > best.evidence.negated:
        return NEXT_OF_KIND_WITHIN
    if best.kind is AnswerType.OPEN or not (best.evidence.of_kind or other.evidence.of_kind):
        return NEXT_WITHIN
    return NEXT_TO_KIND_WITHIN if best.evidence.of_kind else NEXT_OF_KIND_WITHIN
