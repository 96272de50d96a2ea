"""Fit the weights of the answer sentence (`qa/pick.py`) and of the confidence (`qa/judge.py`), and measure them.

    python -m benchmarks.fit_answers EVAL_FOLDER [--work FOLDER]

The data are described in `benchmarks/answer_cases.py`. The confidence's three models are fitted on every other group of
questions (an article, for SQuAD 2) and measured on the rest, both ways; what is printed to be put into `qa/judge.py`
is fitted on all. Within a set the classes weigh 50 % answerable, 30 % on the same topic without an answer or with
one left out, 20 % out of the corpus, whatever their numbers; the sets weigh as `SET_WEIGHTS` says.

The sentence is fitted by a conditional logit (McFadden 1974) on SQuAD 2 and the chunking set and compared with the
weights in use.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from qa.answer_types import AnswerType
from qa.evaluation.abstention import auroc, calibration_error, kept_at, reliability
from qa.evaluation.bootstrap import Statistic, intervals, value_of
from qa.judge import ANSWERED_FROM, FACT, SENTENCE, SUBJECT, SUBJECT_POWER, Logistic
from qa.pick import OF_KIND, WEIGHTS, Evidence

from .answer_cases import ANSWERABLE, LEFT_OUT, OUT_OF_CORPUS, SAME_TOPIC, Case, collected

SHARES = {ANSWERABLE: 0.5, SAME_TOPIC: 0.3, LEFT_OUT: 0.3, OUT_OF_CORPUS: 0.2}
OTHER_SHARE = 0.2
"""Of each of MTRAG-UN's own kinds."""

SET_WEIGHTS = {
    "squad": 3.0,
    "articles": 1.0,
    "paragraphs": 1.0,
    "gaps": 1.0,
    "large": 2.0,
    "chunking": 1.0,
    "mtrag-un": 0.5,
}

MISSING_FACT = (SAME_TOPIC, LEFT_OUT, "unanswerable")

HELD = {"negated: question", "negated: sentence", "negated: other", "negated: same"}
"""Features whose weights are not fitted: with the rare negated questions of all sets they would be smaller, and .18
instead of .13 of SQuAD 2's negated ones without an answer would be answered."""

SENTENCE_SETS = {"squad": 0.7, "chunking": 0.3}
SENTENCE_RIDGE = 1e-4

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def main() -> None:
    """Collect, fit the sentence, fit the confidence, print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--work", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        cases = list(collected(options.folder, options.work or Path(temporary)))
    _fit_sentence([case for case in cases if case.kind == ANSWERABLE and case.set in SENTENCE_SETS])
    _fit_confidence(_Data(cases))


# The sentence ----------------------------------------------------------------------------------------------------


def _fit_sentence(cases: Sequence[Case]) -> None:
    """The weights in use beside fitted ones, on the half that these were not fitted on."""
    kinds = [kind for kind in AnswerType if kind is not AnswerType.OPEN]
    rows = [_evidence(case, kinds) for case in cases]
    now = np.array([*WEIGHTS.values(), *(OF_KIND[kind] for kind in kinds)])
    for name in SENTENCE_SETS:
        some = [at for at, case in enumerate(cases) if case.set == name]
        right: list[bool] = []
        for fold in (0, 1):
            weights = _conditional_logit(rows, cases, [at for at, case in enumerate(cases) if case.group % 2 == fold])
            right += [_is_right(rows[at], cases[at], weights) for at in some if cases[at].group % 2 != fold]
        in_use = [_is_right(rows[at], cases[at], now) for at in some]
        quoted = [cases[at].right for at in some]
        print(
            f"sentence, {name}: right {np.mean(in_use):.4f} with the weights in use, {np.mean(right):.4f} with fitted "
            f"ones on the held out half; with a neighbour where one is quoted {np.mean(quoted):.4f}"
        )
    fitted = _conditional_logit(rows, cases, range(len(cases)))
    print("sentence, fitted:", dict(zip([*WEIGHTS, *map(str, kinds)], fitted.round(2).tolist(), strict=True)))


def _evidence(case: Case, kinds: Sequence[AnswerType]) -> Floats:
    """(candidates, features): the evidence by `WEIGHTS`, then whether it is of the kind, one column a kind."""
    of = [[float(getattr(found.evidence, name)) for name in WEIGHTS] for found in case.picked]
    kind = [[float(found.evidence.of_kind and found.kind is kind) for kind in kinds] for found in case.picked]
    assert set(WEIGHTS) <= set(Evidence.__dataclass_fields__)
    return np.hstack([np.array(of), np.array(kind)])


def _is_right(evidence: Floats, case: Case, weights: Floats) -> bool:
    return bool(case.candidates[int(np.argmax(evidence @ weights))])


def _conditional_logit(rows: Sequence[Floats], cases: Sequence[Case], chosen: Sequence[int]) -> Floats:
    """Weights under which the right candidates have the most of the probability of all of their question."""
    used = [at for at in chosen if cases[at].candidates.any() and not cases[at].candidates.all()]
    sizes = [len(rows[at]) for at in used]
    features, right = np.vstack([rows[at] for at in used]), np.concatenate([cases[at].candidates for at in used])
    question, starts = np.repeat(np.arange(len(used)), sizes), np.cumsum([0, *sizes[:-1]])
    counts = {name: sum(cases[at].set == name for at in used) for name in SENTENCE_SETS}
    share = np.array([SENTENCE_SETS[cases[at].set] / counts[cases[at].set] for at in used])

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = features @ weights
        odds = np.exp(scores - np.maximum.reduceat(scores, starts)[question])
        total, of_right = np.add.reduceat(odds, starts), np.add.reduceat(odds * right, starts)
        pull = (odds * right / of_right[question] - odds / total[question]) * share[question]
        value = -(share * np.log(of_right / total)).sum() + SENTENCE_RIDGE * weights @ weights
        return float(value), -features.T @ pull + 2 * SENTENCE_RIDGE * weights

    found: Floats = minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B").x
    return found


# The confidence --------------------------------------------------------------------------------------------------


class _Data:
    """The cases as arrays."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self.names = list(cases[0].features)
        self.values = np.array([[case.features[name] for name in self.names] for case in cases])
        self.right = np.array([case.right for case in cases])
        self.kinds = np.array([case.kind for case in cases])
        self.sets = np.array([case.set for case in cases])
        self.fold = np.array([case.group % 2 for case in cases])
        self.weights = self._weights()

    def columns(self, names: Iterable[str]) -> Floats:
        """Some features by name: (n, features)."""
        return self.values[:, [self.names.index(name) for name in names]]

    def _weights(self) -> Floats:
        weights = np.zeros(len(self.right))
        for name in sorted(set(self.sets)):
            inside = self.sets == name
            for kind in set(self.kinds[inside]):
                some = inside & (self.kinds == kind)
                weights[some] = SHARES.get(kind, OTHER_SHARE) / some.sum()
            weights[inside] *= SET_WEIGHTS[name] / weights[inside].sum()
        scaled: Floats = weights * len(weights) / weights.sum()
        return scaled


def _parts(data: _Data) -> Iterator[tuple[str, Logistic, Bools, Bools]]:
    """Each model by name, the cases that it is fitted on, and what it is to tell of them."""
    vague = np.isin(data.kinds, ["underspecified", "partial"])
    yield "SUBJECT", SUBJECT, ~vague, data.kinds != OUT_OF_CORPUS
    yield "FACT", FACT, np.isin(data.kinds, [ANSWERABLE, *MISSING_FACT]), data.kinds == ANSWERABLE
    yield "SENTENCE", SENTENCE, data.kinds == ANSWERABLE, data.right


def _fit_confidence(data: _Data) -> None:
    held_out = np.ones(len(data.right))
    for name, model, used, label in _parts(data):
        power = SUBJECT_POWER if name == "SUBJECT" else 1
        for fold in (0, 1):
            train, rest = used & (data.fold == fold), data.fold != fold
            held_out[rest] *= _probability(data, _logistic(data, model, train, label), rest) ** power
    for name in SET_WEIGHTS:
        _tell(name, data, held_out, data.sets == name)
    _tell_reliability(data, held_out)
    for name, model, used, label in _parts(data):
        _print_model(name, _logistic(data, model, used, label))


def _logistic(data: _Data, model: Logistic, used: Bools, label: Bools) -> Logistic:
    """Fitted to the cases `used`, on standardised features; the weights of `HELD` stay as they are."""
    free = [name for name in model.weights if name not in HELD]
    held = {name: weight for name, weight in model.weights.items() if name in HELD}
    given = data.columns(held)[used] @ np.array([*held.values()])
    columns, right, weights = data.columns(free)[used], label[used], data.weights[used]
    mean, deviation = columns.mean(0), columns.std(0) + 1e-12
    scaled = np.hstack([np.ones((len(columns), 1)), (columns - mean) / deviation])

    def loss(found: Floats) -> tuple[float, Floats]:
        logit = given + scaled @ found
        pull = weights * (1 / (1 + np.exp(-logit)) - right)
        ridge = np.concatenate([[0.0], found[1:]])
        value = (weights * (np.logaddexp(0, logit) - right * logit)).sum() + 0.5 * ridge @ ridge
        return float(value), scaled.T @ pull + ridge

    found: Floats = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B").x
    fitted = {**held, **dict(zip(free, (found[1:] / deviation).tolist(), strict=True))}
    bias = float(found[0] - (found[1:] / deviation * mean).sum())
    return Logistic(bias, {name: fitted[name] for name in model.weights})


def _probability(data: _Data, model: Logistic, inside: Bools) -> Floats:
    logit = model.bias + data.columns(model.weights)[inside] @ np.array([*model.weights.values()])
    probability: Floats = 1 / (1 + np.exp(-logit))
    return probability


def _tell(name: str, data: _Data, confidence: Floats, inside: Bools) -> None:
    """AUROC against each kind of unanswerable questions, what is kept, and the calibration error by class weights."""
    answerable = data.kinds == ANSWERABLE
    for kind in sorted(set(data.kinds[inside]) - {ANSWERABLE}):
        some = inside & (answerable | (data.kinds == kind))
        sure, positive = confidence[some], answerable[some]
        figures: list[tuple[str, Callable[[Floats, Floats, Bools], Floats]]] = [("AUROC", auroc)]
        if kind == OUT_OF_CORPUS:
            figures.append(("kept at 5 % wrongly answered", kept_at))
        said = [f"{label} {_with_interval(measure, sure, positive)}" for label, measure in figures]
        above = sure >= ANSWERED_FROM
        said.append(f"answered {np.mean(above[positive]):.3f}, wrongly {np.mean(above[~positive]):.3f}")
        print(f"confidence, {name}: answerable against {kind}: {'; '.join(said)}")
    error = calibration_error(data.weights[None, inside], confidence[inside], data.right[inside])[0]
    print(f"confidence, {name}: calibration error {error:.3f}; right {_mean(data, data.right, inside):.2f}, "
          f"said {_mean(data, confidence, inside):.2f}")  # fmt: skip


def _with_interval(measure: Callable[[Floats, Floats, Bools], Floats], sure: Floats, positive: Bools) -> str:
    statistic: Statistic = lambda weights: measure(weights, sure, positive)  # noqa: E731
    low_high = intervals([statistic], len(sure))[0]
    value = value_of(statistic, len(sure))
    return f"{value:.3f}" + (f" ({low_high[0]:.3f} to {low_high[1]:.3f})" if low_high else "")


def _mean(data: _Data, values: Floats | Bools, inside: Bools) -> float:
    return float(np.average(values[inside], weights=data.weights[inside]))


def _tell_reliability(data: _Data, confidence: Floats) -> None:
    error = calibration_error(data.weights[None], confidence, data.right)[0]
    for found in reliability(confidence, data.right):
        print(f"confidence: said {found.confidence:.2f}, right {found.right:.2f} ({found.n} questions, unweighted)")
    print(f"confidence, all sets by their weights: calibration error {error:.4f}")


def _print_model(name: str, fitted: Logistic) -> None:
    """As it stands in `qa/judge.py`."""
    print(f"{name} = Logistic(\n    bias={fitted.bias:.3f},\n    weights={{")
    for feature, weight in fitted.weights.items():
        print(f'        "{feature}": {weight:.3f},')
    print("    },\n)")


if __name__ == "__main__":
    main()
