"""A question that is asked before anything can be answered: kept, and told what it waits for."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from index import SyncProgress
from index.errors import IndexMissing
from qa.answers import Answer
from qa.syncing import FIRST_WORDS_SECONDS, SyncState
from qa.web.asking import Questions
from qa.web.browsing import Browsing
from qa.web.early import early
from qa.web.record import Record
from qa.web.talk import Talk
from qa.web.tried import Suggestions
from qa.web.written import Writers

TAB = f"{'a' * 32}:{'b' * 32}"
COMPILING = SyncProgress("Compiling the model for this processor (once)", is_preparing=True)
SOME_READ = SyncProgress("reading", documents=6, documents_total=24, seconds=1.0)
ALL_READ = SyncProgress("reading", documents=24, documents_total=24, seconds=1.0)
BY_WORDS = SyncProgress("embedding the passages", documents=24, documents_total=24, by_words=80, by_words_total=187)
LONG = SyncProgress("reading", documents=600, documents_total=2_400, seconds=FIRST_WORDS_SECONDS)


@pytest.mark.parametrize(
    ("progress", "in_first", "later"),
    [
        (None, True, False),
        (COMPILING, True, True),
        (SyncProgress("looking through the folder"), True, False),
        (SOME_READ, True, False),
        (LONG, False, False),
        (ALL_READ, False, False),
        (BY_WORDS, False, False),
    ],
    ids=lambda value: value.stage if isinstance(value, SyncProgress) else str(value),
)
def test_a_question_waits_for_the_model_and_a_first_one_for_the_words_of_a_small_folder(progress, in_first, later):
    assert SyncState(running=True, progress=progress, is_first=True).is_too_early == in_first
    assert SyncState(running=True, progress=progress).is_too_early == later
    assert not SyncState(progress=progress, is_first=True).is_too_early
    assert not SyncState(running=True, progress=progress, is_first=True, is_waiting=True).is_too_early


@pytest.mark.parametrize(
    ("state", "said"),
    [
        (SyncState(running=True, progress=COMPILING), "compiling the model for this processor (once)"),
        (SyncState(running=True, progress=SOME_READ), "6 of 24 documents are read"),
        (SyncState(running=True), "the documents are about to be read"),
        (SyncState(running=True, is_waiting=True), "another process is reading the documents"),
    ],
)
def test_what_it_waits_for_is_said_without_figures_that_change_all_the_time(state, said):
    one, other = early(state, "Who?"), early(state, "Who?")
    assert one["words"] == f"Not ready yet: {said}. Your question waits here and is answered by itself."
    assert one["reply"] != other["reply"]  # else the page could not tell that there was none
    assert one["question"] == '"Who?"'


def test_whose_reply_it_is_can_be_sent_though_half_a_character_is_in_it():
    sent = early(SyncState(running=True), "Who \ud800?")["question"].encode()
    assert json.loads(sent) == "Who \ud800?"


def said(text: str, *, found: bool):
    return Answer(question="Who?", text=text, found=found, confidence=0.9 if found else 0.0)


class ToldSync:
    state, folder_is_gone, follows = SyncState(), False, True


class ToldCorpus:
    """Answers, or raises what it was given; counts what it was asked."""

    holdings = SimpleNamespace(is_there=True)

    def __init__(self, conversations, judgements):
        self.conversations, self.judgements = conversations, judgements
        self.error, self.answer, self.asked = None, said("The army.", found=True), 0

    def ask(self, question, **_):
        self.asked += 1
        if self.error:
            raise self.error
        return self.answer

    def documents(self):
        return []


@pytest.fixture
def talk(make_corpus):
    from qa import Corpus

    kept = Corpus(make_corpus({}))
    corpus, sync = ToldCorpus(kept.conversations, kept.judgements), ToldSync()
    record = Record(corpus.conversations)
    questions = Questions()
    found = Talk(corpus, sync, record, Writers(corpus, record, None), Suggestions(corpus), questions)
    yield found, corpus, sync, record
    assert questions.close(20)


def asked(talk: Talk):
    with ThreadPoolExecutor(1) as thread:  # the browser of another test may have a loop running in this one
        work = talk.ask("Who?", TAB, Browsing(), SimpleNamespace(request=None))
        return thread.submit(asyncio.run, work).result()


def test_nothing_is_looked_for_nor_kept_while_the_model_is_made_ready(talk):
    talk, corpus, sync, record = talk
    sync.state = SyncState(running=True, progress=COMPILING)
    *_, early = asked(talk)
    assert "compiling the model" in early["words"]
    assert (corpus.asked, record.exchanges(TAB)) == (0, ())
    sync.state = SyncState(running=True, progress=BY_WORDS, is_first=True)
    log, _, early = asked(talk)
    assert "The army." in log
    assert (early, len(record.exchanges(TAB))) == (None, 1)


@pytest.mark.parametrize("is_listed", [False, True], ids=["no index", "no document in it"])
def test_what_finds_no_document_yet_is_asked_again_while_a_sync_runs_and_told_so_otherwise(talk, is_listed):
    talk, corpus, sync, record = talk
    if is_listed:
        corpus.answer = said("", found=False)
    else:
        corpus.error = IndexMissing("no index")
    sync.state = SyncState(running=True, is_waiting=True)
    *_, early = asked(talk)
    assert "another process is reading" in early["words"]
    assert (corpus.asked, record.exchanges(TAB)) == (1, ())
    sync.state = SyncState()
    *_, early = asked(talk)
    assert early is None
    assert record.exchanges(TAB)[0].notice


def test_a_sync_that_ends_meanwhile_is_not_said_to_begin(talk):
    talk, corpus, sync, _ = talk
    reading = SyncState(running=True, progress=LONG, is_first=True)

    def ask(question, **_):
        sync.state = SyncState()
        raise IndexMissing("no index")

    sync.state, corpus.ask = reading, ask
    *_, early = asked(talk)
    assert "600 of 2,400 documents are read" in early["words"]


class EndsWhenLookedAt(ToldSync):
    """Each look at it may be the last one before its end."""

    @property
    def state(self):
        self.looks = getattr(self, "looks", 0) + 1
        return SyncState(running=True, progress=COMPILING) if self.looks == 1 else SyncState()


def test_what_is_said_is_of_the_sync_that_was_looked_at(talk):
    talk, *_ = talk
    talk._sync = EndsWhenLookedAt()
    *_, early = asked(talk)
    assert "compiling the model" in early["words"]
