"""Runs on disk: small changes write little, merges happen seldom, and a reader finds one state or the other."""

import logging

import numpy as np
import pytest

from index import runs
from index.arrays import read_arrays, write_arrays
from index.runs import Held, Kind, grouped, newest, save

STORE = "store"


class Numbers:
    """The simplest kind of run: passage ids and nothing else."""

    def __init__(self, ids):
        self.ids = np.asarray(ids, np.int64)

    def __len__(self):
        return len(self.ids)


def merged(segments, alive):
    return {"ids": np.concatenate([s.ids[a] for s, a in zip(segments, alive, strict=True)])}


KIND = Kind("numbers", 3, lambda path: Numbers(**runs.read_arrays(path).arrays), merged)


def held(*sizes, dead=(), change=1):
    segments, first = [], 1
    for size in sizes:
        segments.append(Numbers(range(first, first + size)))
        first += size
    return Held(tuple(segments), tuple(~np.isin(s.ids, dead) for s in segments), change, first - 1)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(autouse=True)
def small_changes_count(monkeypatch):
    monkeypatch.setattr(runs, "UNSAVED_PASSAGES", 5)


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([], []),
        ([5], [(0, 1)]),
        ([100, 40, 10, 1], [(0, 1), (1, 2), (2, 3), (3, 4)]),
        ([100, 40, 30], [(0, 3)]),
        ([100, 10, 9], [(0, 1), (1, 3)]),
        ([20] * 6, [(0, 4), (4, 6)]),
    ],
)
def test_neighbours_of_like_size_are_grouped(sizes, expected):
    assert grouped(sizes, 10**9) == expected


def test_no_group_is_larger_than_the_most():
    groups = grouped([20] * 6, 50)
    assert [(first, last) for first, last in groups] == [(0, 2), (2, 4), (4, 6)]


def test_what_was_saved_comes_back(tmp_path):
    kept, reach = save(tmp_path, KIND, held(60, 15, dead=[3, 70]), STORE)
    found = newest(tmp_path, KIND, STORE)
    assert reach == 1
    assert [run.ids.tolist() for run in found.runs] == [s.ids.tolist() for s in kept.segments]
    assert found.listed.dead.tolist() == [3, 70]
    assert (found.listed.change, found.listed.last) == (1, 75)


def test_a_small_change_writes_nothing(tmp_path):
    save(tmp_path, KIND, held(60), STORE)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    _, reach = save(tmp_path, KIND, held(60, 4, change=2), STORE)
    assert reach == 1
    assert {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == before


def test_a_larger_change_writes_its_own_run_and_leaves_the_others(tmp_path):
    save(tmp_path, KIND, held(60), STORE)
    [large] = tmp_path.glob("numbers-*")
    before = large.stat()
    save(tmp_path, KIND, held(60, 15, change=2), STORE)
    assert names(tmp_path) == ["numbers-1-60-60.fn", "numbers-61-75-15.fn", "numbers.fn"]
    assert large.stat() == before


def test_runs_of_like_size_become_one_and_the_old_files_go(tmp_path):
    save(tmp_path, KIND, held(60), STORE)
    kept, _ = save(tmp_path, KIND, held(60, 40, dead=[2], change=2), STORE)
    assert names(tmp_path) == ["numbers-1-100-99.fn", "numbers.fn"]
    assert kept.dead.tolist() == []


def test_a_run_of_which_much_is_gone_is_written_without_it(tmp_path):
    save(tmp_path, KIND, held(60), STORE)
    save(tmp_path, KIND, held(60, dead=range(1, 31), change=2), STORE)
    assert newest(tmp_path, KIND, STORE).runs[0].ids.tolist() == list(range(31, 61))


def test_a_run_of_which_all_is_gone_leaves_no_file(tmp_path):
    save(tmp_path, KIND, held(60), STORE)
    save(tmp_path, KIND, held(60, dead=range(1, 61), change=2), STORE)
    assert names(tmp_path) == ["numbers.fn"]


def test_runs_that_are_known_are_not_read_again(tmp_path):
    kept, _ = save(tmp_path, KIND, held(60, 15), STORE)
    found = newest(tmp_path, KIND, STORE, kept.segments)
    assert all(run is known for run, known in zip(found.runs, kept.segments, strict=True))


@pytest.mark.parametrize("change", [{"store": "another"}, {"version": 2}])
def test_runs_of_another_store_or_version_are_none(tmp_path, change):
    save(tmp_path, KIND, held(60), STORE)
    arrays, facts = read_arrays(tmp_path / "numbers.fn")
    write_arrays(tmp_path / "numbers.fn", arrays, {**facts, **change})
    assert newest(tmp_path, KIND, STORE) == runs.Found()


def test_a_missing_or_damaged_run_is_said_and_written_anew(tmp_path, caplog):
    save(tmp_path, KIND, held(60), STORE)
    for damage in (lambda path: path.unlink(), lambda path: path.write_bytes(b"junk")):
        damage(tmp_path / "numbers-1-60-60.fn")
        with caplog.at_level(logging.WARNING):
            assert newest(tmp_path, KIND, STORE).damaged
        assert "numbers.fn is rebuilt from the store" in caplog.text
        save(tmp_path, KIND, held(60), STORE, anew=True)
        assert newest(tmp_path, KIND, STORE).runs[0].ids.tolist() == list(range(1, 61))
        caplog.clear()


def test_what_an_interrupted_sync_left_half_written_goes(tmp_path):
    (tmp_path / "numbers-1-60-60.fn.77.tmp").write_bytes(b"half")
    (tmp_path / "numbers.fn.77.tmp").write_bytes(b"half")
    save(tmp_path, KIND, held(60), STORE)
    assert names(tmp_path) == ["numbers-1-60-60.fn", "numbers.fn"]


def test_a_list_that_is_replaced_while_it_is_read_is_read_again(tmp_path, monkeypatch):
    save(tmp_path, KIND, held(60), STORE)
    reading = runs.read_arrays

    def replaced_in_between(path):
        if path.name == "numbers-1-60-60.fn" and path.is_file():
            save(tmp_path, KIND, held(60, 40, change=2), STORE)
        return reading(path)

    monkeypatch.setattr(runs, "read_arrays", replaced_in_between)
    assert newest(tmp_path, KIND, STORE).listed.change == 2
