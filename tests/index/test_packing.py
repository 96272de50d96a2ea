"""Packing: known answers, and no other way to cut that costs less."""

from itertools import combinations, pairwise

from hypothesis import given
from hypothesis import strategies as st

from index.documents import Span
from index.packing import Unit, pack


def units(sizes, joints=()):
    return [Unit(Span(at, at + 1), size, dict(joints).get(at, 0.0)) for at, size in enumerate(sizes)]


def test_equal_parts_not_a_full_one_and_a_crumb():
    assert pack(units([40] * 6), target=120, limit=240) == [range(3), range(3, 6)]
    assert pack(units([40, 40, 40, 12]), target=120, limit=240) == [range(4)]


def test_a_cut_goes_where_it_costs_least():
    assert pack(units([40] * 6, {3: 0.5}.items()), target=120, limit=240) in (
        [range(2), range(2, 6)],
        [range(4), range(4, 6)],
    )


def test_a_unit_above_the_limit_stands_alone():
    assert pack(units([20, 500, 20]), target=100, limit=200) == [range(1), range(1, 2), range(2, 3)]


def test_nothing_packs_to_nothing():
    assert pack([], target=100, limit=200) == []


def cost(found, runs, target):
    sizes = [sum(found[at].size for at in run) for run in runs]
    return sum((size / target - 1) ** 2 for size in sizes) + sum(found[run.start].joint for run in runs[1:])


@given(
    st.lists(st.tuples(st.integers(4, 100), st.sampled_from([0.0, 0.1, 0.5, 4.0])), min_size=1, max_size=9),
    st.integers(20, 150),
)
def test_no_other_way_to_cut_costs_less(drawn, target):
    found = [Unit(Span(at, at + 1), size, joint) for at, (size, joint) in enumerate(drawn)]
    limit = 1.5 * target
    ways = [
        [range(*pair) for pair in pairwise([0, *cuts, len(found)])]
        for count in range(len(found))
        for cuts in combinations(range(1, len(found)), count)
    ]
    allowed = [
        runs for runs in ways if all(len(run) == 1 or sum(found[at].size for at in run) <= limit for run in runs)
    ]
    best = min(cost(found, runs, target) for runs in allowed)
    assert abs(cost(found, pack(found, target=target, limit=1_000), target) - best) < 1e-9
