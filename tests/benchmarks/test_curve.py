"""What a curve is made of: the newest point of each size, and how far two stores agree."""

import json
from dataclasses import asdict

import pytest

from benchmarks.curve import InStore, Moved, Point, _agreement
from benchmarks.curve_table import plot, read, table
from benchmarks.curve_worker import Asked


@pytest.fixture
def lines(tmp_path):
    def written(name, *points):
        file = tmp_path / name
        file.write_text("".join(json.dumps(asdict(point)) + "\n" for point in points))
        return file

    return written


def in_store(median):
    return InStore(0.1, 0.02, 0.04, median, 2 * median, None, 300.0, 50.0)


def point(passages, median, *, server=None):
    moved = Moved(10.0, 2.0, 700.0, 1.0, 0.99) if server else None
    return Point(passages, True, 1.0, 20.0, 40.0, in_store(median), server, moved)


def test_the_newest_line_of_a_size_counts_and_keeps_what_only_an_earlier_one_has(lines):
    first = lines("a", point(100_000, 0.009), point(10_000, 0.004, server=in_store(0.012)))
    second = lines("b", point(10_000, 0.005))
    found = read([first, second])
    assert [each["passages"] for each in found] == [10_000, 100_000]
    assert found[0]["folder"]["median"] == 0.005
    assert found[0]["server"]["median"] == 0.012


def test_a_table_has_a_column_for_each_size_and_leaves_open_what_was_not_measured(lines):
    said = table(read([lines("a", point(10_000, 0.004, server=in_store(0.012)), point(100_000, 0.009))]))
    assert "| passages | 10,000 | 100,000 |" in said
    assert "| search in the folder: median; p95, ms | 4.0; 8.0 | 9.0; 18.0 |" in said
    assert "| search on the server: median; p95, ms | 12.0; 24.0 |  |" in said
    assert "| moved and compared, passages/s | 1,000 |  |" in said
    assert "changed" not in said, "nothing was measured of that"


def test_a_plot_is_the_same_each_time(lines, tmp_path):
    pytest.importorskip("matplotlib", reason="the extra [bench] is not installed")
    points = read([lines("a", point(10_000, 0.004, server=in_store(0.012)), point(100_000, 0.009))])
    for name in ("one.svg", "two.svg"):
        plot(points, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    assert b"<svg" in (tmp_path / "one.svg").read_bytes()


def test_agreement_is_of_the_best_and_of_all_ten():
    here = [Asked(0.1, [("a", 0), ("b", 0)]), Asked(0.1, [("a", 0), ("b", 0)])]
    there = [Asked(0.1, [("a", 0), ("b", 0)]), Asked(0.1, [("b", 0), ("c", 0)])]
    assert _agreement(here, there) == (0.5, 0.75)
