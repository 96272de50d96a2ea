"""Conversations, suggestions and the background sync, with a corpus that does as it is told."""

import threading

import pytest

from index import DocumentRecord, State, SyncProgress, SyncReport
from index.errors import CorpusError, IndexMissing, NothingWithin, QuestionError
from qa.answers import Answer, Choice, Turn
from qa.corpus import Corpus
from qa.syncing import BackgroundSync, SyncState
from qa.web import conversation as talk
from qa.web.conversation import Asking, Exchange, TooEarly, asked, asked_again
from qa.web.suggestions import suggested_questions
from tests.fake_embedder import CountingEmbedder

READING = SyncState(running=True)


class ToldHoldings:
    is_there = True
    is_empty = False


class ToldCorpus:
    """Answers, or raises what it was given; remembers what it was asked."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.history, self.may_end, self.syncs = error, (), threading.Event(), 0

    holdings = ToldHoldings()
    is_built = True

    def ask(self, question, *, history=(), within=(), carry=None):
        self.history, self.within, self.carry = tuple(history), within, carry
        if self.error:
            raise self.error
        choices = (Choice("The first", within="a.md"), Choice("The second", within="b.md"))
        carried = ("migrants", "Colombia") if carry is None else carry
        said = {"question": question, "text": f"{question}!", "found": True, "confidence": 0.9}
        return Answer(**said, carried=carried, choices=choices)

    def sync(self, tell, **_):
        self.syncs += 1
        tell(SyncProgress("reading", 1, 2))
        assert self.may_end.wait(20)
        if self.error:
            raise self.error
        return SyncReport(documents=2)

    def search(self, query, k):
        return []


def test_earlier_turns_are_handed_on():
    corpus = ToldCorpus()
    first = asked(corpus, (), "  How many?  ")
    asked(corpus, (*first, Exchange("Lost", notice="Too long.")), "And there?")
    assert corpus.history == (Turn("How many?", "How many?!", found=True),)


def test_where_there_is_no_document_that_is_said(make_corpus):
    corpus = Corpus(make_corpus({}), embedder=CountingEmbedder())
    corpus.sync()
    [exchange] = asked(corpus, (), "How long is the bridge?")
    assert (exchange.answer, exchange.notice) == (None, talk.NOTHING_HERE)


def test_before_there_is_a_document_it_is_too_early_while_a_sync_runs(make_corpus):
    corpus = Corpus(make_corpus({}), embedder=CountingEmbedder())
    for _ in range(2):
        with pytest.raises(TooEarly):
            asked(corpus, (), "How long is the bridge?", sync=READING)
        corpus.sync()


def test_what_was_asked_of_chosen_documents_can_be_asked_of_all():
    corpus = ToldCorpus()
    chosen = Asking(within=("reports/",), label="reports/ (7 documents)", left_out=("Peru",))
    first = asked(corpus, (), "And there?", asking=chosen)
    assert corpus.within == ("reports/",)
    now = asked_again(corpus, first, first[0].key, {"all": "documents"})
    assert corpus.within == ()
    assert now[-1].asking == Asking(left_out=("Peru",))
    assert asked_again(corpus, now, now[-1].key, {"all": "documents"}) == now


def test_chosen_documents_that_have_gone_are_said_and_all_can_be_asked():
    corpus = ToldCorpus(NothingWithin("no indexed document matches a.md"))
    first = asked(corpus, (), "And there?", asking=Asking(within=("a.md",), label="a.md"))
    assert first[0].notice == talk.CHOSEN_GONE
    corpus.error = None
    assert asked_again(corpus, first, first[0].key, {"all": "documents"})[-1].answer.text == "And there?!"


@pytest.mark.parametrize(
    ("change", "carry", "within"),
    [
        ({"without": "Colombia"}, ("migrants",), ()),
        ({"within": "b.md"}, ("migrants", "Colombia"), ("b.md",)),
    ],
)
def test_a_question_is_asked_again_with_one_change(change, carry, within):
    corpus = ToldCorpus()
    first = asked(corpus, (), "And there?")
    now = asked_again(corpus, first, first[0].key, change)
    assert [exchange.question for exchange in now] == ["And there?", "And there?"]
    assert (corpus.carry, corpus.within) == (carry, within)


def test_changes_add_up_and_are_kept_with_the_exchange():
    corpus = ToldCorpus()
    first = asked(corpus, (), "And there?")
    second = asked_again(corpus, first, first[-1].key, {"within": "b.md"})
    third = asked_again(corpus, second, second[-1].key, {"without": "Colombia"})
    assert (corpus.carry, corpus.within) == (("migrants",), ("b.md",))
    assert third[-1].asking == Asking(("migrants",), left_out=("Colombia",), within=("b.md",), label="The second")
    assert [exchange.asking for exchange in third[:2]] == [Asking(), second[-1].asking]


def test_a_question_that_cannot_be_asked_again_keeps_what_it_was_asked_with():
    first = asked(ToldCorpus(), (), "And there?")
    *_, failed = asked_again(ToldCorpus(QuestionError("gone")), first, first[0].key, {"within": "a.md"})
    assert (failed.notice, failed.asking.label) == ("Gone.", "The first")


@pytest.mark.parametrize("change", [{"without": "zebra"}, {"within": "secret.md"}, {}, {"without": ""}])
def test_only_what_was_shown_can_be_changed(change):
    first = asked(ToldCorpus(), (), "And there?")
    assert asked_again(ToldCorpus(), first, first[0].key, change) == first
    assert asked_again(ToldCorpus(), first, "unknown", {"without": "Colombia"}) == first


@pytest.mark.parametrize("blank", ["", "   ", "\n\t"])
def test_a_blank_question_changes_nothing(blank):
    before = (Exchange("Who?"),)
    assert asked(ToldCorpus(), before, blank) == before


@pytest.mark.parametrize(
    ("error", "notice"),
    [
        (QuestionError("the question is too long"), "The question is too long."),
        (IndexMissing("no index"), talk.NOT_READ_YET),
        (ZeroDivisionError("inner workings"), talk.SOMETHING_WRONG),
    ],
)
def test_an_error_is_one_calm_line(error, notice):
    [exchange] = asked(ToldCorpus(error), (), "Who?")
    assert (exchange.answer, exchange.notice) == (None, notice)


def test_a_folder_that_is_gone_with_its_index_is_named_as_the_reason(make_corpus, tmp_path):
    folder = make_corpus({"a.txt": "The army."})
    corpus = Corpus(folder)
    folder.rename(tmp_path / "away")
    [exchange] = asked(corpus, (), "Who?")
    assert (exchange.answer, exchange.notice) == (None, talk.FOLDER_GONE)
    assert not folder.exists()


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (None, talk.PARTLY_READ),
        (SyncProgress("reading", 1, 2), talk.PARTLY_READ),
        (SyncProgress("reading", 2, 2, stored=8, embedded=3), talk.BY_WORDS),
        (SyncProgress("reading", 2, 2, stored=8, embedded=8), ""),
        (SyncProgress("embedding the passages", 2, 2, by_words=3, by_words_total=8), talk.BY_WORDS),
        (SyncProgress("embedding the sentences", 2, 2, passages=1, passages_total=8), ""),
    ],
)
def test_an_answer_during_a_sync_says_what_it_lacks(progress, said):
    [exchange] = asked(ToldCorpus(), (), "Who?", sync=SyncState(running=True, progress=progress))
    assert exchange.answer.found
    assert exchange.notice == said


def test_old_exchanges_leave():
    conversation = ()
    for number in range(talk.KEPT + 3):
        conversation = asked(ToldCorpus(), conversation, f"Q{number}")
    assert [conversation[0].question, len(conversation)] == ["Q3", talk.KEPT]


def test_one_sync_runs_at_a_time_and_is_seen():
    corpus = ToldCorpus()
    sync = BackgroundSync(corpus)
    sync.start()
    sync.start(by_hand=True)
    assert sync.state.running
    corpus.may_end.set()
    sync.wait(20)
    assert (corpus.syncs, sync.state.running, sync.state.report.documents) == (1, False, 2)


@pytest.mark.parametrize(
    ("error", "said"), [(CorpusError("the folder is gone"), "the folder is gone"), (KeyError("x"), "went wrong")]
)
def test_a_sync_that_fails_says_so_and_can_be_started_again(error, said):
    corpus = ToldCorpus(error)
    corpus.may_end.set()
    sync = BackgroundSync(corpus)
    for _ in range(2):
        sync.start()
        sync.wait(20)
    assert corpus.syncs == 2
    assert said in sync.state.error
    assert not sync.state.running


def test_a_sync_is_stopped_at_its_next_step():
    corpus = ToldCorpus()
    sync = BackgroundSync(corpus)
    corpus.sync = lambda tell, **_: [tell(SyncProgress("reading")) for _ in iter(corpus.may_end.is_set, True)]
    sync.start()
    assert sync.stop(20)
    assert not sync.state.running


def test_a_sync_that_does_not_stop_is_not_waited_for_long():
    corpus = ToldCorpus()
    sync = BackgroundSync(corpus)
    sync.start()
    assert not sync.stop(0.05)
    corpus.may_end.set()
    assert sync.wait(20)


def record(path: str, title: str, state: State = State.INDEXED, passages: int = 3) -> DocumentRecord:
    facts = {"reason": "", "format": "md", "pages": None, "size": 1, "indexed_at": 0.0}
    return DocumentRecord(id=1, path=path, title=title, state=state, passages=passages, **facts)


def test_suggestions_come_from_titles_of_different_folders():
    documents = [
        record("news/a.md", "Dawn at La Carlota"),
        record("news/b.md", "Moscow accuses Washington"),
        record("reports/c.md", "Oil and sanctions"),
    ]
    assert suggested_questions(documents, 2) == (
        "What do the documents say about “Dawn at La Carlota”?",
        "What do the documents say about “Oil and sanctions”?",
    )


@pytest.mark.parametrize(
    "document",
    [
        record("a/scan_0042.pdf", "scan_0042"),
        record("a/x.pdf", "Microsoft Word - final.docx"),
        record("a/purge-order.txt", "purge order"),
        record("a/x.pdf", "Oil"),
        record("a/x.pdf", "word " * 40),
        record("a/x.pdf", "2019-05-02"),
        record("a/x.pdf", "Oil and sanctions", State.FAILED),
        record("a/x.pdf", "Oil and sanctions", passages=0),
    ],
    ids=lambda document: document.title[:20],
)
def test_what_is_no_title_is_not_suggested(document):
    assert suggested_questions([document]) == ()
