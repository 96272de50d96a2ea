"""Follow-up questions on MTRAG: what the words carried over from earlier turns are worth, and what they cost.

    python -m benchmarks.followups EVAL_FOLDER [--work FOLDER]

`mtrag-cloud`: nDCG@10 and recall@5 of the last turn alone, of the last turn with what `carried_words` carries over
from the questions before it, and of a person's rewrite; then the price: of questions that stand on their own, put at
the end of another conversation, how many take words over, and what that does to them. `mtrag-un`, where it is there:
the same with a history of answers as well, which it has, and without the rewrite, which it has not.

A document counts by its best passage. Intervals are the middle 95 % of 1,000 resamples of whole conversations: turns
of one conversation are no independent draws.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.snapshot import Snapshot
from qa.evaluation.bootstrap import Interval, Statistic, paired_intervals, value_of
from qa.evaluation.ranking import retrieval_measures
from qa.followup import carried_words
from qa.retrieve import retrieve

from .followups_turns import AskedTurn, changes_of_topic, cloud_turns, documents_of, first_turns, un_turns
from .retrieval import DEPTH, indexed

MEASURES = ("nDCG@10", "recall@5")

ALONE, CARRIED, CARRIED_ANSWERS, REWRITE = "alone", "carried", "carried, answers too", "rewrite"

Measured = dict[str, dict[str, float]]
"""{turn: {measure: value}}"""


@dataclass(frozen=True, slots=True)
class Asked:
    """Turns with the words that each took over."""

    turns: Sequence[AskedTurn]
    carried: Mapping[str, tuple[str, ...]]
    """{turn: words}"""

    @property
    def carrying(self) -> int:
        """Turns that took over any."""
        return sum(bool(self.carried[turn.id]) for turn in self.turns)


def main() -> None:
    """Measure the sets that the folder holds."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder with one folder per set")
    parser.add_argument("--work", type=Path, help="keep texts and indexes here (default: a temporary folder)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = options.work or Path(temporary)
        _measure(options.folder / "mtrag-cloud", work, "corpus.jsonl", cloud)
        if (options.folder / "mtrag-un" / "reference.jsonl").is_file():
            _measure(options.folder / "mtrag-un", work, "corpus_contexts.jsonl", un)


def _measure(source: Path, work: Path, passages: str, measure: Callable[[Snapshot, Path], None]) -> None:
    corpus = indexed(work / source.name, documents_of(source / passages))
    with corpus._index.snapshot() as snapshot:
        measure(snapshot, source)


def cloud(snapshot: Snapshot, source: Path) -> None:
    """Last turn, carried and rewrite; then the rewrites and first turns after another conversation."""
    turns = cloud_turns(source)
    asked = _asked(snapshot, turns)
    _tell_shares(source.name, asked)
    ways = {
        ALONE: _searched(snapshot, turns),
        CARRIED: _searched(snapshot, turns, asked.carried),
        REWRITE: _searched(snapshot, [replace(turn, question=turn.rewrite) for turn in turns]),
    }
    for name, some in (("all", turns), ("first", _first(turns)), ("later", _later(turns))):
        _tell(f"{source.name}, {name} turns", some, ways)
    for name, some in (("rewrites", turns), ("first turns", first_turns(turns))):
        _change_of_topic(snapshot, f"{source.name}, change of topic, {name}", changes_of_topic(some, turns))


def un(snapshot: Snapshot, source: Path) -> None:
    """Last turn and carried, from questions and from answers too; then first turns after another conversation."""
    turns = un_turns(source)
    bare = [turn.without_answers for turn in turns]
    asked, answered = _asked(snapshot, bare), _asked(snapshot, turns)
    _tell_shares(f"{source.name}, questions", asked)
    _tell_shares(f"{source.name}, answers too", answered)
    judged = [turn for turn in turns if turn.grades]
    ways = {
        ALONE: _searched(snapshot, judged),
        CARRIED: _searched(snapshot, judged, asked.carried),
        CARRIED_ANSWERS: _searched(snapshot, judged, answered.carried),
    }
    for name, some in (("all", judged), ("later", _later(judged))):
        _tell(f"{source.name}, {name} turns", some, ways)
    _change_of_topic(snapshot, f"{source.name}, change of topic", changes_of_topic(first_turns(turns), turns))


def _asked(snapshot: Snapshot, turns: Sequence[AskedTurn]) -> Asked:
    return Asked(turns, {turn.id: carried_words(snapshot, turn.question, turn.history) for turn in turns})


def _first(turns: Iterable[AskedTurn]) -> list[AskedTurn]:
    return [turn for turn in turns if turn.is_first]


def _later(turns: Iterable[AskedTurn]) -> list[AskedTurn]:
    return [turn for turn in turns if not turn.is_first]


def _searched(
    snapshot: Snapshot, turns: Iterable[AskedTurn], carried: Mapping[str, tuple[str, ...]] | None = None
) -> Measured:
    """What is found for each question, with the words carried over."""
    rankings, grades = {}, {}
    for turn in turns:
        found = retrieve(snapshot, turn.question, k=4 * DEPTH, extra_terms=(carried or {}).get(turn.id, ()))
        rankings[turn.id] = list(dict.fromkeys(p.document.path.removesuffix(".txt") for p in found.passages))
        grades[turn.id] = turn.grades
    return retrieval_measures(grades, rankings)


def _change_of_topic(snapshot: Snapshot, name: str, turns: Sequence[AskedTurn]) -> None:
    """How many questions take words over that they do not need, and what that does to those that were judged."""
    asked = _asked(snapshot, turns)
    print(f"{name}: {_share(asked.carrying, len(turns))} of questions carry words")
    judged = [turn for turn in turns if turn.grades]
    ways = {ALONE: _searched(snapshot, judged), CARRIED: _searched(snapshot, judged, asked.carried)}
    _tell(name, judged, ways)


def _tell_shares(name: str, asked: Asked) -> None:
    for kind, some in (("first", _first(asked.turns)), ("later", _later(asked.turns))):
        carrying = Asked(some, asked.carried).carrying
        print(f"{name}: {_share(carrying, len(some))} of {kind} turns carry words")


def _tell(name: str, turns: Sequence[AskedTurn], ways: Mapping[str, Measured]) -> None:
    """Each way with its interval, and what each gains on the one before it, drawn again together."""
    conversations = sorted({turn.conversation for turn in turns})
    print(f"{name}: {len(turns)} turns of {len(conversations)} conversations")
    for measure in MEASURES:
        means = [_mean(turns, conversations, way, measure) for way in ways.values()]
        pairs = [(mean, None) for mean in means] + list(zip(means[1:], means, strict=False))
        found = paired_intervals(pairs, len(conversations))
        values = [value_of(mean, len(conversations)) or 0.0 for mean in means]
        for way, value, interval in zip(ways, values, found, strict=False):
            print(f"    {measure:>9}  {way:<20}  {value:.4f}  {_in_words(interval)}")
        gains = [now - before for now, before in zip(values[1:], values, strict=False)]
        for way, gain, interval in zip(list(ways)[1:], gains, found[len(ways) :], strict=True):
            print(f"    {measure:>9}  {way + ' gains':<20} {gain:+.4f}  {_in_words(interval, '+')}")


def _mean(turns: Sequence[AskedTurn], conversations: Sequence[str], measured: Measured, measure: str) -> Statistic:
    """The mean over turns, as a statistic of how often each conversation was drawn."""
    row = {name: at for at, name in enumerate(conversations)}
    rows = [row[turn.conversation] for turn in turns]
    values = [measured[turn.id][measure] for turn in turns]
    sums = np.bincount(rows, weights=values, minlength=len(row))
    counts = np.bincount(rows, minlength=len(row))

    def mean(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        quotient: NDArray[np.float64] = (weights @ sums) / (weights @ counts)
        return quotient

    return mean


def _share(some: int, total: int) -> str:
    return f"{100 * some / total if total else 0:.1f} % ({some} of {total})"


def _in_words(interval: Interval, sign: str = "") -> str:
    return f"[{interval[0]:{sign}.4f}, {interval[1]:{sign}.4f}]" if interval else "[no interval]"


if __name__ == "__main__":
    main()
