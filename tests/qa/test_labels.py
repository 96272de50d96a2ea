"""Labels of forms: which of them a question asks for."""

import pytest

from index.analysis import terms
from qa import Corpus
from qa.answer_types import answering, asked_for
from qa.labels import is_asked_for, with_measures
from qa.leaning import names


def is_labelled(question, text, heading=""):
    kind = asked_for(question)
    named = {term for name in names(question) for term in terms(name)}
    return is_asked_for(text, heading, dict.fromkeys(terms(question)), kind, answering(kind, text, question), named)


@pytest.mark.parametrize(
    ("question", "text", "heading"),
    [
        ("Which cinema is the order for?", "Cinema: | Downtown Multiplex", "Orders"),
        ("Who is the customer of the order?", "Name: | Universal Studios", "Customer"),
        ("Who is the contact at the cinema?", "Contact: Sarah Johnson", ""),
        ("When is the next meeting of the club?", "Date of next meeting: Tuesday 12 November 2024, 19:30", ""),
        ("How many employees does the firm have?", "Number of employees | 221,000 (2023)", ""),
        ("How heavy is the pump?", "Weight | 21.5 kg", ""),
        ("What are the payment terms of the invoice?", "Payment terms: 30 days net", "INVOICE"),
    ],
)
def test_a_question_asks_for_a_label(question, text, heading):
    assert is_labelled(question, text, heading)


@pytest.mark.parametrize(
    ("question", "text", "heading"),
    [
        ("Which cinema is the order for?", "Booking dates: | 12/20/2024", "Orders"),
        ("Who is the customer of the order?", "Name: | Premier Group", "Booking agency"),
        ("Who founded the firm?", "Founded | April 4, 1975 in Albuquerque, New Mexico", ""),
        ("Which sector of the appeal got least?", "Appeal: 738 million dollars for 2019", ""),
        ("Which cinema is the order for?", "Cinema | Downtown Multiplex | NYC-01", "Orders"),
        ("Who is the contact at the cinema?", "Billing contact: Michael Chen", ""),
        ("What does Maria think of the budget?", "Maria: Good morning everyone.", ""),
        ("Who wrote the invoice?", "Name: Ana Ruiz", "About us"),
        ("Who was absent?", "He said that nobody was absent: all had come.", ""),
        ("Who was absent?", " | ", ""),
        ("When?", "", ""),
    ],
)
def test_a_question_asks_for_something_else(question, text, heading):
    assert not is_labelled(question, text, heading)


def test_a_measure_is_called_by_its_noun_or_its_adjective():
    assert with_measures(terms("How heavy is it")) >= set(terms("heavy weight"))
    assert with_measures(terms("its age")) >= set(terms("old age"))
    assert with_measures(["pump"]) == {"pump"}


def test_forms_are_answered_by_the_line_or_row_that_is_asked_for(make_corpus):
    """Beside other lines and rows, which hold more of the question's words."""
    invoice = (
        "INVOICE\n\nInvoice no.: 2025-0417\nInvoice date: 3 March 2025\nDue date: 2 April 2025\n"
        "Bill to: Lindqvist Marine AB\nContact: Eva Strand\n\nNet amount: EUR 4,977.00\nTotal amount: EUR 6,221.25\n"
    )
    pump = (
        "# AquaPro pump\n\n| Fact | Value |\n| --- | --- |\n| Flow rate | 300 l/min |\n| Weight | 21.5 kg |\n"
        "| Manufacturer | Brightwell Pumps Ltd |\n\nThe pump is made for gardens. The hose of the pump is sold apart.\n"
    )
    corpus = Corpus(make_corpus({"invoice.txt": invoice, "pump.md": pump}))
    corpus.sync()
    asked = {
        "When is the invoice due?": "Due date: 2 April 2025",
        "Who is the contact at Lindqvist Marine?": "Contact: Eva Strand",
        "What is the total amount of the invoice?": "Total amount: EUR 6,221.25",
        "How heavy is the pump?": "Weight | 21.5 kg",
        "Who is the manufacturer of the pump?": "Manufacturer | Brightwell Pumps Ltd",
    }
    assert {question: corpus.ask(question).citations[0].quote for question in asked} == asked
