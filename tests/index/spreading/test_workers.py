"""Calls are done by some worker, whatever becomes of others; no Ray here, so that each loss comes when it should."""

import threading
import time
from concurrent.futures import Future
from concurrent.futures import wait as wait_for

import pytest

from index.errors import ClusterError
from index.scanning import FileFacts
from index.spreading import workers
from index.spreading.fitting import Facts
from index.spreading.hands import BATCH_BYTES, BATCH_FILES, SpreadEmbedder, batched
from index.spreading.job import versions
from index.spreading.workers import TRIES, WorkerLost, Workers

FACTS = Facts("tiny", "f" * 8, 2, 30)
ORDER = {"corpus": "/", "witnesses": []}
PATIENCE = 20.0


class Lost(Exception):
    """The worker is gone."""


class Reference:
    """What Ray gives for a call."""

    def __init__(self):
        self.done = Future()

    def future(self):
        return self.done


class Actor:
    """A worker whose calls the test ends."""

    def __init__(self, log):
        self.calls, self.log, self.is_stopped = [], log, False

    def __getattr__(self, method):
        actor = self

        class Method:
            @staticmethod
            def remote(*arguments):
                reference = Reference()
                actor.calls.append((method, arguments, reference.done))
                actor.answer(method, reference.done)
                return reference

        return Method

    def answer(self, method, done):
        if method == "greet":
            done.set_result({"node": "here", "versions": versions(), "sees": True, "missing": []})
        elif method == "load":
            done.set_result({"node": "here", **FACTS._asdict()})

    def given(self):
        """The texts of calls that the test has not ended."""
        return [arguments[0] for method, arguments, done in self.calls if method == "embed" and not done.done()]

    def end(self, value=None, error=None):
        """End the first call that is left."""
        done = next(done for method, _, done in self.calls if method == "embed" and not done.done())
        done.set_exception(error) if error else done.set_result(value)


@pytest.fixture
def actors():
    return []


@pytest.fixture
def hired(actors):
    """Workers of the kind above."""

    def start(count, kind=Actor):
        def one():
            actors.append(kind(actors))
            return actors[-1]

        def stop(actor):
            actor.is_stopped = True

        return Workers(one, count, ORDER, stop=stop, is_loss=lambda error: isinstance(error, Lost), expected=FACTS)

    return start


def until(is_so):
    """Wait for what another thread does."""
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.005)


def test_each_worker_has_one_call_and_the_next_and_the_rest_waits(hired, actors):
    with hired(2) as crew:
        assert crew.ready() == FACTS
        until(lambda: [worker.is_ready for worker in crew._workers] == [True, True])
        futures = [crew.submit("embed", at) for at in range(6)]
        assert [actor.given() for actor in actors] == [[0, 2], [1, 3]]
        actors[1].end("one")
        assert futures[1].result(PATIENCE) == "one"
        until(lambda: actors[1].given() == [3, 4])
    assert all(actor.is_stopped for actor in actors)
    with pytest.raises(ClusterError):
        futures[0].result(PATIENCE)


def test_only_the_call_that_a_lost_worker_was_at_counts_as_why(hired, actors):
    with hired(1) as crew:
        crew.ready()
        suspect, bystander = crew.submit("embed", "suspect"), crew.submit("embed", "bystander")
        for lost in range(TRIES):
            until(lambda at=lost: len(actors) > at and actors[at].given() == ["suspect", "bystander"])
            actors[lost].end(error=Lost("killed"))
        with pytest.raises(WorkerLost, match="killed"):
            suspect.result(PATIENCE)
        until(lambda: len(actors) > TRIES and actors[TRIES].given() == ["bystander"])
        actors[TRIES].end("done")
        assert bystander.result(PATIENCE) == "done"


def test_an_error_of_a_call_is_told_to_who_asked_and_costs_no_worker(hired, actors):
    with hired(1) as crew:
        crew.ready()
        bad, good = crew.submit("embed", "bad"), crew.submit("embed", "good")
        until(lambda: actors[0].given() == ["bad", "good"])
        actors[0].end(error=ValueError("no"))
        actors[0].end("yes")
        assert good.result(PATIENCE) == "yes"
        with pytest.raises(ValueError, match="no"):
            bad.result(PATIENCE)
        assert len(actors) == 1


@pytest.mark.parametrize(
    ("method", "answer", "said"),
    [
        ("greet", {"versions": {"Footnote": "0.0.1", "reader": "1"}}, "node-7 has Footnote 0.0.1 instead of "),
        ("greet", {"missing": ["etc"]}, "node-7 misses 'etc' in the folder /: mount the same folder"),
        ("greet", {"sees": False}, "node-7 does not see the folder /: mount the same folder"),
        ("load", {"error": "Model 'x' is not there."}, "node-7 could not load the model: Model 'x' is not there."),
        ("load", {"fingerprint": "other"}, "node-7 has another model: tiny (other) instead of tiny (ffffffff)"),
    ],
)
def test_a_worker_that_does_not_fit_ends_it_all(method, answer, said, hired):
    class Misfit(Actor):
        def answer(self, called, done):
            other = Future()
            super().answer(called, other)
            done.set_result({**other.result(), "node": "node-7", **(answer if called == method else {})})

    with hired(2, Misfit) as crew, pytest.raises(ClusterError) as refused:
        crew.ready()
    assert said in str(refused.value)


def test_a_file_that_is_gone_everywhere_is_no_reason(hired):
    class Late(Actor):
        def answer(self, called, done):
            super().answer(called, done)
            if called == "greet":
                done.result()["missing"].append("removed a moment ago")

    with hired(1, Late) as crew:
        assert crew.ready() == FACTS


def test_workers_that_never_answer_are_not_waited_for_without_end(hired, actors, monkeypatch):
    class Silent(Actor):
        def answer(self, method, done):
            pass

    monkeypatch.setattr(workers, "START_SECONDS", 0.05)
    monkeypatch.setattr(workers, "LOOK_SECONDS", 0.01)
    with hired(2, Silent) as crew, pytest.raises(ClusterError, match="no worker of the Ray cluster has answered"):
        crew.ready()


def test_texts_come_back_in_their_order(hired, actors):
    class Counting(Actor):
        def answer(self, method, done):
            super().answer(method, done)
            if method == "embed":
                texts = self.calls[-1][1][0]
                done.set_result([[len(text), float(text.split()[0])] for text in texts])

    texts = [f"{at} {'word ' * (at * 37 % 300)}" for at in range(900)]
    with hired(2, Counting) as crew:
        vectors = SpreadEmbedder(crew, crew.ready()).embed_passages(texts)
    assert vectors.tolist() == [[len(text), at] for at, text in enumerate(texts)]
    assert sum(method == "embed" for actor in actors for method, *_ in actor.calls) > 2


def test_an_embedding_that_waits_is_ended_with_the_workers(hired):
    with hired(1) as crew:
        embedder, ended = SpreadEmbedder(crew, crew.ready()), Future()

        def embed():
            try:
                embedder.embed_passages(["never done"])
            except ClusterError as error:
                ended.set_result(error)

        thread = threading.Thread(target=embed, daemon=True)
        thread.start()
        until(lambda: crew._workers[0].calls)
    assert wait_for([ended], PATIENCE).done


@pytest.mark.parametrize(
    ("sizes", "workers_", "expected"),
    [
        ([], 4, []),
        ([5], 4, [1]),
        ([0] * 1000, 1, [BATCH_FILES] * 15 + [40]),
        ([10] * 32, 2, [2] * 16),
        ([1, 1, 10 * BATCH_BYTES, 1, 1], 1, [1, 1, 1, 1, 1]),
        ([BATCH_BYTES // 2] * 100, 1, [2] * 50),
    ],
)
def test_files_are_given_in_runs_of_few_bytes_and_files(sizes, workers_, expected):
    files = [FileFacts(b"%d" % at, str(at), size, 0, 0) for at, size in enumerate(sizes)]
    runs = list(batched(files, workers_))
    assert [len(run) for run in runs] == expected
    assert [facts for run in runs for facts in run] == files
