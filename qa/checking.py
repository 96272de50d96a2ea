"""Testing an index by asking it: what `footnote check` finds out with questions made of the passages themselves.

A passage is asked for by its own rarest words, in the order they stand in it:

    "Norway has pledged 12 million dollars of aid to Colombia."  ->  'Norway pledged 12 million Colombia'

Whoever asks so knows what stands there; a passage that is not found then will not be found at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from index import PassageRecord, Snapshot
from index.analysis import MAX_TERM_CHARACTERS, Term, terms, terms_with_spans
from index.checking import CheckProgress, Finding, OnCheck, Verdict
from index.checking.findings import NAMED, judged, not_checked
from index.checking.stored import spread
from index.errors import ChangedMeanwhile
from index.opening import AnyIndex
from qa.answers import Answer, Citation, Hit

if TYPE_CHECKING:
    from qa.corpus import Corpus

__all__ = ["SAMPLE", "CheckReport", "check_as_json", "checked", "rare_words"]

SAMPLE = 500
"""Passages looked for when there are more: 20 s on 12,000 passages and two cores."""

ASKED = 100
"""Of the questions made, how many are also asked for an answer, whose citations are looked at."""

FIRST = 10
"""A passage counts as found among this many."""

WORDS = 8
"""Words of a question at most. Share found of 12,161 passages of financial reports: 4 words .973, 6 .977, 8 .982."""

REACHABLE = 0.95
"""Share of the passages that must be found. Measured: all of prose and notes, .992 of 30 financial reports, where
headings such as "RESULTS OF OPERATIONS" stand in many more than ten."""

TRIES = 3
"""How often questions are asked anew because documents changed meanwhile."""

COSTS_NO_ANSWER = {"files", "folder", "kept"}
"""Findings on what is made again or has moved on: an index that is wrong in these can be asked all the same."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """How a check went."""

    findings: tuple[Finding, ...]
    seconds: float = field(default=0.0, compare=False)
    mended: tuple[str, ...] = ()
    """What a repair found and did before, a line each."""

    @property
    def well(self) -> bool:
        """Whether nothing is wrong, and nothing was left unchecked."""
        return not any(finding.verdict in {Verdict.WRONG, Verdict.NOT_CHECKED} for finding in self.findings)


@dataclass(frozen=True, slots=True)
class _Probe:
    """A passage and the question made of its words; "" when it has none."""

    passage: PassageRecord
    question: str


@dataclass(frozen=True, slots=True)
class _Asked:
    """One probe that was asked, and how long that took."""

    probe: _Probe
    seconds: float
    rank: int
    """Where the passage was found, counted from 1; 0 when it was not."""
    like_others: bool
    """Not found, but everything found instead holds every word of the question too."""


def checked(
    corpus: Corpus,
    index: AnyIndex,
    sample: int,
    tell: OnCheck,
    *,
    repair: bool = False,
    on_mend: Callable[[str], None] | None = None,
) -> CheckReport:
    """Test the index by itself, and when it is sound by asking `corpus`, which answers from it.

    `repair`: mend what is damaged before; `on_mend` gets its lines as they come, also of one that ends in an error.
    """
    started = time.perf_counter()
    mended: list[str] = []

    def say(line: str) -> None:
        mended.append(line)
        if on_mend:
            on_mend(line)

    if repair:
        index.repair(sample, say, tell)
    findings = index.check(sample, tell)
    wrong = [f.name for f in findings if f.verdict == Verdict.WRONG and f.name not in COSTS_NO_ANSWER]
    if wrong:
        findings += [not_checked(name, f"mend first: {', '.join(wrong)}") for name in ("reachable", "citations")]
    else:
        findings += _found_by_asking(corpus, index, sample, tell)
    return CheckReport(tuple(findings), time.perf_counter() - started, tuple(mended))


def _found_by_asking(corpus: Corpus, index: AnyIndex, sample: int, tell: OnCheck) -> list[Finding]:
    """Ask; once more when the documents changed under the questions, and some then were not found."""
    for _ in range(TRIES):
        with suppress(ChangedMeanwhile):
            with index.snapshot() as snapshot:  # held still for all questions, whatever another process syncs meanwhile
                found, change = _asked_of_itself(corpus, snapshot, sample, tell), snapshot.change
            with index.snapshot() as after:
                if after.change == change or all(finding.verdict != Verdict.WRONG for finding in found):
                    return found
    return [not_checked(name, "check again when no sync is under way") for name in ("reachable", "citations")]


def check_as_json(report: CheckReport) -> dict[str, Any]:
    """The report as plain dictionaries and lists, ready for `json.dumps`."""
    findings = [{name: getattr(f, name) for name in Finding.__dataclass_fields__} for f in report.findings]
    return {"well": report.well, "mended": list(report.mended), "findings": findings, "seconds": report.seconds}


def rare_words(text: str, idf: Mapping[str, float]) -> str:
    """The `WORDS` words of `text` whose terms are the rarest, each once, as and in the order they are written there."""
    first: dict[str, Term] = {}
    for term in terms_with_spans(text):
        first.setdefault(str(term), term)
    rarest = sorted(first.values(), key=lambda term: (-idf[str(term)], term.start))[:WORDS]
    spans = sorted({(term.start, min(term.end, term.start + MAX_TERM_CHARACTERS)) for term in rarest})
    return " ".join(text[start:end] for start, end in spans)


def _asked_of_itself(corpus: Corpus, snapshot: Snapshot, sample: int, tell: OnCheck) -> list[Finding]:
    """Look for passages by their own words, ask some of the questions, and time both."""
    probes = _probes(snapshot, sample)
    asked = [probe for probe in probes if probe.question]
    if not asked:
        said = "there is no passage with words to ask for"
        return [Finding("reachable", Verdict.NOTE, said, "add documents to the folder, then run `footnote sync`")]
    corpus.search(asked[0].question, FIRST)  # what is loaded at the first question is not timed
    searched = []
    for done, probe in enumerate(asked):
        tell(CheckProgress("looking for passages by their own words", done, len(asked)))
        searched.append(_searched(corpus, probe))
    answers: list[Answer] = []
    chosen = spread(np.arange(len(asked)), ASKED).tolist()
    for done, at in enumerate(chosen):
        tell(CheckProgress("asking questions made of passages", done, len(chosen)))
        answers.append(corpus.ask(asked[at].question))
    return [_reachable(searched, len(probes) - len(asked)), _citations(corpus, answers), _speed(searched, answers)]


def _probes(snapshot: Snapshot, sample: int) -> list[_Probe]:
    passages = snapshot.passages(spread(snapshot.passages_within(["*"]), sample).tolist())
    return [_Probe(p, rare_words(p.text, snapshot.lexical_scores(terms(p.text)).idf)) for p in passages]


def _searched(corpus: Corpus, probe: _Probe) -> _Asked:
    started = time.perf_counter()
    hits = corpus.search(probe.question, FIRST)
    seconds = time.perf_counter() - started
    rank = next((at for at, hit in enumerate(hits, 1) if _is_found(probe.passage, hit)), 0)
    wanted = set(terms(probe.question))
    return _Asked(probe, seconds, rank, not rank and all(wanted <= _terms_of(hit) for hit in hits))


def _is_found(passage: PassageRecord, hit: Hit) -> bool:
    """Whether the hit is the passage, one of the same text, or one that stands for it."""
    place = (passage.document.path, passage.start)
    return hit.passage == passage.text or any((other.path, other.start) == place for other in hit.also)


def _terms_of(hit: Hit) -> set[str]:
    """The terms that the passage can be found by, its title and headings among them."""
    return set(terms("\n".join([hit.title, *hit.heading, hit.passage])))


def _reachable(searched: Sequence[_Asked], wordless: int) -> Finding:
    """Whether the passages were found by their own words."""
    alike = sum(asked.like_others for asked in searched)
    lost = [asked.probe for asked in searched if not asked.rank and not asked.like_others]
    found = sum(asked.rank > 0 for asked in searched)
    share = 1 - len(lost) / len(searched)
    first = sum(asked.rank == 1 for asked in searched)
    said = f"{found:,} of {len(searched):,} passages found among the first {FIRST} by their own words, {first:,} first"
    if alike:
        said += f"; {alike:,} say what more than {FIRST} others say too"
    if wordless:
        said += f"; {wordless:,} have no words"
    lines = tuple(f"{_named(probe.passage)} by “{probe.question}”" for probe in lost[:NAMED])
    facts: dict[str, int | float | str] = {
        "asked": len(searched), "found": found, "first": first, "like_others": alike, "without_words": wordless,
        "share": round(share, 4),
    }  # fmt: skip
    if share >= REACHABLE:
        return Finding("reachable", Verdict.OK, said, examples=lines, facts=facts)
    remedy = f"at least {REACHABLE:.0%} should be: run `footnote sync --rebuild`, then check again"
    return Finding("reachable", Verdict.WRONG, said, remedy, lines, facts)


def _citations(corpus: Corpus, answers: Sequence[Answer]) -> Finding:
    """Whether every citation is the very text of its document at the place it names."""
    stored = lru_cache(maxsize=64)(corpus.document_text)
    problems: list[str] = []
    cited = 0
    for answer in answers:
        for citation in answer.citations:
            cited += 1
            problems.extend(f"{citation.path}: {what}" for what in _wrong_with(citation, stored(citation.path)))
        if answer.found and not any(answer.text in stored(citation.path) for citation in answer.citations):
            problems.append(f"the answer to “{answer.question}” stands in none of the documents it cites")
    well = f"{cited:,} citations of {len(answers):,} answers are the text of their documents, character for character"
    return judged("citations", problems, well, facts={"citations": cited, "answers": len(answers)})


def _wrong_with(citation: Citation, text: str) -> Iterator[str]:
    """What of a citation is not as the stored text of its document has it."""
    if text[citation.start : citation.end] != citation.quote or not citation.quote:
        yield f"the quote is not its characters {citation.start:,} to {citation.end:,}"
    if not text.startswith(citation.passage, citation.passage_start):
        yield f"the passage does not stand at {citation.passage_start:,}"
    if not all(citation.start <= mark.start < mark.end <= citation.end for mark in citation.marks):
        yield f"a mark is outside the quote at {citation.start:,}"
    if citation.lead and citation.lead not in text and citation.lead not in citation.passage:
        yield f"the words before the quote at {citation.start:,} do not stand there"


def _speed(searched: Sequence[_Asked], answers: Sequence[Answer]) -> Finding:
    """How long searching and asking took, as information."""
    took = {
        "search": np.array([asked.seconds for asked in searched]) * 1000,
        "ask": np.array([answer.seconds for answer in answers]) * 1000,
    }
    facts: dict[str, int | float | str] = {}
    parts = []
    for what, milliseconds in took.items():
        half, most = float(np.median(milliseconds)), float(np.quantile(milliseconds, 0.95))
        parts.append(f"{what} {half:,.0f} ms at the median, 95 % within {most:,.0f} ms")
        facts |= {f"{what}_median_ms": round(half, 2), f"{what}_p95_ms": round(most, 2)}
    return Finding("speed", Verdict.NOTE, "; ".join(parts), facts=facts)


def _named(passage: PassageRecord) -> str:
    start = " ".join(passage.text.split())[:50]
    return f"{passage.document.path} at {passage.start:,} (“{start}”)"
