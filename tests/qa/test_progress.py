"""How far a sync is, and how long it still takes."""

from dataclasses import replace

import pytest

from index import Index, SyncProgress
from index.report import EMBEDDING_SHARE, READING_SHARE
from qa.progress import MEASURED_SECONDS, TerminalProgress, left_in_words, paced, progress_in_words
from tests.fake_embedder import CountingEmbedder
from tests.small_steps import SMALL_STEPS


def done(share, seconds):
    """A sync that embeds its passages."""
    left = 1 - (share - READING_SHARE) / EMBEDDING_SHARE
    return SyncProgress("embedding", by_words=round(left * 10_000), by_words_total=10_000, seconds=seconds)


def after(*steps):
    """The pace after steps told as (share, seconds)."""
    pace = None
    for share, seconds in steps:
        pace = paced(pace, done(share, seconds))
    return pace


def test_a_steady_sync_is_foretold():
    pace = after((READING_SHARE, 0.0))
    for second in range(1, 11):
        pace = paced(pace, done(READING_SHARE + 0.04 * second, second))
        if second >= MEASURED_SECONDS:
            assert pace.seconds_left == pytest.approx((1 - READING_SHARE) / 0.04 - second, rel=0.02)


def test_what_is_over_in_seconds_is_not_foretold():
    at_once = after((0.2, 0.0), (0.3, 1.0), (0.4, MEASURED_SECONDS - 0.1))
    assert at_once.rate > 0
    assert at_once.seconds_left is None


def test_the_time_before_the_first_step_is_no_measure():
    """Workers start and a model is loaded before it."""
    assert after((0.2, 300.0), (0.3, 305.0), (0.4, 310.0)).seconds_left == pytest.approx(30.0)


def test_one_slow_step_at_the_beginning_does_not_weigh_for_long():
    """Ten seconds for the first document of many."""
    steps = [(0.2, 0.0), (0.21, 10.0), *((0.21 + 0.01 * n, 10.0 + n) for n in range(1, 11))]
    assert after(*steps).rate == pytest.approx(0.11 / 20, rel=0.3)


def test_the_pace_follows_a_change_without_jumping():
    steps = [(0.2 + 0.02 * n, 2.0 * n) for n in range(11)]
    one_slow_step = after(*steps, (0.41, 30.0))
    assert after(*steps).rate > one_slow_step.rate > 0.001
    slow = after(*steps, *((0.4 + 0.01 * n, 20.0 + 10 * n) for n in range(1, 13)))
    assert slow.rate == pytest.approx(0.001, rel=0.2)


def test_a_step_that_brought_nothing_counts_to_the_next():
    pace = after((0.2, 10.0))
    assert paced(pace, done(0.2, 15.0)) == pace
    assert paced(pace, done(0.15, 5.0)) == pace
    assert after((0.2, 10.0), (0.2, 15.0), (0.3, 20.0)).rate == pytest.approx(0.01)


def test_what_an_earlier_sync_did_is_no_work_of_this_one():
    at = SyncProgress("sentences", passages=10, passages_total=100, seconds=2.0)
    pace = paced(paced(None, at), replace(at, passages=20, seconds=12.0))
    assert pace.seconds_left == pytest.approx(80.0)
    at = SyncProgress("passages", by_words=90, by_words_total=100, seconds=2.0)
    pace = paced(paced(None, at), replace(at, by_words=80, seconds=12.0))
    assert pace.share == pytest.approx(READING_SHARE + 0.2 * EMBEDDING_SHARE)
    assert pace.rate == pytest.approx(0.1 * EMBEDDING_SHARE / 10)


def test_many_small_documents_are_some_of_the_work():
    """The smallest are read first."""
    small_ones = SyncProgress("reading", 30, 60, bytes=20_000, bytes_total=3_000_000)
    assert 0.15 * READING_SHARE < small_ones.share < 0.5 * READING_SHARE
    assert SyncProgress("reading", 60, 60, bytes=3_000_000, bytes_total=3_000_000).share == READING_SHARE


def test_nothing_is_foretold_before_anything_is_done():
    assert after((0.2, 10.0)).seconds_left is None


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "a few seconds left"),
        (7, "a few seconds left"),
        (38, "about 40 s left"),
        (58, "about 1 min left"),
        (130, "about 2 min left"),
        (59 * 60 + 40, "about 1 h left"),
        (4_900, "about 1 h 20 min left"),
        (100_000, "about 28 h left"),
    ],
)
def test_time_in_words(seconds, words):
    assert left_in_words(seconds) == words


def test_progress_in_words():
    assert progress_in_words(SyncProgress("looking through the folder")) == "looking through the folder"
    progress = SyncProgress("reading", 1_200, 4_000, stored=3_100, rate=1_033.4, bytes=30, bytes_total=100, seconds=3.0)
    assert progress_in_words(progress, 130) == "1,200 of 4,000 documents, 3,100 passages, 1,033/s, about 2 min left"
    first = replace(progress, documents=1, stored=1)
    assert progress_in_words(first).startswith("1 of 4,000 documents, 1 passage, ")
    passages = replace(progress, by_words=12_000, by_words_total=30_000, searchable=40_000, rate=0.0)
    so_far = "12,000 of 40,000 passages are searched by words only so far"
    assert progress_in_words(passages, 130) == f"{so_far}, about 2 min left"
    sentences = replace(passages, stage="embedding the sentences", passages=5, passages_total=20)
    assert progress_in_words(sentences, 3).startswith("embedding the sentences, 5 of 20 passages, a few")


def test_a_sync_tells_its_share_of_the_whole(make_corpus, monkeypatch):
    for module, name, value in SMALL_STEPS:
        monkeypatch.setattr(module, name, value)
    corpus = make_corpus({f"{n}.txt": f"The army marched {n} days. " * 40 for n in range(12)})
    told = []
    Index(corpus, embedder=CountingEmbedder()).sync(told.append)
    shares = [progress.share for progress in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    for begin, end in ((0.0, READING_SHARE), (READING_SHARE, 0.6), (0.6, 1.0)):
        assert sum(begin < share < end for share in shares) > 1
    last = told[-1]
    assert (last.documents, last.by_words, last.passages) == (12, 0, last.passages_total)
    assert {at.searchable for at in told if at.by_words_total} == {last.stored}


def test_no_bar_is_drawn_into_a_pipe(capsys):
    with TerminalProgress() as progress:
        progress.show("12 of 40 documents", 0.3, soon=True)
    assert capsys.readouterr() == ("", "")
