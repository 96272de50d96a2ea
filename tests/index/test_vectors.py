"""Cosines by hand: the nearest has the highest score."""

import numpy as np
import pytest

from index import vector_segments
from index.arrays import write_arrays
from index.vector_segments import VectorSegment
from index.vectors import SAMPLE_SIZE, VectorIndex

ROWS = np.array([[1, 0], [0.6, 0.8], [0, 1], [-1, 0]], dtype=np.float32)
IDS = np.array([2, 4, 6, 8])
KEYS = np.array([40, 30, 20, 10], dtype=np.uint64)
QUESTION = np.array([[1, 0]], dtype=np.float32)


@pytest.fixture
def index():
    return VectorIndex.empty(2).extended(IDS, KEYS, ROWS)


def test_the_nearest_comes_first_with_its_cosine(index):
    found = index.search(QUESTION, 3)
    assert found.ids.tolist() == [2, 4, 6]
    assert found.scores.tolist() == pytest.approx([1.0, 0.6, 0.0], abs=1e-3)


def test_more_than_there_are_gives_all(index):
    assert index.search(QUESTION, 99).ids.tolist() == [2, 4, 6, 8]
    assert VectorIndex.empty(2).search(QUESTION, 5).ids.tolist() == []


def test_a_search_may_be_among_some(index):
    assert index.search(QUESTION, 2, among=np.array([6, 8])).ids.tolist() == [6, 8]


def test_removed_passages_are_not_found(index):
    left = index.without(np.array([2, 8]))
    assert left.search(QUESTION, 9).ids.tolist() == [4, 6]
    assert len(left) == 2
    assert index.search(QUESTION, 1).ids.tolist() == [2], "the index it was made from is as before"


def test_cosines_of_given_passages_come_in_their_order(index):
    assert index.cosines(QUESTION, np.array([8, 4])).tolist() == pytest.approx([-1.0, 0.6], abs=1e-3)


def test_extending_leaves_the_old_index_alone(index):
    more = index.extended(np.array([10]), np.array([5], dtype=np.uint64), QUESTION)
    assert (len(index), len(more)) == (4, 5)
    assert set(more.search(QUESTION, 2).ids.tolist()) == {2, 10}
    assert index.search(QUESTION, 2).ids.tolist() == [2, 4]


def test_the_spread_is_that_of_the_living_passages(index):
    mean, deviation = index.without(np.array([8])).spread(QUESTION)
    assert mean == pytest.approx(np.mean([1, 0.6, 0]), abs=1e-3)
    assert deviation == pytest.approx(np.std([1, 0.6, 0]), abs=1e-3)
    assert VectorIndex.empty(2).spread(QUESTION) == (0.0, 1.0)


def test_the_sample_does_not_depend_on_the_order_of_arrival():
    random = np.random.default_rng(7)
    count = SAMPLE_SIZE + 500
    rows = random.normal(size=(count, 8)).astype(np.float32)
    keys = random.permutation(count).astype(np.uint64)
    order = random.permutation(count)
    one = VectorIndex.empty(8).extended(np.arange(count), keys, rows)
    other = VectorIndex.empty(8).extended(np.arange(count), keys[order], rows[order])
    assert one.spread(rows[:1]) == pytest.approx(other.spread(rows[:1]), abs=1e-6)
    assert one.spread(rows[:1])[0] != pytest.approx(float((rows @ rows[0]).mean()), abs=1e-9)


def test_the_sample_of_ids_is_that_of_the_lowest_keys_in_order_of_id(index):
    assert index.sample_ids(2).tolist() == [6, 8]
    assert index.sample_ids(99).tolist() == [2, 4, 6, 8]
    assert index.without(np.array([8])).sample_ids(2).tolist() == [4, 6]
    assert VectorIndex.empty(2).sample_ids(5).tolist() == []


def test_the_sample_of_ids_names_the_same_texts_whatever_came_first():
    keys = np.array([70, 10, 50, 30, 20, 60], dtype=np.uint64)
    rows = np.ones((6, 2), np.float32)
    one = VectorIndex.empty(2).extended(np.arange(6), keys, rows)
    other = VectorIndex.empty(2).extended(np.arange(4), keys[[5, 4, 3, 2]], rows[:4])
    other = other.extended(np.array([7, 9]), keys[:2], rows[:2])
    assert sorted(keys[one.sample_ids(3)].tolist()) == [10, 20, 30]
    assert other.sample_ids(3).tolist() == [1, 2, 9]


def test_a_passage_without_a_vector_has_no_cosine(index):
    found = index.without(np.array([4])).cosines(QUESTION, np.array([99, 4, 3]))
    assert np.isnan(found).tolist() == [True, False, True]


def test_many_small_additions_make_few_runs():
    random = np.random.default_rng(3)
    index = VectorIndex.empty(8)
    rows = random.normal(size=(300, 8)).astype(np.float16)
    for at in range(300):
        index = index.extended(np.array([at]), np.array([at], np.uint64), rows[at : at + 1])
        if at % 7 == 0:
            index = index.without(np.array([at // 2]))
    assert len(index.segments) < 10
    removed = {at // 2 for at in range(0, 300, 7)}
    assert index.living_ids().tolist() == [at for at in range(300) if at not in removed]
    assert index.of_passages(np.array([299, 150])) == pytest.approx(rows[[299, 150]])


@pytest.fixture
def listed(tmp_path, monkeypatch):
    """An index of two runs with lists, read from their files, and its vectors."""
    monkeypatch.setattr(vector_segments, "LISTED_ROWS", 500)
    monkeypatch.setattr(vector_segments, "LIST_ROWS", 20)
    monkeypatch.setattr(vector_segments, "GATHERED", 100)
    random = np.random.default_rng(4)
    rows = random.normal(size=(1_500, 32))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)
    runs = []
    for first, last in ((0, 900), (900, 1_500)):
        ids = np.arange(first, last)
        part = VectorSegment.of(ids, ids.astype(np.uint64), rows[first:last])
        write_arrays(tmp_path / f"{first}.fn", part.arrays(), {})
        runs.append(VectorSegment.read(tmp_path / f"{first}.fn"))
    assert all(run.lists is not None for run in runs)
    return VectorIndex.of(32, runs, np.zeros(0, np.int64)), rows


def missed(index, rows):
    """Of the ten nearest to 20 rows, those that a search does not find."""
    lost = 0
    for at in range(0, 1_500, 75):
        question = rows[at : at + 1].astype(np.float32)
        cosines = rows.astype(np.float32) @ question[0]
        lost += len(set(np.argsort(-cosines)[:10].tolist()) - set(index.search(question, 10).ids.tolist()))
    return lost


def test_only_an_index_too_large_to_compare_all_of_uses_its_lists(listed, monkeypatch):
    monkeypatch.setattr(vector_segments, "RESCORED", 20)
    monkeypatch.setattr(vector_segments, "RESCORED_TIMES", 2)
    assert missed(*listed) == 0
    monkeypatch.setattr(vector_segments, "EXACT_ROWS", 200)
    assert missed(*listed) > 0


@pytest.fixture
def looked_at(monkeypatch):
    """How many rows of a run had their vectors read, each time."""
    counts, scores = [], VectorSegment.scores

    def counted(run, question, rows):
        counts.append(len(rows))
        return scores(run, question, rows)

    monkeypatch.setattr(VectorSegment, "scores", counted)
    return counts


def test_the_nearest_by_their_codes_are_chosen_from_all_runs_together(listed, looked_at, monkeypatch):
    monkeypatch.setattr(vector_segments, "EXACT_ROWS", 1_000)
    monkeypatch.setattr(vector_segments, "RESCORED", 400)
    index, rows = listed
    assert missed(index, rows) <= 4
    assert sum(looked_at) <= 20 * 410  # some may be as near as the last
    assert min(looked_at) > 100  # of each run about as many as it is large


@pytest.mark.parametrize("share", [4, 2, 1])
def test_a_run_is_compared_whole_only_when_some_are_chosen(listed, looked_at, monkeypatch, share):
    monkeypatch.setattr(vector_segments, "EXACT_ROWS", 1_000)
    monkeypatch.setattr(vector_segments, "RESCORED", 40)
    monkeypatch.setattr(vector_segments, "RESCORED_TIMES", 2)
    monkeypatch.setattr(vector_segments, "GATHERED", 10_000)
    index, rows = listed
    question = rows[:1].astype(np.float32)
    index.search(question, 10)
    assert sum(looked_at) < 60
    looked_at.clear()
    chosen = np.arange(0, 1_500, share)
    nearest = chosen[np.argsort(-(rows[chosen].astype(np.float32) @ question[0]), kind="stable")[:10]]
    assert sorted(index.search(question, 10, chosen).ids.tolist()) == sorted(nearest.tolist())
    assert sum(looked_at) == len(chosen)
