"""Bootstrap intervals against what statistics says they are."""

import numpy as np
import pytest

from qa.evaluation.bootstrap import RESAMPLES, intervals, paired_intervals, value_of


def mean_of(values):
    return lambda weights: weights @ values / weights.sum(1)


def test_the_interval_of_a_share_is_about_that_of_the_binomial():
    values = np.array([1.0] * 70 + [0.0] * 30)
    [(low, high)] = intervals([mean_of(values)], 100)
    wide = 1.96 * np.sqrt(0.7 * 0.3 / 100)
    assert (low, high) == (pytest.approx(0.7 - wide, abs=0.02), pytest.approx(0.7 + wide, abs=0.02))
    assert value_of(mean_of(values), 100) == pytest.approx(0.7)


def test_it_is_the_same_each_time():
    values = np.arange(50.0)
    assert intervals([mean_of(values)], 50) == intervals([mean_of(values)], 50)


def test_a_figure_that_cannot_change_has_no_width():
    assert intervals([mean_of(np.ones(9))], 9) == [(1.0, 1.0)]


def test_a_difference_sees_both_sides_of_the_same_questions():
    before = np.random.default_rng(1).random(200)
    [(low, high)] = paired_intervals([(mean_of(before + 0.01), mean_of(before))], 200)
    assert low == pytest.approx(0.01)  # unpaired it would be lost in the spread of the questions
    assert high == pytest.approx(0.01)


def test_what_is_rarely_defined_has_no_interval():
    def undefined(weights):
        return np.full(len(weights), np.nan)

    assert intervals([undefined], 5) == [None]
    assert value_of(undefined, 5) is None
    assert intervals([mean_of(np.ones(0))], 0) == [None]


def test_many_questions_are_drawn_in_parts():
    drawn = []

    def statistic(weights):
        drawn.append(weights.shape)
        assert (weights.sum(1) == 50_000).all()
        return weights[:, 0]

    intervals([statistic], 50_000)
    assert sum(b for b, _ in drawn) == RESAMPLES
    assert max(b * n for b, n in drawn) <= 2_000_000
