"""Sentences: known answers for what is easily got wrong, and properties that hold for any text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.sentences import LONGEST, cut_point, sentence_spans

TRICKY = [
    ["U.S. Deputy Foreign Minister Sergei Ryabkov said so.", "TASS reported it."],
    ["About approx. 5 percent came.", "He left."],
    ["Use a tool, e.g. Tables.", "Next one."],
    ["1. First item here.", "2. Second item here."],
    ["(a) First item.", "(b) Second item."],
    ["See No. 5 for it.", "Then go."],
    ["Printed in Geneva, Cat. No. 7 of the list.", "Then go."],
    ["He has a cat.", "No dog came."],
    ["The answer is no.", "Five people came."],
    ["Sen. Marco Rubio spoke.", "Gov. Smith too.", "So did Lt. Col. Jones."],
    ["It is on p. 4 of the book.", "See pp. 5 to 9, vol. 3, ch. 4 and Fig. 3 too."],
    ["J. R. R. Tolkien and George W. Bush met.", "They talked."],
    ["He waited ... and left.", "Then nothing."],
    ['He said "It is over."', "Then he left."],
    ["“We will resist.”", "He added more."],
    ['He asked, "Why?" and left.', "(It was late.)", "Next."],
    ["I live in the U.S.", "The weather is nice."],
    ["She came at 5 p.m.", "He left at 6 a.m. on Jan. 5."],
    ["It costs $3.5 million.", "Version 2.0.1 is out."],
    ["as of 2018.", "a deferred tax asset of $7 million.", "the company had 5."],
    ["In 1960 he left.[4]", "More text follows."],
    ["中文句子。", "第二句！", "第三句？"],
    ["Yes!!!", "No?!", "A line\nthat goes on."],
]


@pytest.mark.parametrize("sentences", TRICKY, ids=lambda sentences: sentences[0])
def test_tricky_sentences(sentences):
    text = " ".join(sentences)
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


def test_offsets_count_characters_not_bytes():
    text = "😀 Überall 🇻🇪 ist es so. Señor Maduro spoke."
    assert [text[start:end] for start, end in sentence_spans(text)][-1] == "Señor Maduro spoke."


def test_the_sentences_of_a_long_quotation_are_found():
    said = [f"Moscow would resist attempt number {number} in every way it can." for number in range(30)]
    text = "“" + " ".join(said) + "” He left."
    found = [text[start:end] for start, end in sentence_spans(text)]
    assert found[1:-2] == said[1:-1]
    assert found[0] == "“" + said[0]
    assert found[-2:] == [said[-1] + "”", "He left."]


def test_a_long_sentence_is_cut_at_its_clauses():
    text = "; ".join(f"clause {number} says that the parties agree on point {number}" for number in range(60)) + "."
    found = [text[start:end] for start, end in sentence_spans(text)]
    assert len(found) > 1
    assert all(sentence.endswith((";", ".")) for sentence in found)
    assert max(map(len, found)) <= LONGEST


def test_a_line_without_spaces_is_cut_in_equal_parts():
    lengths = [end - start for start, end in sentence_spans("x" * 200_000)]
    assert sum(lengths) == 200_000
    assert LONGEST - 100 <= min(lengths) <= max(lengths) <= LONGEST


def test_a_sentence_across_the_window_of_the_library_stays_whole():
    text = " ".join(f"This is the sentence that has the number {number} in it." for number in range(2_000))
    found = [text[start:end] for start, end in sentence_spans(text)]
    assert len(found) == 2_000
    assert found[777] == "This is the sentence that has the number 777 in it."


@pytest.mark.parametrize(
    "unit", ["A. ", ".", " ", "\n", "x", '"', "(“.”)", "1. ", "e.g. ", "“a. B ", "[", "。", "a\n\n"]
)
def test_a_hostile_megabyte_takes_linear_time(unit):
    text = unit * (1_000_000 // len(unit))
    begun = time.perf_counter()
    spans = sentence_spans(text)
    assert time.perf_counter() - begun < 20  # the library alone takes 28 s or more for "(“.”)"; ours 0.5
    assert all(end - start <= LONGEST for start, end in spans)


ANYTHING = st.text(alphabet=st.sampled_from("aB1 .!?…\n\t\"'“”()[]«»;:,。！？é😀-—"), max_size=3_000) | st.text(
    max_size=300
)


@given(ANYTHING)
def test_every_character_that_is_not_white_is_in_exactly_one_sentence(text):
    spans = sentence_spans(text)
    held = [offset for start, end in spans for offset in range(start, end)]
    assert len(held) == len(set(held))
    assert held == sorted(held)
    assert {offset for offset, char in enumerate(text) if not char.isspace()} <= set(held)
    for start, end in spans:
        assert text[start:end] == text[start:end].strip() != ""
        assert end - start <= LONGEST


@given(ANYTHING.filter(lambda text: len(text) > 1), st.floats(0, 1))
def test_a_cut_leaves_both_parts_something(text, share):
    aim = 1 + int(share * (len(text) - 2))
    assert 0 < cut_point(text, 0, len(text), aim) < len(text)
