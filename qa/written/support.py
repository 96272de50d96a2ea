"""Whether a sentence is supported by the passages it cites.

Four things are looked at, each a reason of its own to strike a sentence: numbers, names, denials, and how much of what
the sentence says stands in one place of its passages, by words and by meaning. What the check sees and what it does
not is measured in `benchmarks/support.py` and told in docs/written.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from index.analysis import terms
from index.embedding.protocol import Vectors
from index.sentences import sentence_spans
from qa.answers import Citation
from qa.literal import LiteralKind, holds, literals
from qa.written.naming import known_names, unnamed
from qa.written.opposites import turned_round
from qa.written.quantities import quantities

__all__ = ["Evidence", "Findings", "Scales", "Verdict", "evidence_of", "findings", "verdict"]

Meaning = Callable[[Sequence[str]], Vectors]
Weights = Callable[[Sequence[str]], Mapping[str, float]]

COSINE_SHARE = 0.5
"""Of the meaning in the score; the rest is words. Together they tell right sentences from wrong ones of the same
passage better than either alone (AUROC by hand .82 against .78 and .72, SQuAD 2 .72 against .69 and .70)."""

LEAST_SCORE = 0.6
"""A sentence is supported from this score on: seven of eight right ones in other words are (SQuAD 2)."""

_SHOWN = 60
"""Characters of a sentence that a reason repeats."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the sentence stands, and if not, why in words."""

    supported: bool
    reason: str = ""


@dataclass(frozen=True)
class Evidence:
    """A cited passage as the check reads it."""

    text: str
    """The passage, below its header or lead-in where it has one."""
    about: str = ""
    """Title and headings: they say what the passage is about, not what it says."""

    @cached_property
    def windows(self) -> tuple[str, ...]:
        """Each sentence, and each with the one before it: a fact may stand in both."""
        lines = [line for line in self.text.splitlines() if line.strip()]
        said = [line[span.start : span.end] for line in lines for span in sentence_spans(line)]
        return (*said, *(f"{one} {other}" for one, other in pairwise(said)))


@dataclass(frozen=True, slots=True)
class Scales:
    """What sentences are weighed with: the corpus's model, and how rare each term is in the corpus."""

    meaning: Meaning
    weights: Weights


@dataclass(frozen=True, slots=True)
class Findings:
    """What was seen of one sentence beside its evidence."""

    number: str = ""
    """The first number, or word with a number in it, that the evidence does not have."""
    name: str = ""
    """The first name that the evidence does not have."""
    turned: str = ""
    """Words by which it says the opposite of the place that is nearest to it."""
    covered: float = 0.0
    """Share of its terms, weighed by how rare they are, in one place of the evidence and what that is about."""
    cosine: float = 0.0
    """Of its meaning and that of the nearest place."""

    @property
    def score(self) -> float:
        """Words and meaning together, in [0, 1]."""
        return (1 - COSINE_SHARE) * self.covered + COSINE_SHARE * max(0.0, self.cosine)


def evidence_of(citation: Citation) -> Evidence:
    """What a citation offers as evidence: its passage, and what stands above it."""
    lead = "" if citation.lead in citation.passage else f"{citation.lead}\n"
    about = (citation.title, *citation.heading, citation.sheet or "")
    return Evidence(lead + citation.passage, ". ".join(filter(None, about)))


def findings(sentence: str, evidence: Sequence[Evidence], scales: Scales, known: Sequence[str] = ()) -> Findings:
    """What is seen of the sentence beside the passages it cites, taken together.

    `known`: texts whose names are told from words that only begin a sentence.
    """
    text = "\n".join(each.text for each in evidence)
    whole = "\n".join([text, *(each.about for each in evidence)])
    windows = [(window, each.about) for each in evidence for window in each.windows]
    if not windows:
        return Findings()
    weights = scales.weights(sorted(set(terms(sentence))))
    covered = [_share(weights, set(terms(f"{window} {about}"))) for window, about in windows]
    vectors = scales.meaning([sentence, *(window for window, _ in windows)])
    cosines = (vectors[1:] @ vectors[0]).tolist()
    nearest = max(range(len(windows)), key=lambda at: covered[at] + cosines[at])
    return Findings(
        number=_unquantified(sentence, whole),
        name=unnamed(sentence, whole, known_names([whole, *known])),
        turned=turned_round(sentence, windows[nearest][0]),
        covered=covered[nearest],
        cosine=max(cosines),
    )


def verdict(found: Findings) -> Verdict:
    """What follows from the findings."""
    if found.number:
        return Verdict(False, f"the passage does not say {found.number[:_SHOWN]}")
    if found.name:
        return Verdict(False, f"the passage does not name {found.name[:_SHOWN]}")
    if found.turned:
        return Verdict(False, f"the passage says the opposite of “{found.turned[:_SHOWN]}”")
    if found.score < LEAST_SCORE:
        return Verdict(False, "the passage does not say this")
    return Verdict(True)


def _unquantified(sentence: str, text: str) -> str:
    for literal in literals(sentence):
        if literal.kind is LiteralKind.IDENTIFIER and any(map(str.isdigit, literal.text)) and not holds(text, literal):
            return literal.text
    theirs = quantities(text)
    for mine in quantities(sentence):
        if not any(mine.may_be(other) for other in theirs):
            return sentence[mine.span.start : mine.span.end]
    return ""


def _share(weights: Mapping[str, float], held: set[str]) -> float:
    total = sum(weights.values())
    return sum(weight for term, weight in weights.items() if term in held) / total if total else 0.0
