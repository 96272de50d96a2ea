"""Terms that a misspelt one may have meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import analysis
from index.segments import Segment
from index.spelling import MOST_LETTERS, near, similar, spellings

VOCABULARY = ["venezuela", "venice", "venezuelan", "colombia", "colombo", "columbia", "army", "arms", "amnesty"]


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("venezuala", [("venezuela", 1), ("venezuelan", 2)]),
        ("venezeula", [("venezuela", 1), ("venezuelan", 2)]),
        ("colmbia", [("colombia", 1), ("columbia", 1)]),
        ("colobmia", [("colombia", 1)]),
        ("kolombia", []),
        ("arny", []),
        ("amnetsy", [("amnesty", 1)]),
        ("amnetys", []),
        ("x1234567", []),
        ("", []),
    ],
)
def test_near_terms(term, found):
    assert similar(term, [word for word in VOCABULARY if word[:1] == term[:1]]) == found


def test_a_word_is_changed_before_it_is_stemmed():
    assert spellings("terminaton")["termin"] == ["termination", "terminator"]
    assert spellings("meels")["meal"] == ["meals"]
    assert spellings("Buisness")["busi"] == ["business"]
    assert "inter" in spellings("inters")


def test_words_that_were_only_tried_are_not_remembered():
    before = len(analysis._known)
    assert len(spellings("rememberance")) > 100
    assert len(analysis._known) == before


@pytest.mark.parametrize("word", ["mels", "日本日本日本", "x1y2z3", "x" * (MOST_LETTERS + 1), ""])
def test_what_is_no_word_of_letters_is_not_changed(word):
    assert spellings(word) == {}


LETTERS = st.text(st.sampled_from("abceøß語"), min_size=1, max_size=11)


@given(st.lists(LETTERS, min_size=1, max_size=30, unique=True), LETTERS.filter(lambda term: len(term) >= 4))
def test_what_is_ruled_out_early_is_not_near(words, term):
    segment = Segment.build([(1, 1, 1, words)])
    alike = [word for word in words if word[0] == term[0]]
    assert similar(term, near(term, segment)) == similar(term, alike)
    assert set(near(term, segment)) <= set(alike)


def test_most_terms_are_ruled_out_early():
    segment = Segment.build([(1, 1, 1, [*VOCABULARY, "vacation", "verandas", "vermouth"])])
    assert near("venezuala", segment) == ["venezuela", "venezuelan"]
