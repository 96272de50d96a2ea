"""Documents in order, and the field's measures on rankings whose values are known."""

import math

import pytest

from qa.answers import Elsewhere, Hit
from qa.evaluation.ranking import DEPTH, ranked_documents, retrieval_measures


class Searched:
    """A corpus that finds so many passages of each document, in turn; `copies` say the same as each passage."""

    def __init__(self, documents, passages, copies=()):
        self.found = [f"d{n}" for n in range(documents) for _ in range(passages)]
        self.also = tuple(Elsewhere(path, "", "", 0, 1) for path in copies)
        self.asked = []

    def search(self, query, k, *, within=(), carry=()):
        self.asked.append((query, k, within, carry))
        facts = {"title": "", "start": 0, "end": 1, "passage": "x", "passage_start": 0, "score": 1.0}
        return [Hit(path=path, also=self.also, **facts) for path in self.found[:k]]


def test_a_document_counts_by_its_best_passage():
    assert ranked_documents(Searched(3, 4), "x") == ("d0", "d1", "d2")


def test_long_documents_are_searched_deeper():
    corpus = Searched(40, 30)
    assert ranked_documents(corpus, "x") == tuple(f"d{n}" for n in range(DEPTH))
    assert [k for _, k, _, _ in corpus.asked] == [100, 400, 1600]


def test_what_says_the_same_comes_right_after_the_hit():
    assert ranked_documents(Searched(3, 1, copies=("copy", "d2")), "x") == ("d0", "copy", "d2", "d1")


def test_many_copies_do_not_end_the_search_early():
    corpus = Searched(1, 60, copies=("d0",))
    ranked_documents(corpus, "x")
    assert [k for _, k, _, _ in corpus.asked] == [100, 400]


def test_words_are_carried_beside_the_query_and_not_in_it():
    corpus = Searched(2, 1)
    ranked_documents(corpus, "And Peru?", within=("news/*",), carry=("Venezuelans",))
    assert corpus.asked == [("And Peru?", 100, ("news/*",), ("Venezuelans",))]


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
