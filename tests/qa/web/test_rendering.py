"""Rendering: every word of a document stays itself, and means nothing to the browser."""

from dataclasses import replace
from html import unescape

import pytest

from index.documents import Span
from qa.answers import Choice, Elsewhere
from qa.web.conversation import Asking, Exchange
from qa.web.elsewhere import ALSO_NAMED
from qa.web.rendering import confidence_in_words, conversation_html, exchange_html, place_html
from tests.qa.web.exchanges import HOSTILE, Seen, answered, cited


def test_the_quotation_comes_first_with_its_mark_and_place():
    citation = cited("Before. The army was told. After.", "The army was told.", page=4, page_label="iv", line=None)
    seen = Seen(exchange_html(Exchange("Who?", answered(citation)), 2))
    assert seen.text.startswith("Who?“The army was told.”[1]A titlep. 4 (iv)Likely right, 84 %")
    assert ("href", "#q2-1") in seen.attributes
    assert ("id", "q2-1") in seen.attributes
    assert seen.open == []


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


def test_carried_words_are_buttons_that_leave_one_out():
    answer = answered(cited("Yes.", "Yes."), carried=("migrants", "Colombia"))
    exchange = Exchange("And there?", answer, notice="Still reading.")
    seen = Seen(exchange_html(exchange, 1))
    assert "understood with:Ask again without migrants×Ask again without Colombia×" in seen.text
    assert [value for name, value in seen.attributes if name == "data-without"] == ["migrants", "Colombia"]
    assert [value for name, value in seen.attributes if name == "data-exchange"] == [exchange.key] * 2
    assert "Still reading." in seen.text


def test_words_that_were_read_as_others_are_said():
    answer = answered(cited("Yes.", "Yes."), read_as=(("<Venezuala>", "<b>Venezuela"),))
    seen = Seen(exchange_html(Exchange("Who?", answer), 1))
    assert "no “<Venezuala>” here, looked for <b>Venezuela" in seen.text


def test_what_a_question_was_narrowed_to_is_said():
    asking = Asking(carry=(), left_out=("migrants", "live"), within=("a.md",), label="The report")
    seen = Seen(exchange_html(Exchange("And there?", answered(cited("Yes.", "Yes.")), asking=asking), 1))
    assert seen.text.startswith("And there?left out: migrants, liveasked of: The report")


def test_what_chosen_documents_do_not_say_can_be_asked_of_all():
    asking = Asking(within=("reports/", "a.md"), label="reports/ and a.md (8 documents)")
    seen = Seen(exchange_html(Exchange("Who?", answered(cited("Near.", "Near."), found=False), asking=asking), 1))
    assert "Not in the documents you chose." in seen.text
    assert "Ask all documents" in seen.text
    assert ("data-all", "documents") in seen.attributes
    gone = Seen(exchange_html(Exchange("Who?", notice="No longer here.", asking=asking), 1))
    assert ("data-all", "documents") in gone.attributes
    everywhere = Seen(exchange_html(Exchange("Who?", answered(cited("Near.", "Near."), found=False)), 1))
    assert "Ask all documents" not in everywhere.text


def test_what_one_document_does_not_say_may_stand_in_others():
    answer, asking = answered(cited("Near.", "Near."), found=False), Asking(within=("a.md",), label="The report")
    seen = Seen(exchange_html(Exchange("Who?", answer, asking=asking), 1))
    assert seen.text.startswith("Who?asked of: The reportNot in this document. The closest")


CLARIFY = {
    "clarify": "Which of these do you mean: “One: a tale”, “Two”?",
    "choices": (Choice("One: a tale", within="a/one.md"), Choice("Two", within="two.md")),
}


def test_a_question_back_stands_before_what_is_no_answer_and_names_each_choice_once():
    html = exchange_html(Exchange("This?", answered(cited("Near.", "Near."), found=False, **CLARIFY)), 1)
    seen = Seen(html)
    assert "This?Which of these do you mean?Ask only One: a taleAsk only TwoNot in these documents, as" in seen.text
    assert [value for name, value in seen.attributes if name == "data-within"] == ["a/one.md", "two.md"]


def test_a_question_back_stands_before_an_uncertain_answer():
    answer = replace(answered(cited("It is.", "It is."), **CLARIFY), confidence=0.4)
    seen = Seen(exchange_html(Exchange("This?", answer), 1))
    assert "This?Which of these do you mean?Ask only One: a taleAsk only Two“It is.”[1]" in seen.text


def test_a_question_back_stands_behind_a_sure_answer():
    seen = Seen(exchange_html(Exchange("This?", answered(cited("It is.", "It is."), **CLARIFY)), 1))
    assert seen.text.startswith("This?“It is.”")
    assert "Likely right, 84 %Or is it about one of these?Ask only One: a taleAsk only TwoPassages" in seen.text


def places(count: int, **facts) -> tuple[Elsewhere, ...]:
    given = {"path": "b{}.md", "title": "Title {}", "place": "line {}", **facts}
    return tuple(
        Elsewhere(**{name: said.format(number) for name, said in given.items()}, start=0, end=4)
        for number in range(1, count + 1)
    )


@pytest.mark.parametrize(
    ("also", "said"),
    [
        ((), "news/a.txt"),
        (places(1), "news/a.txtalso in: Title 1, line 1"),
        (places(2), "news/a.txtalso in: Title 1, line 1; Title 2, line 2"),
        (places(ALSO_NAMED + 1), "; Title 3, line 3; and 1 more"),
        (places(700 + ALSO_NAMED), "; Title 3, line 3; and 700 more"),
        (places(1, path="news/a.txt"), "news/a.txtalso in: this document, line 1"),
        (places(1, title="A title"), "news/a.txtalso in: b1.md, line 1"),
        (places(2, title="Twin"), "news/a.txtalso in: b1.md, line 1; b2.md, line 2"),
        (places(1, place=""), "news/a.txtalso in: Title 1"),
        (places(1, place="p. 4, Title 1 › Aid"), "news/a.txtalso in: Title 1, p. 4, Aid"),
        (places(1, place="Title 1, line 7"), "news/a.txtalso in: Title 1, line 7"),
        (places(1, place="Title 1"), "news/a.txtalso in: Title 1"),
        (places(1, place="Subtitle 1 › Aid"), "news/a.txtalso in: Title 1, Subtitle 1 › Aid"),
    ],
)
def test_other_places_that_say_the_same_are_named_below_the_card(also, said):
    seen = Seen(exchange_html(Exchange("Who?", answered(cited("Yes.", "Yes.", also=also))), 1))
    assert seen.text.endswith(said)
    assert seen.text.count("Title") <= ALSO_NAMED
    assert ("also in:" in seen.text) == bool(also)


def test_a_question_without_an_answer_says_why():
    seen = Seen(exchange_html(Exchange("…", notice="The question is empty."), 1))
    assert seen.text == "…The question is empty."


def full_exchange(text: str, *, found: bool, row: int | None) -> Exchange:
    """An exchange that has `text` wherever text of documents and of people can stand."""
    quote = f"a|{text}" if row else text
    citation = cited(f"a {quote} b", quote, path=text, title=text, heading=(text,), sheet=text, row=row)
    named = ((text, text), (f"path {text}", text), ("other", f"title {text}"))
    also = tuple(Elsewhere(path, title, f"place {text}", 0, 1) for path, title in named)
    lead = f"h|{text}" if row else text
    marks = (Span(citation.start + 1, citation.start + 6), Span(citation.start - 5, citation.end + 5))
    clarify, choices = f"Which: “{text}”?", (Choice(text, within=text),)
    answer = answered(
        replace(citation, lead=lead, marks=marks, also=also),
        found=found,
        carried=(text,),
        clarify=clarify,
        choices=choices,
    )
    return Exchange(text, answer, text, Asking(left_out=(text,), label=text))


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("found", [True, False])
@pytest.mark.parametrize("row", [None, 3])
def test_nothing_of_a_document_or_a_question_becomes_markup(hostile, found, row):
    html, plain = (
        conversation_html([full_exchange(text, found=found, row=row)]) for text in (hostile, "x" * len(hostile))
    )
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
    on_a_site = cited("Yes.", "Yes.", title="Report | The Courier", heading=("Report", "Colombia"))
    assert place_html(on_a_site) == place_html(citation)
    longer = cited("Yes.", "Yes.", title="Reports", heading=("Report", "Colombia"))
    assert unescape(place_html(longer)) == "<bdi>Report › Colombia, line 3</bdi>"


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
