"""Written answers as HTML, and what is remembered of them."""

import pytest

from index import Conversations
from qa.answers import Answer
from qa.web.conversation import Exchange
from qa.web.record import Record
from qa.web.written import Writers, written_html
from qa.written import Written, WrittenSentence, language_model

LLM = language_model("http://localhost:1/v1", "m", key="")
HOSTILE = "<script>alert(1)</script>\u202e & \0"
TAB = f"{'1' * 32}:{'a' * 32}"
SAID = WrittenSentence("So it was.", (1,), True)


class Growing:
    """A corpus whose written answers grow as it was told."""

    def __init__(self, *values):
        self.values, self.asked = values, 0

    def write(self, answer, llm, *, stop=None):
        self.asked += 1
        for value in self.values:
            if isinstance(value, Exception):
                raise value
            yield value


@pytest.fixture
def record(tmp_path):
    return Record(Conversations(tmp_path))


def just_asked(writers, record, *, found=True):
    """An exchange as the page has it when it was answered just now."""
    answer = Answer(question="Why?", text="So." if found else "", found=found, confidence=0.8)
    exchange = record.keep(TAB, Exchange("Why?", answer)).exchanges[-1]
    writers.expect(exchange)
    return exchange


def test_everything_that_was_not_written_here_is_escaped():
    sentences = (WrittenSentence(HOSTILE, (1,), True), WrittenSentence(HOSTILE, (2,), False, HOSTILE))
    shown = written_html(Written(HOSTILE, sentences, HOSTILE, problem=HOSTILE), 3)
    assert "<script" not in shown
    assert "\0" not in shown
    assert shown.count("&lt;script&gt;") == 6
    assert 'href="#q3-2"' in shown


def test_without_a_language_model_and_without_an_answer_nothing_stands_there(record):
    without, writers = Writers(Growing(), record, None), Writers(Growing(), record, LLM)
    assert without.html(just_asked(without, record), 1) == ""
    assert writers.html(just_asked(writers, record, found=False), 1) == ""
    assert writers.html(Exchange("Why?", notice="No."), 1) == ""


def test_what_was_asked_earlier_and_is_only_shown_again_is_not_sent(record):
    without = Writers(Growing(), record, None)
    exchange = just_asked(without, record)
    corpus = Growing(Written("m", ended=True))
    writers = Writers(corpus, record, LLM)
    assert writers.html(exchange, 1) == ""
    assert list(writers.write(TAB, exchange.key)) == [""]
    assert corpus.asked == 0


def test_what_was_written_is_kept_and_not_written_twice(record):
    corpus = Growing(Written("m"), Written("m", (SAID,)), Written("m", (SAID,), ended=True))
    writers = Writers(corpus, record, LLM)
    exchange = just_asked(writers, record)
    assert 'data-state="waiting"' in writers.html(exchange, 1)
    shown = list(writers.write(TAB, exchange.key))
    assert ['data-state="writing"' in html for html in shown] == [True, True, False]
    [again] = writers.write(TAB, exchange.key)
    assert "So it was." in again
    assert corpus.asked == 1
    [kept] = record.exchanges(TAB)
    assert kept.written == Written("m", (SAID,), ended=True)
    assert "So it was." in Writers(Growing(), record, None).html(kept, 1)


def test_a_page_that_is_closed_in_the_middle_leaves_an_end(record):
    writers = Writers(Growing(Written("m", pending="So"), Written("m", ended=True)), record, LLM)
    exchange = just_asked(writers, record)
    growing = writers.write(TAB, exchange.key)
    next(growing)
    growing.close()
    [kept] = record.exchanges(TAB)
    assert 'data-state="ended"' in writers.html(kept, 1)
    assert "Stopped before anything was written." in writers.html(kept, 1)


def test_a_second_page_follows_what_the_first_has_begun(record):
    corpus = Growing(Written("m", (SAID,)), Written("m", (SAID,), ended=True))
    writers = Writers(corpus, record, LLM)
    exchange = just_asked(writers, record)
    first, second = writers.write(TAB, exchange.key), writers.write(TAB, exchange.key)
    next(first)
    assert 'data-state="writing"' in next(second)
    list(first)
    assert 'data-state="ended"' in list(second)[-1]
    assert corpus.asked == 1


def test_a_conversation_that_is_deleted_meanwhile_stays_deleted(record):
    writers = Writers(Growing(Written("m"), Written("m", ended=True)), record, LLM)
    growing = writers.write(TAB, just_asked(writers, record).key)
    next(growing)
    record.delete(TAB)
    list(growing)
    assert record.exchanges(TAB) == ()


def test_an_exchange_that_is_not_on_the_page_is_passed_over(record):
    writers = Writers(Growing(Written("m")), record, LLM)
    just_asked(writers, record)
    assert list(writers.write(TAB, "other")) == []


def test_what_nobody_thought_of_is_said_calmly(record, caplog):
    writers = Writers(Growing(RuntimeError("secret")), record, LLM)
    [shown] = writers.write(TAB, just_asked(writers, record).key)
    assert "Something went wrong" in shown
    assert "secret" not in shown
    assert "secret" in caplog.text
