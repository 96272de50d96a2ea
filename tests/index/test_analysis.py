"""Terms of documents and questions."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analysis import MAX_TERM_CHARACTERS, STOP_WORDS, fold, terms, terms_with_spans
from index.irregular import _TABLE, FORMS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Migrants migrating in the migration", ["migrant", "migrat", "migrat"]),
        ("Guaidó and GUAIDO", ["guaido", "guaido"]),
        ("2,500 people, 1.5 billion; 3.2", ["2500", "peopl", "1.5", "billion", "3.2"]),
        ("2,500, or 1,300,000.50.", ["2500", "1300000.50"]),
        ("1.234,5 and 1.300.000,25, or 1.234,5", ["1234.5", "1300000.25", "1234.5"]),
        ("No.2,500 ($1,148,500)", ["2500", "1148500"]),
        ("Peru,506000,768000", ["peru", "506000", "768000"]),
        ("2018-12,1148,500", ["2018", "12", "1148", "500"]),
        ("Peru,506,768,x", ["peru", "506", "768", "x"]),
        ("12,300,Lima", ["12", "300", "lima"]),
        ('"2,500","1,300",7', ["2500", "1300", "7"]),
        ('12,500,"Lima"', ["12", "500", "lima"]),
        ("12,500,,", ["12", "500"]),
        ('"It hosted 2,500," she said', ["host", "2500", "say"]),
        ("42.00,140", ["42.00", "140"]),
        ("12.345,6,Lima", ["12.345", "6", "lima"]),
        ("1.5,2.5 and 1.2.3", ["1.5", "2.5", "1.2.3"]),
        ("1,234,5678", ["1", "234", "5678"]),
        ("Venezuela's, O'Brien’s", ["venezuela", "o", "brien"]),
        ("PKS-77/b", ["pks", "77", "b"]),
        ("ﬁnance Ｆｕｌｌ", ["financ", "full"]),
        ("日本語 and 中", ["日本", "本語", "中"]),
        (
            "Who paid? Women's children began to write what they wrote, and won",
            "pay woman child begin write write win".split(),
        ),
        ("He won’t, and WON'T; Won.", ["win"]),
        ("the left was found in the ground", ["left", "found", "ground"]),
        ("The red LED led; LEDs lead", ["red", "led", "lead", "led", "lead"]),
        ("the of and", []),
        ("... !?", []),
    ],
)
def test_known_terms(text, expected):
    assert terms(text) == expected


def test_spans_point_at_the_word_as_written():
    text = "Ask Guaidó's men: 2,500."
    found = {str(term): text[term.start : term.end] for term in terms_with_spans(text)}
    assert found == {"ask": "Ask", "guaido": "Guaidó's", "man": "men", "2500": "2,500"}


@given(st.text())
def test_any_text_has_terms_of_bounded_length(text):
    assert all(0 < len(term) <= 2 * MAX_TERM_CHARACTERS for term in terms(text))
    assert [str(term) for term in terms_with_spans(text)] == terms(text)


def test_a_line_without_spaces_becomes_terms_of_bounded_length():
    assert max(map(len, terms("x" * 200_000))) <= MAX_TERM_CHARACTERS


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_folding_twice_is_folding_once(word):
    assert fold(fold(word)) == fold(word)


def test_irregular_forms_are_folded_words_that_no_other_form_is_made_of():
    assert len(FORMS) > 200
    assert len(FORMS) == len(re.findall(r"(?<= )[a-z]+", re.sub(r"(?:^|\|)\s*[a-z]+", "|", " ".join(_TABLE.split()))))
    assert all(word.isascii() and word.isalpha() and word.islower() for pair in FORMS.items() for word in pair)
    assert not FORMS.keys() & ({*FORMS.values()} | STOP_WORDS)
    assert all(terms(form) == terms(word) for form, word in FORMS.items())
