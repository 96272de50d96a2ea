"""Fusion by hand."""

import numpy as np
import pytest

from qa.retrieve import DENSE_WEIGHT, fused, standardised


def test_standardised_counts_deviations_above_the_mean():
    assert standardised(np.array([1.0, 3.0, 7.0], np.float32), 3.0, 2.0).tolist() == [-1.0, 0.0, 2.0]


def test_equal_scores_say_nothing():
    assert standardised(np.array([0.4, 0.4], np.float32), 0.4, 0.0).tolist() == [0.0, 0.0]


def test_fused_by_hand():
    # 0.65 * 2 + 0.35 * -1 = 0.95;  0.65 * 0 + 0.35 * 4 = 1.4
    meaning, words = np.array([2.0, 0.0], np.float32), np.array([-1.0, 4.0], np.float32)
    assert fused(meaning, words, 0.65).tolist() == pytest.approx([0.95, 1.4])
    assert fused(meaning, words).tolist() == fused(meaning, words, DENSE_WEIGHT).tolist()
