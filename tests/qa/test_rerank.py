"""Reading the best passages once more: the order, the scale of the scores, and the time."""

import subprocess
import sys
from dataclasses import dataclass, field, fields

import numpy as np
import pytest

from index.documents import Place
from index.errors import ModelError
from index.schema import DocumentRecord, PassageRecord, State
from qa import Corpus, rerank
from qa.rerank import BATCH_PASSAGES, RESCORED, Reranking, reranked
from qa.retrieve import Retrieved
from tests.fake_embedder import CountingEmbedder
from tests.index.embedding.tiny_models import made_tiny_models
from tests.sources import ROOT

FILES = {f"{name}.md": f"# {name.title()}\n\nThe army of {name} crossed the river.\n" for name in ("norway", "peru")}


class FakeReranker:
    """Prefers passages by a number for each; keeps what it was asked."""

    name = "fake"

    def __init__(self, preference, takes=0.0, clock=None):
        self.preference, self.takes, self.clock, self.batches = preference, takes, clock, []

    def scores(self, question, passages):
        self.batches.append((question, list(passages)))
        if self.clock:
            self.clock.now += self.takes
        return np.array([self.preference(passage) for passage in passages], dtype=np.float32)


class Clock:
    now = 100.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(rerank, "time", made)
    return made


def passage(number):
    document = DocumentRecord(1, "a.txt", State.INDEXED, "", "A", "text", None, 1, 1, 0.0)
    return PassageRecord(number, document, number, number + 1, str(number), "", Place(), (), ())


def retrieved(count):
    """Passages 0, 1, 2 ... with scores that fall evenly to 1; cosine and BM25 say which passage they are of."""
    numbers = np.arange(count, dtype=np.float32)
    passages = [passage(number) for number in range(count)]
    vector = np.ones((1, 2), np.float32)
    given = {"passages": passages, "scores": count - numbers, "cosines": numbers, "lexical": numbers * 10}
    given |= {"vector": vector, "idf": {"a": 1.0}}
    others = {field.name: () for field in fields(Retrieved) if field.name not in given}
    return Retrieved(**given, **others)


def order(found):
    return [passage.id for passage in found.passages]


def test_the_rerankers_order_wins_and_scores_still_descend():
    before = retrieved(4)
    after = reranked(before, FakeReranker(float), "q", seconds=9)
    assert order(after) == [3, 2, 1, 0]
    assert after.scores.tolist() == [4, 3, 2, 1]
    assert after.cosines.tolist() == [3, 2, 1, 0]
    assert after.lexical.tolist() == [30, 20, 10, 0]
    assert (after.vector is before.vector, after.idf) == (True, {"a": 1.0})


def test_what_the_reranker_finds_equal_keeps_its_order():
    assert order(reranked(retrieved(6), FakeReranker(lambda _: 0.5), "q", seconds=9)) == [0, 1, 2, 3, 4, 5]


def test_close_calls_of_the_reranker_are_decided_by_the_fused_score():
    preference = {"0": 1.00, "1": 1.01, "2": -5.0, "3": -5.0}
    assert order(reranked(retrieved(4), FakeReranker(preference.get), "q", seconds=9)) == [0, 1, 2, 3]


def test_only_the_first_are_read_again_in_small_batches():
    reranker = FakeReranker(float)
    after = reranked(retrieved(RESCORED + 5), reranker, "q", seconds=9)
    assert order(after) == [*reversed(range(RESCORED)), *range(RESCORED, RESCORED + 5)]
    assert {len(texts) for _, texts in reranker.batches[:-1]} == {BATCH_PASSAGES}
    assert sum(len(texts) for _, texts in reranker.batches) == RESCORED


def test_it_stops_in_time_and_the_rest_keeps_its_place(clock):
    reranker = FakeReranker(float, takes=0.4, clock=clock)
    after = reranked(retrieved(20), reranker, "q", seconds=1.0)
    assert len(reranker.batches) == 2  # a third would have ended at 1.2 s
    assert clock.now <= 101.0
    assert order(after) == [7, 6, 5, 4, 3, 2, 1, 0, *range(8, 20)]
    assert after.scores.tolist() == retrieved(20).scores.tolist()


@pytest.mark.parametrize("seconds", [0.0, -1.0])
def test_without_time_nothing_is_read(seconds):
    reranker = FakeReranker(float)
    assert order(reranked(retrieved(5), reranker, "q", seconds=seconds)) == [0, 1, 2, 3, 4]
    assert reranker.batches == []


@pytest.mark.parametrize("count", [0, 1])
def test_nothing_to_choose_from_is_left_as_it_is(count):
    assert order(reranked(retrieved(count), FakeReranker(float), "q", seconds=9)) == list(range(count))


def test_a_reranker_that_gives_no_numbers_is_not_followed():
    reranker = FakeReranker(lambda text: float("nan") if text == "2" else float(text))
    assert order(reranked(retrieved(4), reranker, "q", seconds=9)) == [0, 1, 2, 3]


def test_the_best_k_come_out():
    found = Reranking(FakeReranker(float), 9).best(retrieved(10), "q", 3)
    assert (order(found), found.scores.tolist(), len(found.cosines), len(found.lexical)) == (
        [9, 8, 7],
        [10, 9, 8],
        3,
        3,
    )


@dataclass(frozen=True, slots=True)
class RetrievedWithMore(Retrieved):
    """As retrieval may come to say more of each passage."""

    more: np.ndarray = field(default_factory=lambda: np.arange(5))


def test_whatever_belongs_to_a_passage_goes_with_it():
    plain = retrieved(5)
    more = RetrievedWithMore(*(getattr(plain, each.name) for each in fields(plain)))
    found = Reranking(FakeReranker(float), 9).best(more, "q", 2)
    assert (order(found), found.more.tolist()) == ([4, 3], [4, 3])


def test_a_corpus_answers_in_the_rerankers_order(make_corpus):
    folder = make_corpus(FILES)
    reranker = FakeReranker(lambda text: float("peru" in text.casefold()))
    plain, second = (Corpus(folder, embedder=CountingEmbedder(), reranker=r) for r in (None, reranker))
    plain.sync()
    question = "Which army of Norway crossed the river?"
    assert plain.search(question)[0].path == "norway.md"
    hits = second.search(question)
    assert [hit.path for hit in hits] == ["peru.md", "norway.md"]
    assert [hit.score for hit in hits] == [hit.score for hit in plain.search(question)]
    assert len(second.search(question, 1)) == 1
    assert reranker.batches[0] == (question, [f"{name}\n{name}\n\n{text}" for name, text in texts_of(plain, question)])
    answer = second.ask(question)
    text = second.document_text(answer.citations[0].path)
    assert all(text[c.start : c.end] == c.quote for c in answer.citations[:1])


def texts_of(corpus, question):
    return [(hit.title, hit.passage.split("\n\n")[-1]) for hit in corpus.search(question)]


def test_a_reranker_that_cannot_be_had_is_a_clear_error(make_corpus):
    corpus = Corpus(make_corpus(FILES), embedder=CountingEmbedder(), reranker="./nowhere")
    corpus.sync()
    with pytest.raises(ModelError, match=r"Reranker '\./nowhere' is not a folder"):
        corpus.ask("Which army?")


def test_a_real_cross_encoder_from_the_shell(make_corpus, tmp_path_factory):
    folder, model = make_corpus(FILES), made_tiny_models(tmp_path_factory)
    command = [sys.executable, "-W", "ignore", "-c", "from qa.cli import main; main()"]
    asked = [*command, "search", "army crossed", "-c", folder, "--reranker", model / "cross"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("(score") == 2
    wrong = [*command, "ask", "Which army?", "-c", folder, "--reranker", model / "mean"]
    done = subprocess.run(wrong, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "is not a cross-encoder" in done.stderr
    assert done.stderr.strip().count("\n") == 0
