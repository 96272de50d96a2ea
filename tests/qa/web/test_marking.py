"""Marks in a text: the quote stands out, other places are fainter, and no character is lost or said twice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.documents import Span
from qa.web.marking import Marks, Other, marked_html
from tests.qa.web.exchanges import Seen

TEXT = "Aid waits. It is flour & rice."
FAINT = '<span class="fn-faint" data-go="2" data-place="0">It is flour</span>'


def test_another_place_is_faint_and_has_its_number_behind_it():
    html = marked_html(TEXT, Span(0, len(TEXT)), Marks(Span(0, 10), (Other(2, 0, Span(11, 22)),)))
    assert html.startswith(f'<mark>Aid waits.</mark> {FAINT}<button type="button" class="fn-cite" data-go="2"')
    assert html.endswith(">[2]</button> &amp; rice.")


def test_the_number_stands_once_where_the_place_goes_on_in_the_next_block():
    marks = Marks(Span(0, 0), (Other(3, 1, Span(4, 22)),))
    first, second = marked_html(TEXT, Span(0, 10), marks), marked_html(TEXT, Span(11, 30), marks)
    assert "[3]" not in first
    assert second.count("[3]") == 1
    assert 'aria-label="Citation 3, another place"' in second


def test_the_quote_stands_above_a_place_that_it_lies_in():
    seen = Seen(marked_html(TEXT, Span(0, len(TEXT)), Marks(Span(11, 13), (Other(2, 0, Span(4, 22)),))))
    assert seen.text == "Aid waits. [2]It is flour[2] & rice."
    assert seen.elements == ["span", "button", "mark", "span", "button"]


@st.composite
def spans(draw):
    start = draw(st.integers(0, len(TEXT)))
    return Span(start, draw(st.integers(start, len(TEXT))))


@given(part=spans(), quote=spans(), others=st.lists(spans(), max_size=4))
def test_every_character_is_said_once(part, quote, others):
    marks = Marks(quote, tuple(Other(number, 0, span) for number, span in enumerate(others, 2)))
    seen = Seen(marked_html(TEXT, part, marks, numbered=False))
    assert seen.text == TEXT[part.start : part.end]
    quoted = Seen(marked_html(TEXT, part, Marks(quote)))
    assert quoted.elements == ["mark"] * (max(part.start, quote.start) < min(part.end, quote.end))


@pytest.mark.parametrize("numbered", [True, False])
def test_text_is_escaped_in_every_kind_of_mark(numbered):
    text = "<b>&" * 3
    marks = Marks(Span(0, 4), (Other(2, 0, Span(4, 8)),))
    assert "<b>" not in marked_html(text, Span(0, 12), marks, numbered=numbered)
