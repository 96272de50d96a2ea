"""A sample that is followed is the one fetched anew; rows that are gone are told from those that never counted."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import ChangedMeanwhile
from index.milvus.collections import Collections
from index.milvus.encoding import PASSAGES_OF_DOCUMENT
from index.milvus.rows import Fetched, Remembered
from index.milvus.sampled import MOST_SEGMENTS, WHOLE, Candidate, Sample
from index.milvus.standing import Moved, Standing

MOST = 6
TERMS = ("army", "oil", "aid", "boat")


class Held:
    """Documents of one passage each, as a server has them: place and terms by id."""

    def __init__(self):
        self.rows = {}
        self.fetched = 0

    def fetch(self, filter_):
        low = re.search(r"place < (\d+)", filter_)
        named = re.search(r"document in \[([\d, ]*)\]", filter_)
        ids = set(map(int, named[1].split(", "))) if named else set(self.rows)
        found = [
            Candidate(id_, id_, place, 2 * place, terms)
            for id_, (place, terms) in self.rows.items()
            if id_ in ids and (low is None or place < int(low[1]))
        ]
        self.fetched += len(found)
        return found


def told(sample):
    scores = sample.index.score(TERMS)
    best = sample.index.best(scores, 20)
    ids = np.sort(sample.lowest)
    return (
        sample.lowest.tolist(),
        (scores.idf, sample.index.living),
        (best.tolist(), sample.index.of_passages(scores, best).tolist()),
        sample.index.holding(["army"]).tolist(),
        sample.index.keys_of(ids).tolist(),
    )


def spread_of(sample):
    scores = sample.index.score(TERMS)
    return [*scores.passages, *scores.documents]


STEP = st.tuples(
    st.lists(
        st.tuples(st.integers(0, WHOLE - 1), st.lists(st.sampled_from(TERMS), min_size=1, max_size=4)), max_size=8
    ),
    st.lists(st.integers(0, 40), max_size=10),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEP, min_size=1, max_size=14))
def test_a_sample_that_is_followed_is_the_one_fetched_anew(steps):
    held, last, anew = Held(), 0, 0
    sample = Sample.of(held.fetch, MOST, 0)
    for new, going in steps:
        gone = {sorted(held.rows)[at % len(held.rows)] for at in going} if held.rows else set()
        for id_ in gone:
            del held.rows[id_]
        came = set()
        for row in new:
            last += 1
            held.rows[last] = row
            came.add(last)
        held.fetched = 0
        followed = sample.followed(held.fetch, Moved(frozenset(came), frozenset(gone)), "document")
        assert held.fetched <= len(came)
        fresh = Sample.of(held.fetch, MOST, len(held.rows))
        anew += followed is None
        sample = followed or fresh
        assert told(sample) == told(fresh)
        assert np.allclose(spread_of(sample), spread_of(fresh), atol=1e-6), "added up in another order"
        assert len(sample.index.segments) <= MOST_SEGMENTS
        assert len(sample.known) <= 2 * MOST


def test_a_sample_of_which_too_much_went_is_fetched_anew():
    held = Held()
    held.rows = {id_: (id_ * (WHOLE // 100), ["army"]) for id_ in range(100)}
    sample = Sample.of(held.fetch, MOST, 100)
    assert sample.lowest.tolist() == list(range(MOST))
    assert sample.followed(held.fetch, Moved(gone=frozenset({0})), "document").lowest.tolist() == [1, 2, 3, 4, 5, 6]
    assert sample.followed(held.fetch, Moved(gone=frozenset(range(4))), "document") is None


class Server:
    """Has the rows of two documents."""

    def call(self, name, collection, ids, **options):
        return [{"id": id_} for id_ in ids if id_ in {1, 2}]


@pytest.mark.parametrize("is_current", [True, False])
def test_passages_of_documents_that_are_gone_are_no_part_of_any_answer(is_current):
    names, looked = Collections.of("papers", "c_one"), []

    def current():
        looked.append(is_current)
        return is_current

    standing = Standing(change=4, last=5, new=(4,), gone=(1,), came=False)
    fetched = Fetched(Server(), names, Remembered()).of(standing, current)
    ids = np.array([1, 2, 4, 9]) * PASSAGES_OF_DOCUMENT
    assert fetched.living(ids).tolist() == ids[:2].tolist()
    assert not looked, "what is coming, and what came later, never was"
    if is_current:
        assert fetched.living(np.array([3, 2]) * PASSAGES_OF_DOCUMENT).tolist() == [2 * PASSAGES_OF_DOCUMENT]
    else:
        with pytest.raises(ChangedMeanwhile):
            fetched.living(np.array([3, 2]) * PASSAGES_OF_DOCUMENT)
    assert looked == [is_current]
