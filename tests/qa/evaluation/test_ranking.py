"""Documents in order, and the field's measures on rankings whose values are known."""

import math

import pytest

from qa.answers import Hit
from qa.evaluation.ranking import DEPTH, ranked_documents, retrieval_measures


class Searched:
    """A corpus that finds so many passages of each document, in turn."""

    def __init__(self, documents, passages):
        self.found = [f"d{n}" for n in range(documents) for _ in range(passages)]
        self.asked = []

    def search(self, query, k, *, within=()):
        self.asked.append(k)
        facts = {"title": "", "start": 0, "end": 1, "passage": "x", "passage_start": 0, "score": 1.0}
        return [Hit(path=path, **facts) for path in self.found[:k]]


def test_a_document_counts_by_its_best_passage():
    assert ranked_documents(Searched(3, 4), "x", ()) == ("d0", "d1", "d2")


def test_long_documents_are_searched_deeper():
    corpus = Searched(40, 30)
    assert ranked_documents(corpus, "x", ()) == tuple(f"d{n}" for n in range(DEPTH))
    assert corpus.asked == [100, 400, 1600]


def test_known_measures():
    found = retrieval_measures({"q": {"a": 1, "b": 1}}, {"q": ("x", "a", "y", "z", "w", "b")})["q"]
    assert found["recall@1"] == 0
    assert found["recall@5"] == 0.5
    assert found["recall@10"] == found["recall@20"] == 1
    assert (found["success@1"], found["success@5"]) == (0, 1)
    assert found["MRR@10"] == 0.5
    ideal = 1 + 1 / math.log2(3)
    assert found["nDCG@10"] == pytest.approx((1 / math.log2(3) + 1 / math.log2(7)) / ideal)


def test_grades_count_and_the_order_given_is_kept():
    better, worse = {"q": ("b", "a")}, {"q": ("a", "b")}
    grades = {"q": {"a": 1, "b": 3}}
    assert retrieval_measures(grades, better)["q"]["nDCG@10"] == 1
    assert retrieval_measures(grades, worse)["q"]["nDCG@10"] < 1


def test_nothing_found_is_nothing_and_nothing_judged_is_not_measured():
    assert set(retrieval_measures({"q": {"a": 1}}, {"q": ()})["q"].values()) == {0.0}
    assert retrieval_measures({}, {"q": ("a",)}) == {}
