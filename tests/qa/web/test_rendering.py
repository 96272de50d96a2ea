"""Rendering: every word of a document stays itself, and means nothing to the browser."""

from html import unescape
from html.parser import HTMLParser

import pytest

from qa.answers import Answer, Citation
from qa.web.conversation import Exchange
from qa.web.rendering import confidence_in_words, conversation_html, exchange_html, marked_passage, place_html

HOSTILE = [
    "<script>alert(1)</script>",
    "</details></li></ol><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x=\'',
    "[a](javascript:alert(1)) **bold** `code` # heading",
    "$x^2$ \\(y\\) $$z$$ \\[w\\]",
    "${alert(1)} {{value}} `${1}`",
    "&lt;b&gt; &amp; &#x3c;",
    "\u202eright to left\u2066 begun and never ended",
    "<!-- comment --> <![CDATA[ data ]]> <?xml?>",
    "nul\0 and bell\a",
]


def cited(passage: str, quote: str, start: int | None = None, **facts) -> Citation:
    at = passage.index(quote) if start is None else start
    given = {"path": "news/a.txt", "title": "A title", "score": 1.0, "line": 3, **facts}
    return Citation(start=100 + at, end=100 + at + len(quote), passage=passage, passage_start=100, quote=quote, **given)


def answered(*citations: Citation, text: str | None = None, found: bool = True, **facts) -> Answer:
    text = citations[0].quote if text is None and found else text or ""
    return Answer(question="Who?", text=text, found=found, confidence=0.84, citations=citations, **facts)


class Seen(HTMLParser):
    """The elements, attributes and text that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += attrs
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_quotation_comes_first_with_its_mark_and_place():
    citation = cited("Before. The army was told. After.", "The army was told.", page=4, page_label="iv", line=None)
    seen = Seen(exchange_html(Exchange("Who?", answered(citation)), 2))
    assert seen.text.startswith("Who?“The army was told.”[1]A titlep. 4 (iv)Likely right, 84 %")
    assert ("href", "#q2-1") in seen.attributes
    assert ("id", "q2-1") in seen.attributes
    assert seen.open == []


def test_the_sentence_is_marked_in_its_passage_and_nothing_is_lost():
    html = marked_passage(cited("One & one.\nTwo < three.\n\nFour.", "Two < three."))
    assert html == "One &amp; one.\n<mark>Two &lt; three.</mark>\n\nFour."


def test_of_equal_sentences_the_cited_one_is_marked():
    assert marked_passage(cited("Yes. Yes.", "Yes.", start=5)) == "Yes. <mark>Yes.</mark>"


@pytest.mark.parametrize("start", [-3, 1, 40])
def test_offsets_that_are_not_the_quote_mark_nothing(start):
    assert marked_passage(cited("One. Two.", "Two.", start=start)) == "One. Two."


def test_each_sentence_of_an_answer_carries_the_mark_of_its_citation():
    first, second = cited("One. More.", "One."), cited("Two.", "Two.")
    seen = Seen(exchange_html(Exchange("Who?", answered(first, second, text="One. Two.")), 1))
    assert "“One.[1] Two.”[2]" in seen.text


def test_not_in_these_documents_quotes_nothing_and_offers_the_closest_passages():
    html = exchange_html(Exchange("Who?", answered(cited("Near it.", "Near it."), found=False)), 1)
    seen = Seen(html)
    assert "Not in these documents." in seen.text
    assert "Closest passages" in seen.text
    assert "blockquote" not in seen.elements
    assert ("open", None) not in seen.attributes
    assert "“" not in seen.text


def test_carried_words_and_notices_are_shown():
    answer = answered(cited("Yes.", "Yes."), carried=("migrants", "Colombia"))
    seen = Seen(exchange_html(Exchange("And there?", answer, notice="Still reading."), 1))
    assert "understood with: migrants, Colombia" in seen.text
    assert "Still reading." in seen.text


def test_a_question_without_an_answer_says_why():
    seen = Seen(exchange_html(Exchange("…", notice="The question is empty."), 1))
    assert seen.text == "…The question is empty."


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("found", [True, False])
def test_nothing_of_a_document_or_a_question_becomes_markup(hostile, found):
    citation = cited(f"a {hostile} b", hostile, path=hostile, title=hostile, heading=(hostile,), sheet=hostile)
    answer = answered(citation, found=found, carried=(hostile,))
    html = conversation_html([Exchange(hostile, answer, notice=hostile)])
    plain = conversation_html([Exchange("x", answered(cited("a x b", "x"), found=found, carried=("x",)), notice="x")])
    assert sorted(Seen(html).elements) == sorted(Seen(plain).elements)
    assert {name for name, _ in Seen(html).attributes} == {name for name, _ in Seen(plain).attributes}
    assert "\0" not in html
    assert hostile.replace("\0", "\ufffd") in Seen(html).text


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_suggestion_asks_exactly_its_words(hostile):
    seen = Seen(conversation_html((), [hostile]))
    assert ("data-ask", hostile.replace("\0", "\ufffd")) in seen.attributes


def test_text_of_documents_is_isolated_from_the_text_around_it():
    html = exchange_html(Exchange("\u202eWho?", answered(cited("\u202eYes.", "\u202eYes.", title="\u202et"))), 1)
    assert 'class="fn-question" dir="auto"' in html
    assert "<bdi>\u202et</bdi>" in html
    assert '<blockquote dir="auto">' in html


def test_a_title_that_is_the_first_heading_is_said_once():
    citation = cited("Yes.", "Yes.", title="Report", heading=("Report", "Colombia"))
    assert unescape(place_html(citation)) == "<bdi>Colombia, line 3</bdi>"


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (1.0, "Very likely right, 99 %"),
        (0.84, "Likely right, 84 %"),
        (0.6, "Probably right, 60 %"),
        (0.0, "Uncertain, 0 %"),
    ],
)
def test_confidence_in_words(confidence, words):
    assert confidence_in_words(confidence) == words
