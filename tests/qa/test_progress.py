"""How far a sync is, and how long it still takes."""

import pytest

from index import Index, SyncProgress
from index.report import READING_SHARE
from qa.progress import Pace, TerminalProgress, left_in_words, paced, progress_in_words
from tests.fake_embedder import CountingEmbedder


def read(share, seconds):
    return SyncProgress(
        "reading", 1, 2, bytes=round(share / READING_SHARE * 10_000), bytes_total=10_000, seconds=seconds
    )


def test_a_steady_sync_is_foretold():
    pace = None
    for second in range(1, 11):
        pace = paced(pace, read(0.05 * second, second))
        assert pace.seconds_left == pytest.approx(20 - second, rel=0.02)


def test_the_pace_follows_a_change_without_jumping():
    pace = paced(None, read(0.1, 10.0))
    one_slow_step = paced(pace, read(0.11, 20.0))
    assert pace.rate > one_slow_step.rate > 0.005
    slow = pace
    for step in range(1, 13):
        slow = paced(slow, read(0.1 + 0.01 * step, 10.0 + 10 * step))
    assert slow.rate == pytest.approx(0.001, rel=0.2)


def test_a_step_that_brought_nothing_counts_to_the_next():
    pace = paced(None, read(0.1, 10.0))
    assert paced(pace, read(0.1, 15.0)) == pace
    assert paced(pace, read(0.05, 5.0)) == pace


def test_sentences_alone_are_no_work_done_before():
    pace = paced(None, SyncProgress("sentences", passages=10, passages_total=100, seconds=2.0))
    assert pace.seconds_left == pytest.approx(18.0)


def test_nothing_is_foretold_before_anything_is_done():
    assert Pace(0.0, 0.0, 0.0).seconds_left is None


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
    progress = SyncProgress("reading", 1_200, 4_000, 310, bytes=30, bytes_total=100, seconds=3.0)
    assert progress_in_words(progress, 130) == "1,200 of 4,000 documents, 310 passages, 103/s, about 2 min left"
    sentences = SyncProgress("embedding the sentences", passages=5, passages_total=20, seconds=3.0)
    assert progress_in_words(sentences, 3).startswith("embedding the sentences, 5 of 20 passages, a few")


def test_a_sync_tells_its_share_of_the_whole(make_corpus, monkeypatch):
    monkeypatch.setattr("index.sync.BATCH_PASSAGES", 4)
    corpus = make_corpus({f"{n}.txt": f"The army marched {n} days. " * 40 for n in range(12)})
    told = []
    Index(corpus, embedder=CountingEmbedder()).sync(told.append)
    shares = [progress.share for progress in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    read_last = max(progress.share for progress in told if progress.documents_total)
    assert read_last == READING_SHARE
    assert sum(share > READING_SHARE for share in shares) > 1


def test_no_bar_is_drawn_into_a_pipe(capsys):
    with TerminalProgress() as progress:
        progress.show("12 of 40 documents", 0.3, soon=True)
    assert capsys.readouterr() == ("", "")
