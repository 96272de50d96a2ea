"""From passages to the sentence that answers.

Every sentence of the best passages is scored by meaning (cosine to the question), by the question's words it holds
(weighted by idf), and by the passage it stands in.
"""

from __future__ import annotations

from dataclasses import dataclass

from index.analysis import terms
from index.documents import BlockKind, Span
from index.schema import PassageRecord
from index.snapshot import Snapshot
from qa.retrieve import Retrieved

__all__ = ["Picked", "coverage", "pick"]

PASSAGES = 8
"""Best passages whose sentences are candidates."""

SENTENCES = 24
"""Candidates that are embedded: those that share most with the question, or stand in the best passages."""

MEANING, WORDS, PASSAGE = 1.0, 1.0, 0.04
"""Weights of cosine, share of words and fused passage score, fitted by `benchmarks/fit_answers.py`."""


@dataclass(frozen=True, slots=True)
class Picked:
    """A sentence that may answer, with what speaks for it."""

    passage: PassageRecord
    span: Span
    score: float
    cosine: float
    """To the question."""
    words: float
    """Share of the question's words, weighted by idf, that the sentence holds."""
    passage_score: float

    @property
    def text(self) -> str:
        """The sentence, verbatim."""
        return slice_of(self.passage, self.span)


def pick(snapshot: Snapshot, retrieved: Retrieved) -> list[Picked]:
    """The candidate sentences of the retrieved passages, best first."""
    candidates = _candidates(retrieved)
    if not candidates:
        return []
    vectors = snapshot.embed_sentences([_asked_of(c.passage, c.span) for c in candidates])
    cosines = vectors @ retrieved.vector[0]
    scored = [_scored(candidate, float(cosine)) for candidate, cosine in zip(candidates, cosines, strict=True)]
    return sorted(scored, key=lambda p: (-round(p.score, 5), p.passage.document.path, p.span))


def coverage(text: str, idf: dict[str, float]) -> float:
    """Share of the question's words, weighted by idf, that `text` holds: in [0, 1]."""
    total = sum(idf.values())
    if total <= 0:
        return 0.0
    held = set(terms(text))
    return sum(weight for term, weight in idf.items() if term in held) / total


def slice_of(passage: PassageRecord, span: Span) -> str:
    """Characters `span` of the document, which lie inside the passage."""
    return passage.text[span.start - passage.start : span.end - passage.start]


def _candidates(retrieved: Retrieved) -> list[Picked]:
    """Unembedded candidates: the `SENTENCES` most promising by words and by passage."""
    found: dict[tuple[int, Span], Picked] = {}
    for passage, passage_score in zip(retrieved.passages, retrieved.scores.tolist(), strict=True):
        for span in passage.sentences:
            words = coverage(slice_of(passage, span), retrieved.idf)
            score = WORDS * words + PASSAGE * passage_score
            place = (passage.document.id, span)
            if _may_answer(passage, span) and place not in found:
                found[place] = Picked(passage, span, score, 0.0, words, passage_score)
    return sorted(found.values(), key=lambda picked: -picked.score)[:SENTENCES]


def _scored(picked: Picked, cosine: float) -> Picked:
    score = MEANING * cosine + picked.score
    return Picked(picked.passage, picked.span, score, cosine, picked.words, picked.passage_score)


def _may_answer(passage: PassageRecord, span: Span) -> bool:
    """Headings name what follows, they do not say it; they answer only when a passage has nothing else."""
    block = next((block for block in passage.blocks if block.start <= span.start < block.end), None)
    only_heading = all(b.kind == BlockKind.HEADING for b in passage.blocks)
    return block is None or block.kind != BlockKind.HEADING or only_heading


def _asked_of(passage: PassageRecord, span: Span) -> str:
    """What of a sentence is compared with the question."""
    return slice_of(passage, span)
