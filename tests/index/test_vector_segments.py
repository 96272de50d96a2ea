"""Runs of vectors: exact when small; with inverted lists when large, where what is found has its exact score."""

import numpy as np
import pytest

from index import vector_segments
from index.arrays import Pieces, write_arrays
from index.vector_segments import LOWEST, VectorSegment

COUNT, DIMENSION = 6_000, 64


@pytest.fixture(scope="module")
def rows():
    """Unit rows around a few hundred centres, as texts are."""
    random = np.random.default_rng(5)
    centres = random.normal(size=(300, DIMENSION))
    rows = centres[random.integers(0, 300, COUNT)] + 0.7 * random.normal(size=(COUNT, DIMENSION))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)


@pytest.fixture
def large(rows, tmp_path, monkeypatch):
    """A run with lists, as it is read from its file."""
    monkeypatch.setattr(vector_segments, "EXACT_ROWS", 1_000)
    monkeypatch.setattr(vector_segments, "LISTED_ROWS", 1_000)
    monkeypatch.setattr(vector_segments, "GATHERED", 100)
    monkeypatch.setattr(vector_segments, "RESCORED", 200)
    monkeypatch.setattr(vector_segments, "LIST_ROWS", 100)
    small = VectorSegment.of(np.arange(COUNT) * 2, keys(COUNT), rows)
    return written(small, tmp_path)


def keys(count):
    return np.random.default_rng(9).permutation(count).astype(np.uint64)


def written(segment, folder):
    write_arrays(folder / "run.fn", segment.arrays(), {})
    return VectorSegment.read(folder / "run.fn")


def nearest(rows, question, k, allowed=None):
    scores = rows.astype(np.float32) @ question[0]
    if allowed is not None:
        scores[~allowed] = -np.inf
    return set(np.argsort(-scores)[:k].tolist())


def test_a_large_run_has_lists_and_a_small_one_has_none(large, rows, tmp_path):
    assert large.lists is not None
    assert written(VectorSegment.of(np.arange(900), keys(900), rows[:900]), tmp_path).lists is None


def test_lists_find_nearly_what_comparing_all_finds_with_exact_scores(large, rows):
    found = 0
    for at in range(0, COUNT, 100):
        question = rows[at : at + 1].astype(np.float32)
        result = large.search(question, 10)
        assert result.by_codes
        assert len(result.rows) == 200
        scores = large.scores(question, result.rows)
        assert scores == pytest.approx((rows[result.rows].astype(np.float32) @ question[0]), abs=1e-5)
        assert np.corrcoef(scores, result.scores)[0, 1] > 0.5
        best = result.rows[np.argsort(-scores)[:10]]
        found += len(nearest(rows, question, 10) & set(best.tolist()))
    assert found >= 0.98 * 10 * (COUNT // 100)


@pytest.mark.parametrize("share", [0.5, 0.004])
def test_only_what_is_allowed_is_found(large, rows, share):
    allowed = np.random.default_rng(1).random(COUNT) < share
    question = rows[:1].astype(np.float32)
    result = large.search(question, 10, allowed)
    assert allowed[result.rows].all()
    best = set(result.rows[np.argsort(-large.scores(question, result.rows))[:10]].tolist())
    assert len(best & nearest(rows, question, 10, allowed)) >= 9


def test_nothing_allowed_finds_nothing(large, rows):
    assert len(large.search(rows[:1].astype(np.float32), 5, np.zeros(COUNT, dtype=np.bool_)).rows) == 0


def test_a_small_run_is_exact(rows):
    segment = VectorSegment.of(np.arange(500), keys(500), rows[:500])
    question = rows[:1].astype(np.float32)
    result = segment.search(question, 7)
    assert set(result.rows.tolist()) == nearest(rows[:500], question, 7)
    assert result.scores == pytest.approx(rows[result.rows].astype(np.float32) @ question[0], abs=1e-5)


def test_merging_keeps_the_living_in_order(rows, monkeypatch):
    monkeypatch.setattr(vector_segments, "_PIECE", 7)
    one = VectorSegment.of(np.arange(50), keys(50), rows[:50])
    other = VectorSegment.of(np.arange(60, 100), keys(40), rows[60:100])
    alive = [np.arange(50) % 3 > 0, np.arange(40) % 4 > 0]
    arrays = VectorSegment.merged([one, other], alive).arrays
    expected = np.concatenate([np.arange(50)[alive[0]], np.arange(60, 100)[alive[1]]])
    assert arrays["ids"].tolist() == expected.tolist()
    assert isinstance(arrays["vectors"], Pieces)
    assert np.array_equal(np.concatenate(list(arrays["vectors"].make())), rows[expected])


def test_the_lowest_keys_are_remembered(rows):
    count = LOWEST + 1_000
    segment = VectorSegment.of(np.arange(count), keys(count), rows[:count])
    assert segment.keys[segment.lowest].tolist() == list(range(LOWEST))


def test_arrays_that_do_not_fit_together_are_refused(rows, tmp_path):
    arrays = dict(VectorSegment.of(np.arange(4), keys(4), rows[:4]).arrays(), ids=np.arange(3))
    arrays["vectors"] = rows[:4]
    write_arrays(tmp_path / "run.fn", arrays, {})
    with pytest.raises(ValueError, match="4 vectors for 3 passages"):
        VectorSegment.read(tmp_path / "run.fn")


def test_vectors_too_large_to_map_are_read_row_by_row_even_when_their_file_is_gone(rows, tmp_path, monkeypatch):
    monkeypatch.setattr(vector_segments, "MAPPED_BYTES", 1_000)
    far = written(VectorSegment.of(np.arange(500), keys(500), rows[:500]), tmp_path)
    (tmp_path / "run.fn").unlink()
    wanted = np.array([499, 0, 7, 7])
    assert np.array_equal(far.rows(wanted), rows[wanted])
    question = rows[3:4].astype(np.float32)
    assert far.scores(question, wanted) == pytest.approx(rows[wanted].astype(np.float32) @ question[0])
