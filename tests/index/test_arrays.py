"""Arrays in a file: back as written, or noticed."""

import numpy as np
import pytest

import index.arrays
from index.arrays import ArraysDamaged, Pieces, read_arrays, verify_arrays, write_arrays

ARRAYS = {"a": np.arange(7, dtype=np.uint8), "b": np.eye(3, dtype=np.float32), "none": np.zeros((0, 4), np.int64)}


@pytest.fixture
def path(tmp_path):
    write_arrays(tmp_path / "x.fn", ARRAYS, {"change": 12, "name": "ß"})
    return tmp_path / "x.fn"


def test_arrays_and_facts_come_back(path):
    arrays, facts = read_arrays(path)
    assert facts == {"change": 12, "name": "ß"}
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        assert np.array_equal(arrays[name], array)
    assert not arrays["b"].flags.writeable


def test_nothing_else_is_left_beside_it(path):
    assert [p.name for p in path.parent.iterdir()] == ["x.fn"]


def test_every_flipped_byte_of_the_header_is_noticed(path):
    whole = path.read_bytes()
    for at in range(16 + int.from_bytes(whole[8:12], "little")):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(ArraysDamaged):
            read_arrays(path)


def test_every_flipped_byte_of_the_arrays_is_noticed(path):
    whole = path.read_bytes()
    arrays_begin = len(whole) - 64 - 64
    for at in [arrays_begin, arrays_begin + 6, arrays_begin + 64 + 35]:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(ArraysDamaged):
            read_arrays(path)


@pytest.mark.parametrize("kept", [0, 5, 16, 60, 200, -1])
def test_a_file_cut_short_is_noticed(path, kept):
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(ArraysDamaged):
        read_arrays(path)


def test_a_missing_file_is_just_missing(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_arrays(tmp_path / "none.fn")


def test_an_array_may_be_written_in_pieces(tmp_path):
    pieces = Pieces(np.float16, (5, 2), lambda: iter([np.ones((2, 2), np.float16), np.zeros((3, 2), np.float16)]))
    write_arrays(tmp_path / "x.fn", {"first": np.arange(3), "rows": pieces}, {})
    arrays, _ = verify_arrays(tmp_path / "x.fn")
    assert arrays["rows"].tolist() == [[1, 1]] * 2 + [[0, 0]] * 3
    assert arrays["first"].tolist() == [0, 1, 2]


def test_pieces_that_are_too_few_leave_no_file(tmp_path):
    with pytest.raises(ValueError, match="rows: 8 bytes of pieces for 20"):
        write_arrays(tmp_path / "x.fn", {"rows": Pieces(np.float16, (5, 2), lambda: [np.ones((2, 2), np.float16)])}, {})
    assert list(tmp_path.iterdir()) == []


def test_large_arrays_are_compared_when_they_are_verified(tmp_path, monkeypatch):
    monkeypatch.setattr(index.arrays, "CHECKED_AT_ONCE", 1_000)
    path = tmp_path / "x.fn"
    write_arrays(path, {"large": np.arange(5_000)}, {})
    whole = path.read_bytes()
    path.write_bytes(whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:])
    read_arrays(path)
    with pytest.raises(ArraysDamaged, match="the checksum of large differs"):
        verify_arrays(path)
