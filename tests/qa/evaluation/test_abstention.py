"""Known answers of AUROC, risk and coverage, and calibration error."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.evaluation.abstention import (
    area_under_risk_coverage,
    auroc,
    calibration_error,
    kept_at,
    reliability,
    risk_coverage,
)


def once(n):
    return np.ones((1, n))


def of(function, confidence, flags):
    return float(function(once(len(flags)), np.array(confidence, dtype=float), np.array(flags, dtype=bool))[0])


@pytest.mark.parametrize(
    ("confidence", "positive", "expected"),
    [
        ([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 0], 3 / 4),
        ([0.9, 0.8, 0.2, 0.1], [1, 1, 0, 0], 1.0),
        ([0.1, 0.2, 0.8, 0.9], [1, 1, 0, 0], 0.0),
        ([0.5, 0.5, 0.5], [1, 0, 0], 0.5),
        ([0.9, 0.5, 0.5, 0.1], [1, 1, 0, 0], 3.5 / 4),
    ],
)
def test_auroc(confidence, positive, expected):
    assert of(auroc, confidence, positive) == pytest.approx(expected)


def test_auroc_of_one_kind_only_is_not_defined():
    assert np.isnan(of(auroc, [0.5, 0.4], [1, 1]))


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_auroc_is_the_share_of_pairs(rows):
    sure, positive = [s / 5 for s, _ in rows], [p for _, p in rows]
    pairs = [
        (a, b) for a, p in zip(sure, positive, strict=True) if p for b, q in zip(sure, positive, strict=True) if not q
    ]
    if pairs:
        assert of(auroc, sure, positive) == pytest.approx(np.mean([(a > b) + (a == b) / 2 for a, b in pairs]))


def test_kept_at_a_share_wrongly_answered():
    confidence = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]
    positive = [1, 1, 0, 1, 0, 1]
    assert of(kept_at, confidence, positive) == pytest.approx(2 / 4)  # no negative may pass
    assert float(kept_at(once(6), np.array(confidence), np.array(positive, bool), 0.5)[0]) == pytest.approx(3 / 4)
    assert of(kept_at, [0.5, 0.5], [1, 0]) == 0  # nothing lies between equals


def test_the_risk_coverage_curve():
    coverage, risk = risk_coverage(np.array([0.9, 0.2, 0.5, 0.5]), np.array([True, False, False, True]))
    assert coverage.tolist() == [0.25, 0.75, 1.0]
    assert risk == pytest.approx([0, 1 / 3, 1 / 2])


def test_the_area_under_it():
    assert of(area_under_risk_coverage, [0.9, 0.5, 0.1], [1, 0, 1]) == pytest.approx((0 + 1 / 2 + 1 / 3) / 3)
    assert of(area_under_risk_coverage, [0.9, 0.5], [1, 1]) == 0
    assert of(area_under_risk_coverage, [0.5, 0.5], [1, 0]) == pytest.approx(1 / 2)


def test_the_calibration_error():
    assert of(calibration_error, [0.95, 0.95, 0.15, 0.15], [1, 0, 0, 0]) == pytest.approx(0.3)
    assert of(calibration_error, [1.0, 0.0], [1, 0]) == 0


def test_reliability_tells_what_was_said_and_what_was_right():
    [low, high] = reliability(np.array([0.12, 0.18, 1.0]), np.array([False, True, True]))
    assert (low.low, low.high, low.n, low.confidence, low.right) == (0.1, 0.2, 2, pytest.approx(0.15), 0.5)
    assert (high.low, high.n, high.right) == (0.9, 1, 1.0)


@pytest.mark.parametrize("function", [auroc, kept_at, area_under_risk_coverage, calibration_error])
def test_drawing_a_question_twice_is_having_it_twice(function):
    confidence, flags = np.array([0.9, 0.7, 0.7, 0.3, 0.2]), np.array([True, False, True, False, True])
    weights = np.array([[2, 1, 0, 3, 1]])
    repeated = np.repeat(np.arange(5), weights[0])
    twice = function(once(len(repeated)), confidence[repeated], flags[repeated])
    assert function(weights.astype(float), confidence, flags) == pytest.approx(twice)
