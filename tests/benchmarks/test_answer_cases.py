"""Paragraphs without a sentence that answers."""

from benchmarks.answer_cases import _answering_sentence, _without

TEXT = "Rome is old. Paris lies on the Seine. Oslo is in the north."


def asked(*answers):
    return {"answers": [{"text": text, "answer_start": TEXT.index(text)} for text in answers]}


def test_the_sentence_in_the_middle_of_those_that_answer_is_left_out():
    paragraph = {"context": TEXT, "qas": [asked("old"), asked("Seine"), asked("north"), asked()]}
    assert _without(TEXT, _answering_sentence(paragraph)) == "Rome is old. Oslo is in the north."


def test_a_paragraph_of_one_sentence_or_without_answers_stays_whole():
    for context, questions in ((TEXT[:12], [asked("old")]), (TEXT, [asked()])):
        assert _without(context, _answering_sentence({"context": context, "qas": questions})) == context
