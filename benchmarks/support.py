"""How well the check of written answers tells sentences that a passage supports from those that it does not.

    python -m benchmarks.support [EVAL_FOLDER]

By hand: `benchmarks/support_cases.py`, sentences about passages of the sample corpus that a language model might
write, right and wrong. With a folder also SQuAD 2: a question and its answer are made into a sentence by rule ("Who led
X?" and "Rollo" into "Rollo led X."), which stands beside its paragraph:

| kind | sentence | supported |
| --- | --- | --- |
| verbatim | a sentence of the paragraph | yes |
| right | question and answer | yes |
| number changed, name swapped, negated | the same with one change | no |
| other passage | the same, beside another paragraph of the article | no |
| other answer | with the answer of another question of the paragraph that asks for the same kind of thing | no |
| unanswerable | a question without an answer, and the answer that its author found plausible | no |

Printed is the share of each kind that is struck out, with the middle 95 % of 1,000 bootstrap resamples. Some right
sentences are made badly by the rule: the figures for them are a lower bound.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index import Index, Snapshot
from index.sentences import sentence_spans
from qa.answer_types import asked_for
from qa.evaluation.abstention import auroc
from qa.evaluation.bootstrap import Statistic, intervals, value_of
from qa.written.naming import names_in
from qa.written.support import Evidence, Findings, Scales, findings, verdict

from .support_cases import RIGHT, WRONG

Floats = NDArray[np.float64]

SEED = 5
PARAGRAPHS = 900
"""Paragraphs of SQuAD 2 that a sentence of each kind is made for, where it can be."""

SUPPORTED = ("verbatim", "right", "by hand, right")

_ASKS = re.compile(
    r"\b(?:how many|how much|what (?:kind|type|sort) of|what|which|who|whom|whose|where|when|why|how)\b", re.IGNORECASE
)
_AUXILIARY = re.compile(
    r"\s*(do|does|did|is|are|was|were|has|have|had|will|would|can|could|may|might|should)\b\s*", re.IGNORECASE
)
_VERB = re.compile(r" (?:is|are|was|were|has|have|had|will|can|could|did) ")


@dataclass(frozen=True)
class Pair:
    """A sentence beside the passage that it cites."""

    kind: str
    sentence: str
    evidence: Evidence


def main() -> None:
    """Measure what can be measured with what is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="folder with the folder squad2")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        sample = Path(temporary) / "sample"
        shutil.copytree("corpus", sample, ignore=shutil.ignore_patterns(".footnote"))
        _measure(sample, _by_hand)
        if options.folder:
            articles = json.loads((options.folder / "squad2" / "dev-half.json").read_text("utf-8"))["data"]
            _measure(_written_out(articles, Path(temporary) / "squad"), lambda _: _of_squad(articles))


def _measure(folder: Path, pairs_of: Callable[[Snapshot], Iterator[Pair]]) -> None:
    index = Index(folder)
    index.sync()
    with index.snapshot() as snapshot:
        scales = Scales(snapshot.embed_sentences, lambda terms: snapshot.lexical_scores(terms).idf)
        found = [(pair.kind, findings(pair.sentence, [pair.evidence], scales)) for pair in pairs_of(snapshot)]
    for kind in dict.fromkeys(kind for kind, _ in found):
        struck = np.array([not verdict(finding).supported for of, finding in found if of == kind])
        share = _with_interval(partial(_share, struck), struck)
        print(f"{kind:16} {len(struck):4} sentences, struck out {share}")
    _print_scores([(kind, finding) for kind, finding in found if not _is_flagged(finding)])


def _print_scores(left: Sequence[tuple[str, Findings]]) -> None:
    """How well the score tells what numbers, names and denials do not: AUROC of right against wrong."""
    right = np.array([kind in SUPPORTED and kind != "verbatim" for kind, _ in left])
    wrong = np.array([kind not in SUPPORTED for kind, _ in left])
    chosen = right | wrong
    for name, value in (("words", "covered"), ("meaning", "cosine"), ("both", "score")):
        scores = np.array([getattr(finding, value) for _, finding in left])[chosen]
        told = _with_interval(partial(_auroc, scores, right[chosen]), scores)
        print(f"AUROC of {name}, where nothing else struck: {told}")


def _share(of: NDArray[np.bool_], drawn: Floats) -> Floats:
    return np.asarray(drawn @ of / drawn.sum(1))


def _auroc(scores: Floats, right: NDArray[np.bool_], drawn: Floats) -> Floats:
    return auroc(drawn, scores, right)


def _with_interval(statistic: Statistic, rows: NDArray[Any]) -> str:
    low, high = intervals([statistic], len(rows))[0] or (float("nan"), float("nan"))
    return f"{value_of(statistic, len(rows)):.3f} ({low:.3f} to {high:.3f})"


def _is_flagged(finding: Findings) -> bool:
    return bool(finding.number or finding.name or finding.turned)


def _by_hand(snapshot: Snapshot) -> Iterator[Pair]:
    passages = snapshot.passages(snapshot.passages_within(["*"]).tolist())
    for kind, cases in (("by hand, right", RIGHT), ("by hand, wrong", WRONG)):
        for words, sentence in cases:
            passage = next(p for p in passages if words in " ".join(p.text.split()))
            about = ". ".join((passage.document.title, *passage.place.heading))
            yield Pair(kind, sentence, Evidence(passage.text, about))


def _of_squad(articles: Sequence[dict[str, Any]]) -> Iterator[Pair]:
    rng = random.Random(SEED)
    paragraphs = [(a["title"], p["context"], p["qas"]) for a in articles for p in a["paragraphs"]]
    for _ in range(PARAGRAPHS):
        title, context, questions = rng.choice(paragraphs)
        here = Evidence(context, title)
        span = rng.choice(sentence_spans(context))
        yield Pair("verbatim", context[span.start : span.end], here)
        answerable = [q for q in questions if q["answers"]]
        if answerable:
            question = rng.choice(answerable)
            others = [other for other, text, _ in _of_article(paragraphs, title) if text != context]
            yield from _changed(rng, question, answerable, here, others)
        impossible = [q for q in questions if q.get("plausible_answers")]
        if impossible:
            question = rng.choice(impossible)
            yield Pair("unanswerable", _statement(question, question["plausible_answers"][0]["text"]), here)


def _of_article(paragraphs: Sequence[tuple[str, str, Any]], title: str) -> Iterator[tuple[Evidence, str, Any]]:
    return ((Evidence(text, title), text, qas) for of, text, qas in paragraphs if of == title)


def _changed(
    rng: random.Random, question: Any, answerable: Sequence[Any], here: Evidence, others: Sequence[Evidence]
) -> Iterator[Pair]:
    """The right sentence, and what is made of it."""
    answer = question["answers"][0]["text"]
    right = _statement(question, answer)
    yield Pair("right", right, here)
    if others:
        yield Pair("other passage", right, rng.choice(others))
    if number := re.search(r"(?<![\w.])\d[\d,.]*\d|(?<![\w.])[1-9](?!\w)", right):
        changed = re.sub(r"\d", lambda digit: str((int(digit.group()) + rng.randint(1, 8)) % 10), number.group())
        yield Pair("number changed", right[: number.start()] + changed + right[number.end() :], here)
    names = [run for run in names_in(right) if len(" ".join(run)) > 3]
    elsewhere = [name for other in others for run in names_in(other.text) for name in run if name not in here.text]
    if names and elsewhere:
        yield Pair("name swapped", right.replace(" ".join(rng.choice(names)), rng.choice(elsewhere), 1), here)
    if verb := _VERB.search(right):
        yield Pair("negated", f"{right[: verb.end()]}not {right[verb.end() :]}", here)
    alike = [
        text
        for other in answerable
        if asked_for(other["question"]) == asked_for(question["question"])
        for text in [other["answers"][0]["text"]]
        if text not in answer and answer not in text
    ]
    if alike:
        yield Pair("other answer", _statement(question, rng.choice(alike)), here)


def _statement(question: Any, answer: str) -> str:
    """The question as a statement, roughly: its words with the answer for the question word."""
    asked = question["question"].strip().rstrip("?").strip()
    match = _ASKS.search(asked)
    if match is None:
        return f"{asked}: {answer}."
    before, after = asked[: match.start()], asked[match.end() :]
    auxiliary = _AUXILIARY.match(after)
    if auxiliary and match.group().lower() in ("what", "who", "where", "when", "why", "how", "whom"):
        verb = auxiliary.group(1).lower()
        kept = verb if verb in ("is", "are", "was", "were") else ""
        said = f"{after[auxiliary.end() :]} {kept} {before.lower()} {answer}"
    else:
        said = f"{before}{answer}{after}"
    flat = " ".join(said.split())
    return f"{flat[:1].upper()}{flat[1:]}."


def _written_out(articles: Sequence[dict[str, Any]], folder: Path) -> Path:
    """The articles as text files, so that words are weighed as in any corpus."""
    folder.mkdir()
    for at, article in enumerate(articles):
        texts = [paragraph["context"] for paragraph in article["paragraphs"]]
        (folder / f"{at}.txt").write_text("\n\n".join([article["title"], *texts]), "utf-8")
    return folder


if __name__ == "__main__":
    main()
