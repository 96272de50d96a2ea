"""Many askers: the same answers from several processes, which may die, and end with the one that started them."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.errors import IndexMissing, NothingWithin
from qa import Corpus, Turn
from qa.answers import as_json
from qa.askers import Askers, SharedCorpus, pool, worker
from qa.askers.process import AskerProcess
from qa.askers.wire import encoded
from tests.sources import ROOT

FILES = {
    f"{at}.md": f"# Mill {at}\n\nThe mill number {at} ground {at * 7} sacks of rye a day.\n" for at in range(1, 13)
}
FILES["canada.md"] = "# Aid\n\nCanada pledged 40 million dollars on Monday. Norway pledged 12 million dollars.\n"
QUESTIONS = [f"How many sacks of rye did mill number {at} grind?" for at in range(1, 13)]


def waited(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, footnote_cache):
    folder = tmp_path_factory.mktemp("mills")
    for name, text in FILES.items():
        (folder / name).write_text(text)
    Corpus(folder).sync()
    return folder


@contextmanager
def met(askers):
    """Questions asked inside meet another one."""
    with askers._lock:
        askers._here += 1
    yield
    askers._left(None)


@pytest.fixture
def askers(monkeypatch):
    monkeypatch.setattr(pool, "OVERLAPS", 1)
    made = Askers(2)
    made._overlaps = type(made._overlaps)(maxlen=1)
    yield made
    made.close()


@pytest.fixture
def shared(folder, askers):
    """A corpus whose two processes are ready."""
    corpus = SharedCorpus(folder, askers=askers)
    ready(corpus, askers)
    return corpus


def ready(corpus, askers):
    """Ask so many things at once that all processes are started."""

    def all_there():
        list(threads.map(corpus.search, ["mill"] * 8))
        return len(askers.processes) == askers.most

    with ThreadPoolExecutor(4) as threads:
        waited(all_there)


def nothing_here(monkeypatch):
    """From now on an answer that is made in this process is an error."""

    def here(*_, **__):
        raise AssertionError("answered in this process")

    monkeypatch.setattr(Corpus, "ask", here)
    monkeypatch.setattr(Corpus, "search", here)


def test_questions_at_once_are_answered_elsewhere_as_they_are_here(shared, askers, folder, monkeypatch):
    alone = Corpus(folder)
    history = [Turn("How much did Canada pledge?", "40 million dollars")]
    follow_up = alone.ask("And Norway?", history=history, within=["canada.md"])
    expected, hits = [alone.ask(question) for question in QUESTIONS], alone.search("rye", 5, within=["1*.md"])
    assert follow_up.carried
    assert all(answer.citations for answer in expected)
    nothing_here(monkeypatch)
    with met(askers), ThreadPoolExecutor(8) as threads:
        assert list(threads.map(shared.ask, QUESTIONS * 3)) == expected * 3
        assert shared.ask("And Norway?", history=history, within=["canada.md"]) == follow_up
        assert shared.search("rye", 5, within=["1*.md"]) == hits
        told = shared.ask_as_json(QUESTIONS[0])
    assert facts(told) == facts(encoded(expected[0])) == facts(json.dumps(as_json(expected[0])))


def facts(data):
    """Without the time it took."""
    return {**json.loads(data), "seconds": 0}


def test_a_question_that_is_alone_or_meets_another_once_starts_no_process(folder):
    askers = Askers(2)
    corpus = SharedCorpus(folder, askers=askers)
    assert corpus.ask(QUESTIONS[0]) == Corpus(folder).ask(QUESTIONS[0])
    with met(askers):
        assert corpus.ask(QUESTIONS[0]).found
    assert (askers.processes, askers._is_starting) == ([], False)


def test_without_processes_all_is_answered_here(folder):
    askers = Askers(0)
    corpus = SharedCorpus(folder, askers=askers)
    with met(askers), ThreadPoolExecutor(4) as threads:
        assert list(threads.map(corpus.ask, QUESTIONS)) == list(map(Corpus(folder).ask, QUESTIONS))
    assert (askers.processes, askers._is_starting) == ([], False)


def test_a_process_that_dies_costs_none_of_the_answers_it_had_before_it(shared, askers, monkeypatch):
    questions = QUESTIONS[: 2 * pool.AHEAD]
    expected = [Corpus.ask(shared, question) for question in questions]
    nothing_here(monkeypatch)
    monkeypatch.setattr(pool, "AHEAD_SECONDS", 1e9)  # however slow this machine is
    before = askers.processes
    for process in before:
        os.kill(process, signal.SIGSTOP)  # so that all questions are under way when they die
    with met(askers), ThreadPoolExecutor(len(questions)) as threads:
        answers = [threads.submit(shared.ask, question) for question in questions]
        try:
            waited(lambda: sum(askers._loads.values()) == len(questions))
        finally:
            for process in before:
                os.kill(process, signal.SIGKILL)
        assert [answer.result(60) for answer in answers] == expected
    assert not set(before) & set(askers.processes)
    assert set(askers._loads.values()) == {0}


def test_a_question_that_ends_two_processes_is_not_asked_a_third_time(folder, askers, monkeypatch):
    class Doomed(AskerProcess):
        def exchange(self, request):
            if request["what"] == "ask":
                os.kill(self.pid, signal.SIGKILL)
            return super().exchange(request)

    monkeypatch.setattr(pool, "AskerProcess", Doomed)
    corpus = SharedCorpus(folder, askers=askers)
    ready(corpus, askers)
    nothing_here(monkeypatch)
    with met(askers), pytest.raises(pool.AskedInVain, match=r"short of memory.*--askers 0"):
        corpus.ask(QUESTIONS[0])


def test_what_a_sync_adds_and_takes_away_is_known_to_all(shared, askers, folder, monkeypatch):
    (folder / "new.md").write_text("The windmill of Zaandam saws timber for ships.")
    shared.sync()
    with monkeypatch.context() as patch:
        nothing_here(patch)
        with met(askers):
            for _ in range(4):
                assert shared.search("windmill Zaandam timber")[0].path == "new.md"
    (folder / "new.md").unlink()
    shared.sync()
    with met(askers):
        assert all(hit.path != "new.md" for _ in range(4) for hit in shared.search("windmill Zaandam timber"))


def test_errors_come_back_as_they_were(shared, askers, tmp_path, monkeypatch):
    nothing_here(monkeypatch)
    with met(askers), pytest.raises(NothingWithin, match=r"no indexed document matches nowhere\.txt"):
        shared.ask(QUESTIONS[0], within=["nowhere.txt"])
    with met(askers), pytest.raises(IndexMissing, match="run `footnote sync`"):
        SharedCorpus(tmp_path, askers=askers).ask(QUESTIONS[0])


def test_one_pool_answers_from_several_folders(shared, askers, make_corpus, monkeypatch):
    other = make_corpus({"bridge.md": "The bridge of Mostar was rebuilt in 2004."})
    Corpus(other).sync()
    nothing_here(monkeypatch)
    with met(askers):
        assert SharedCorpus(other, askers=askers).search("bridge of Mostar")[0].path == "bridge.md"
        assert shared.search("mill number 3")[0].path != "bridge.md"


def test_without_questions_a_process_ends_and_is_replaced_when_needed(shared, askers, monkeypatch):
    requests, owner = os.pipe()
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.05)
    assert list(worker._batches(requests)) == []
    os.close(requests)
    os.close(owner)
    for process in (before := askers.processes):
        os.kill(process, signal.SIGTERM)  # as if it had ended by itself
    waited(lambda: askers.processes == [])
    assert not any(Path(f"/proc/{process}").exists() for process in before)  # nor are they left for dead
    ready(shared, askers)
    assert not set(before) & set(askers.processes)
    with met(askers):
        assert shared.ask(QUESTIONS[0]).found


def test_what_lies_in_the_pipe_is_taken_together_and_in_order():
    requests, owner = os.pipe()
    long = b"x" * 200_000
    sent = [b"1", b"2", b"3", b"4", b"5", long, b"6"]
    batches = worker._batches(requests)
    os.write(owner, b"1\n2\n3\n4\n5\n")
    assert next(batches) == [b"1", b"2", b"3", b"4"]
    writing = threading.Thread(target=_written, args=(owner, long + b"\n6\n"))
    writing.start()
    rest = []
    while len(rest) < 3:
        rest += next(batches)
    assert rest == sent[4:]
    writing.join()
    os.close(owner)
    assert list(batches) == []
    os.close(requests)


def _written(pipe, data):
    while data:
        data = data[os.write(pipe, data) :]


@pytest.mark.parametrize("busy", [False, True])
def test_the_processes_end_with_the_one_that_started_them(folder, tmp_path, busy):
    code = f"""
        import sys, threading, time
        from qa.askers import Askers, SharedCorpus, pool

        pool.OVERLAPS = 1
        askers = Askers(2)
        askers._overlaps = type(askers._overlaps)(maxlen=1)
        corpus = SharedCorpus({str(folder)!r}, askers=askers)
        are_there = threading.Event()

        def ask():
            while {busy} or not are_there.is_set():
                corpus.ask("Which mill ground most?")

        for _ in range(4):
            threading.Thread(target=ask, daemon=True).start()
        while len(askers.processes) < 2:
            time.sleep(0.02)
        are_there.set()
        print(*askers.processes, flush=True)
        time.sleep(120)
    """
    script = tmp_path / "parent.py"
    script.write_text(textwrap.dedent(code))
    search_path = os.pathsep.join([os.environ["PYTHONPATH"], str(ROOT)])
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": search_path}
    ) as parent:
        processes = [int(word) for word in parent.stdout.readline().split()]
        parent.kill()
    assert len(processes) == 2
    waited(lambda: not any(map(alive, processes)))


def alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_a_closed_pool_leaves_no_process_and_answers_here(shared, askers):
    processes = askers.processes
    askers.close()
    assert not any(map(alive, processes))
    with met(askers):
        assert shared.ask(QUESTIONS[0]).found
    assert askers.processes == []


def test_a_process_goes_on_after_a_failure(folder):
    process = AskerProcess()
    try:
        named = {"corpus": str(folder), "index": None, "model": None, "reranker": None}
        with pytest.raises(RuntimeError, match="KeyError"):
            process.exchange({"corpus": named, "what": "ask", "asked": {}})
        asked = {"query": "mill number 3", "k": 1, "within": [], "carry": []}
        assert b"3.md" in process.exchange({"corpus": named, "what": "search", "asked": asked})
    finally:
        process.kill()
    assert not process.is_alive
