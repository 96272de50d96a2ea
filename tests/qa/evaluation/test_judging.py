"""What counts as right."""

import pytest

from qa.answers import Answer, Citation
from qa.evaluation.judging import answer_is_right, gives_a_rejected_quote, holds, is_slice, place_is_right
from qa.evaluation.questions import Gold, Question, Quote


def cited(path="a.pdf", start=10, end=20, quote="x" * 10, **place):
    return Citation(
        path=path, title="A", start=start, end=end, quote=quote, passage=quote, passage_start=start, score=1.0, **place
    )


def question(**facts):
    return Question(id="1", question="Who?", **facts)


@pytest.mark.parametrize(
    ("text", "words", "held"),
    [
        ("The TEAM\n won.", "team won", True),
        ("About 2,500 arrive.", "2,500", True),
        ("About 12,500 arrive.", "2,500", False),
        ("About 2,500.5 arrive.", "2,500", False),
        ("On 14 May", "4", False),
        ("It was 1999.", "1999", True),
        ("He was toppled.", "topple", True),
        ("STRASSE", "straße", True),
        ("ﬁve", "five", True),
        ("a.b", "a?b", False),
        ("", "x", False),
    ],
)
def test_words_are_compared_with_white_space_and_case_folded(text, words, held):
    assert holds(text, words) is held


def test_any_answer_makes_a_sentence_right():
    known = question(answers=("Cucuta", "Colombia"))
    assert answer_is_right(known, "In Colombia.", None) is True
    assert answer_is_right(known, "In Peru.", cited()) is False


@pytest.mark.parametrize(("start", "end", "right"), [(0, 10, False), (0, 11, True), (19, 30, True), (20, 30, False)])
def test_without_words_the_span_decides(start, end, right):
    known = question(documents=(Gold("a.pdf"),), start=start, end=end)
    assert answer_is_right(known, "anything", cited()) is right
    assert answer_is_right(known, "anything", cited(path="b.pdf")) is False
    assert answer_is_right(known, "", None) is False


def test_what_is_not_known_is_not_judged():
    assert answer_is_right(question(documents=(Gold("a.pdf"),)), "x", cited()) is None
    assert answer_is_right(question(unanswerable="false premise"), "x", cited()) is False


@pytest.mark.parametrize(
    ("gold", "place", "right"),
    [
        ({"page": 4}, {"page": 4}, True),
        ({"page": 4}, {"page": 5}, False),
        ({"page": 4}, {}, None),  # a text file has no pages
        ({"page_label": "IV"}, {"page": 6, "page_label": "iv"}, True),
        ({"heading": "colombia"}, {"heading": ("Aid", "Colombia")}, True),
        ({"heading": "Aid › Colombia"}, {"heading": ("Aid", "Colombia")}, True),
        ({"heading": "Peru"}, {"heading": ("Aid", "Colombia")}, False),
        ({"sheet": "Pledges"}, {"sheet": "pledges"}, True),
        ({"slide": 3, "heading": "X"}, {"slide": 3}, True),
        ({}, {"page": 4}, None),
    ],
)
def test_places(gold, place, right):
    assert place_is_right(question(documents=(Gold("a.pdf", gold),)), cited(**place)) is right


def test_the_right_page_of_a_wrong_document_is_wrong():
    known = question(documents=(Gold("a.pdf", {"page": 4}),))
    assert place_is_right(known, cited(path="b.pdf", page=4)) is False
    assert place_is_right(known, None) is False


def test_a_quote_that_was_judged_wrong():
    known = question(rejected=(Quote("a.pdf", "It rained."),))
    given = Answer(question="Who?", text="It  rained.", found=True, confidence=1, citations=(cited(),))
    assert gives_a_rejected_quote(known, given) is True
    assert gives_a_rejected_quote(question(rejected=(Quote("b.pdf", "It rained."),)), given) is False
    assert gives_a_rejected_quote(question(), given) is None
    refused = Answer(question="Who?", text="", found=False, confidence=0)
    assert gives_a_rejected_quote(known, refused) is False
    assert gives_a_rejected_quote(question(refusal_rejected=True), refused) is True


def test_a_citation_is_a_slice():
    assert is_slice("0123456789It rains.", cited(start=10, end=19, quote="It rains."))
    assert not is_slice("0123456789It  rains.", cited(start=10, end=19, quote="It rains."))
    assert not is_slice(None, cited())
