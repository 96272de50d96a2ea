"""BM25 by hand, and the same scores after any history."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical import LexicalIndex
from index.segments import MAX_TF, Segment
from tests.index.lexical_indexes import by_id, by_id_of_document, index_of, segment_of

PASSAGES = [
    (3, 1, ["armi", "soldier", "armi", "purg"]),
    (5, 1, ["migrant", "colombia"]),
    (9, 2, ["migrant", "colombia", "hospit", "school", "migrant", "border"]),
]


def test_scores_are_those_computed_by_hand():
    # N = 3, mean length = (4 + 2 + 6) / 3 = 4. "migrant" stands in 2 passages: idf = ln(1 + 1.5 / 2.5) = 0.470004.
    # Passage 5: tf 1, length 2: 0.470004 * 1 * 2.2 / (1 + 1.2 * (0.25 + 0.75 * 2 / 4)) = 1.034008 / 1.75 = 0.590862
    # Passage 9: tf 2, length 6: 0.470004 * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 6 / 4)) = 2.068017 / 3.65 = 0.566580
    scores = by_id(index_of(PASSAGES), ["migrant"])
    assert scores == pytest.approx({3: 0.0, 5: 0.590862, 9: 0.566580}, abs=1e-6)


def test_terms_add_up_and_repeats_in_the_question_count_once():
    # "armi" stands in 1 passage: idf = ln(1 + 2.5 / 1.5) = 0.980829; tf 2, length 4: * 2 * 2.2 / (2 + 1.2) = 1.348640
    # "purg" likewise with tf 1: 0.980829 * 2.2 / 2.2 = 0.980829
    index = index_of(PASSAGES)
    assert by_id(index, ["armi", "purg", "armi"])[3] == pytest.approx(1.348640 + 0.980829, abs=1e-6)


def test_a_document_scores_as_its_passages_together():
    # Two documents of 6 terms each, "migrant" in both: idf = ln(1 + 0.5 / 2.5) = 0.182322.
    # Document 1 (passages 3 and 5), tf 1: 0.182322 * 2.2 / (1 + 1.2) = 0.182322
    # Document 2 (passage 9), tf 2: 0.182322 * 2 * 2.2 / (2 + 1.2) = 0.250692
    scores = by_id_of_document(index_of(PASSAGES), ["migrant"])
    assert scores == pytest.approx({3: 0.182322, 5: 0.182322, 9: 0.250692}, abs=1e-6)


def test_mean_and_deviation_are_over_all_passages():
    scores = index_of(PASSAGES).score(["migrant"]).passages
    values = [0.0, 0.590862, 0.566580]
    assert scores.mean == pytest.approx(np.mean(values), abs=1e-6)
    assert scores.deviation == pytest.approx(np.std(values), abs=1e-6)


def test_an_unknown_term_scores_nothing_but_has_the_highest_idf():
    scores = index_of(PASSAGES).score(["zebra", "armi"])
    assert scores.idf["zebra"] == pytest.approx(math.log(1 + 3.5 / 0.5))
    assert scores.idf["zebra"] > scores.idf["armi"]
    assert by_id(index_of(PASSAGES), ["zebra"]) == {3: 0.0, 5: 0.0, 9: 0.0}


def test_best_is_ordered_and_leaves_out_what_shares_nothing():
    index = index_of(PASSAGES)
    scores = index.score(["migrant", "hospit"])
    assert index.best(scores, 10).tolist() == [9, 5]
    assert index.best(scores, 1).tolist() == [9]
    assert index.best(scores, 10, among=np.array([3, 5])).tolist() == [5]


def test_a_term_keeps_the_share_of_its_weight_that_it_is_given():
    # A quarter of "migrant" (0.590862 in passage 5, 0.182322 in document 1, see above), all of "purg".
    scores = index_of(PASSAGES).score(["migrant", "purg"], {"migrant": 0.25, "zebra": 0.0})
    found = index_of(PASSAGES).of_passages(scores, np.array([3, 5, 9]))
    assert found.tolist() == pytest.approx([0.980829, 0.147716, 0.141645], abs=1e-6)
    assert scores.idf == pytest.approx({"migrant": 0.117501, "purg": 0.980829}, abs=1e-6)
    whole = index_of(PASSAGES).of_documents(index_of(PASSAGES).score(["migrant"], {"migrant": 0.25}), np.array([5, 9]))
    assert whole.tolist() == pytest.approx([0.045581, 0.062673], abs=1e-6)


def test_a_term_without_weight_finds_nothing():
    index = index_of(PASSAGES)
    scores = index.score(["migrant", "armi"], {"migrant": 0.0})
    assert index.best(scores, 10).tolist() == [3]
    assert scores.idf["migrant"] == 0.0


@pytest.mark.parametrize(
    ("distance", "expected"),
    [(1, [5, -1, -1]), (-1, [-1, 3, -1]), (2, [-1, -1, -1]), (-2, [-1, -1, -1]), (0, [3, 5, 9]), (99, [-1, -1, -1])],
)
def test_around_gives_the_passages_of_the_same_document_only(distance, expected):
    assert index_of(PASSAGES).around(np.array([3, 5, 9]), [distance])[0].tolist() == expected


def test_around_follows_the_order_asked_and_reaches_over_segments():
    passages = [(at, 1 if at < 6 else 2, ["a"]) for at in range(1, 9)]
    index = LexicalIndex.of([segment_of(passages[:3]), segment_of(passages[3:])])
    assert index.around(np.array([5, 3, 7]), [1])[0].tolist() == [-1, 4, 8]
    assert index.around(np.array([5, 3, 7]), [-2])[0].tolist() == [3, 1, -1]


def test_around_leaves_out_what_was_removed():
    assert index_of(PASSAGES, removed=[5]).around(np.array([3, 9]), [1])[0].tolist() == [-1, -1]


def test_an_index_of_nothing_answers():
    index = LexicalIndex.of([])
    scores = index.score(["migrant"])
    assert (scores.passages, scores.documents, index.sample_ids(5).tolist()) == ((0.0, 0.0), (0.0, 0.0), [])
    assert index.best(scores, 5).tolist() == []
    assert index.around(np.array([], dtype=np.int64), [1])[0].tolist() == []


def test_counts_above_one_byte_are_kept_at_its_end():
    rows, tfs = segment_of([(1, 1, ["a"] * 1000)]).postings("a")
    assert (rows.tolist(), tfs.tolist()) == ([0], [MAX_TF])


WORDS = st.lists(st.sampled_from("a b c d é 日本".split()), max_size=6)


def histories(draw, texts):
    """Passages, and an index of them in several segments with some removed."""
    passages = [(at, at // 3, text) for at, text in enumerate(texts, 1)]
    cuts = sorted(draw(st.sets(st.integers(1, len(passages)))))
    removed = draw(st.sets(st.integers(1, len(passages))))
    pieces = [passages[a:b] for a, b in zip([0, *cuts], [*cuts, len(passages)], strict=True)]
    grown = LexicalIndex.of(list(map(segment_of, pieces)), np.array(sorted(removed), dtype=np.int64))
    return [passage for passage in passages if passage[0] not in removed], grown


@pytest.mark.parametrize("scored_whole", [100_000, 0])
@given(st.lists(WORDS, min_size=1, max_size=12), st.data())
def test_segments_and_removals_score_as_a_fresh_index_does(scored_whole, texts, data):
    living, grown = histories(data.draw, texts)
    fresh = index_of(living)
    merged = LexicalIndex.of([Segment.merged(grown.segments, grown.alive_by_segment())])
    terms, all_ids = ["a", "é", "日本"], [passage for passage, _, _ in living]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.lexical.SCORED_WHOLE", scored_whole)
        for index in (grown, merged):
            assert by_id(index, terms) == pytest.approx(by_id(fresh, terms))
            assert by_id_of_document(index, terms) == pytest.approx(by_id_of_document(fresh, terms))
            mine, its = index.score(terms), fresh.score(terms)
            assert mine.idf == its.idf
            assert (index.living, index.living_documents) == (fresh.living, fresh.living_documents)
            assert index.best(mine, 3).tolist() == fresh.best(its, 3).tolist()
            assert index.best(mine, 2, np.array([2, 4, 6])).tolist() == fresh.best(its, 2, np.array([2, 4, 6])).tolist()
            assert index.holding(["a", "b"]).tolist() == [p for p, _, text in living if {"a", "b"} <= set(text)]
            assert index.sample_ids(99).tolist() == all_ids
            if scored_whole:
                assert mine.passages == pytest.approx(its.passages)
                assert mine.documents == pytest.approx(its.documents)
    assert {name: array.tolist() for name, array in merged.segments[0].arrays().items()} == {
        name: array.tolist() for name, array in fresh.segments[0].arrays().items()
    }
