"""Quotations: which words are marked, what stands before them, and rows shown cell by cell."""

from dataclasses import replace

import pytest

from index.documents import Span
from qa.web.conversation import Exchange
from qa.web.quoting import marked_passage
from qa.web.rendering import exchange_html
from tests.qa.web.exchanges import Seen, answered, cited


def test_the_sentence_is_marked_in_its_passage_and_nothing_is_lost():
    html = marked_passage(cited("One & one.\nTwo < three.\n\nFour.", "Two < three."))
    assert html == "One &amp; one.\n<mark>Two &lt; three.</mark>\n\nFour."


def test_of_equal_sentences_the_cited_one_is_marked():
    assert marked_passage(cited("Yes. Yes.", "Yes.", start=5)) == "Yes. <mark>Yes.</mark>"


@pytest.mark.parametrize("start", [-3, 1, 40])
def test_offsets_that_are_not_the_quote_mark_nothing(start):
    assert marked_passage(cited("One. Two.", "Two.", start=start)) == "One. Two."


def blockquote(html: str) -> str:
    return html.partition("<blockquote")[2].partition(">")[2].partition("</blockquote>")[0].partition("<sup>")[0]


@pytest.mark.parametrize(
    ("marks", "shown"),
    [
        ([(5, 11)], "“Born <MARK>5 May.</MARK>”"),
        ([(0, 5), (7, 10)], "“<MARK>Born </MARK>5 <MARK>May</MARK>.”"),
        ([(7, 10), (0, 8)], "“<MARK>Born 5 M</MARK><MARK>ay</MARK>.”"),
        ([(-4, 3)], "“Born 5 May.”"),
        ([(7, 12)], "“Born 5 May.”"),
        ([(4, 4), (9, 5), (900, 901)], "“Born 5 May.”"),
        ([(2, 40), (7, 10)], "“Born 5 <MARK>May</MARK>.”"),
    ],
)
def test_only_words_inside_the_quote_are_marked(marks, shown):
    quote = cited("He came. Born 5 May. Died.", "Born 5 May.")
    spans = tuple(Span(quote.start + start, quote.start + end) for start, end in marks)
    html = exchange_html(Exchange("When?", answered(replace(quote, marks=spans))), 1)
    assert blockquote(html) == shown.replace("<MARK>", '<mark class="fn-words">').replace("MARK", "mark")


def test_marks_of_a_quote_with_other_offsets_mark_nothing():
    quote = cited("He came. Born 5 May.", "Born 5 May.")
    other = replace(quote, end=quote.end + 1, marks=(Span(quote.start, quote.start + 4),))
    assert blockquote(exchange_html(Exchange("When?", answered(other)), 1)) == "“Born 5 May.”"


def test_each_quote_of_an_answer_has_its_own_marks():
    first = replace(cited("A & b.", "A & b."), marks=(Span(104, 105),))
    second = replace(cited("No. C < d.", "C < d."), marks=(Span(108, 109),))
    html = exchange_html(Exchange("Who?", answered(first, second, text="A & b. C < d.")), 1)
    words = 'mark class="fn-words"'
    assert f"“A &amp; <{words}>b</mark>.<sup>" in html
    assert f" C &lt; <{words}>d</mark>.”<sup>" in html


def test_what_is_needed_before_the_quote_stands_before_it_and_in_the_closed_card():
    citation = cited("Ann led it. She won.", "She won.", lead="Ann led it.")
    seen = Seen(exchange_html(Exchange("Who?", answered(citation)), 1))
    assert seen.text.startswith("Who?before it: Ann led it.“She won.”[1]")
    assert "before it: Ann led it.She won.Ann led it. She won." in seen.text


ROW = {"lead": "Country | End of 2018 | Note", "row": 3, "line": None}


def test_a_row_is_shown_below_the_names_of_its_columns():
    citation = cited("Chile | 288 | a\nPeru | 506 | ", "Peru | 506 | ", **ROW)
    html = exchange_html(Exchange("Who?", answered(replace(citation, marks=(Span(123, 126),)))), 1)
    assert Seen(html).text.startswith("Who?Country Peru End of 2018 506[1]A titlerow 3")
    assert '<mark class="fn-words">506</mark><sup>' in html
    assert "Country | End of 2018 | NoteChile | 288" in Seen(html).text  # the open card, whose passage has no header


def test_a_header_that_does_not_fit_its_row_is_a_line_before_it():
    seen = Seen(exchange_html(Exchange("Who?", answered(cited("Peru | 506", "Peru | 506", **ROW))), 1))
    assert seen.text.startswith("Who?columns: Country | End of 2018 | Note“Peru | 506”[1]")


def test_a_header_in_the_passage_is_not_shown_twice_in_it():
    passage = f"{ROW['lead']}\nPeru | 506 | x"
    html = exchange_html(Exchange("Who?", answered(cited(passage, "Peru | 506 | x", **ROW))), 1)
    assert "fn-header" not in html
