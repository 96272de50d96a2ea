"""Processes that die cost no answer, and all of them end with the one that started them."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from qa import Corpus
from qa.askers import SharedCorpus, pool, process, worker
from qa.askers.process import AskerProcess
from tests.qa.askers.mills import QUESTIONS, alive, met, nothing_here, ready, waited
from tests.sources import ROOT


def test_a_process_that_dies_costs_none_of_the_answers_it_had_before_it(shared, askers, monkeypatch):
    questions = QUESTIONS[: 2 * pool.AHEAD]
    expected = [Corpus.ask(shared, question) for question in questions]
    nothing_here(monkeypatch)
    monkeypatch.setattr(pool, "AHEAD_SECONDS", 1e9)  # however slow this machine is
    before = askers.processes
    for pid in before:
        os.kill(pid, signal.SIGSTOP)  # so that all questions are under way when they die
    with met(askers), ThreadPoolExecutor(len(questions)) as threads:
        answers = [threads.submit(shared.ask, question) for question in questions]
        try:
            waited(lambda: sum(askers._loads.values()) == len(questions))
        finally:
            for pid in before:
                os.kill(pid, signal.SIGKILL)
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


def test_a_question_that_ends_processes_takes_no_other_with_it(folder, askers, monkeypatch):
    """They stand before the same process; each is asked once more, alone."""
    sent, last = [], threading.Event()

    class Doomed(AskerProcess):
        def _send(self, line):
            super()._send(line)
            sent.append(line)
            if len(sent) >= 4 and last.is_set() and b"DOOM" in line:
                os.kill(self.pid, signal.SIGKILL)

    monkeypatch.setattr(pool, "AskerProcess", Doomed)
    monkeypatch.setattr(pool, "AHEAD_SECONDS", 1e9)
    corpus = SharedCorpus(folder, askers=askers)
    ready(corpus, askers)
    expected = [Corpus.ask(corpus, question) for question in QUESTIONS[:6]]
    nothing_here(monkeypatch)
    before = askers.processes
    last.set()
    for pid in before:
        os.kill(pid, signal.SIGSTOP)
    with met(askers), ThreadPoolExecutor(8) as threads:
        answers = [threads.submit(corpus.ask, question) for question in QUESTIONS[:6]]
        waited(lambda: sum(askers._loads.values()) == 6)
        doomed = [threads.submit(corpus.ask, f"What is DOOM {at}?") for at in range(2)]
        for each in doomed:
            with pytest.raises(pool.AskedInVain):
                each.result(60)
        assert [answer.result(60) for answer in answers] == expected
    assert not set(before) & set(askers.processes)


@pytest.mark.parametrize("kills", [4, pytest.param(300, marks=[pytest.mark.torture, pytest.mark.timeout(3600)])])
def test_no_answer_is_lost_or_wrong_whatever_dies(shared, askers, kills):
    expected = {question: Corpus.ask(shared, question) for question in QUESTIONS}
    over, answered = threading.Event(), []

    def ask(at):
        while not over.is_set():
            question = QUESTIONS[at % len(QUESTIONS)]
            assert shared.ask(question) == expected[question]
            answered.append(question)
            at += 1

    with ThreadPoolExecutor(12) as threads:
        asking = [threads.submit(ask, at) for at in range(12)]
        try:
            for at in range(kills):
                waited(lambda: askers.processes or any(each.done() for each in asking), 300)
                before = len(answered)
                with suppress(IndexError, ProcessLookupError):
                    os.kill(askers.processes[at % 2], signal.SIGKILL)
                waited(lambda before=before: len(answered) > before + 12, 300)
        finally:
            over.set()
        for each in asking:
            each.result(300)
    waited(lambda: (askers._here, len(askers._line), sum(askers._loads.values())) == (0, 0, 0))


def test_processes_that_cannot_be_started_are_done_without_for_a_while(folder, askers, monkeypatch, caplog):
    monkeypatch.setattr(process, "CODE", "raise SystemExit(3)")
    corpus = SharedCorpus(folder, askers=askers)
    expected = [Corpus.ask(corpus, question) for question in QUESTIONS]
    with met(askers), ThreadPoolExecutor(8) as threads:
        assert list(threads.map(corpus.ask, QUESTIONS)) == expected
        waited(lambda: askers._not_before > 0)
        assert list(threads.map(corpus.ask, QUESTIONS)) == expected
    assert caplog.text.count("no process to answer questions could be started: it ended with status 3") == 1
    assert not askers._opening


def test_without_questions_a_process_ends_and_is_replaced_when_needed(shared, askers, monkeypatch):
    requests, owner = os.pipe()
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.05)
    assert list(worker._batches(requests)) == []
    os.close(requests)
    os.close(owner)
    for pid in (before := askers.processes):
        os.kill(pid, signal.SIGTERM)  # as if it had ended by itself
    waited(lambda: askers.processes == [])
    assert not any(Path(f"/proc/{process}").exists() for process in before)  # nor are they left for dead
    ready(shared, askers)
    assert not set(before) & set(askers.processes)
    with met(askers):
        assert shared.ask(QUESTIONS[0]).found


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


def test_a_closed_pool_leaves_no_process_and_answers_here(shared, askers):
    processes = askers.processes
    askers.close()
    assert not any(map(alive, processes))
    with met(askers):
        assert shared.ask(QUESTIONS[0]).found
    assert askers.processes == []


def test_a_process_goes_on_after_a_failure(folder):
    one = AskerProcess()
    try:
        named = {"corpus": str(folder), "index": None, "model": None, "reranker": None}
        with pytest.raises(RuntimeError, match="KeyError"):
            one.exchange({"corpus": named, "what": "ask", "asked": {}})
        asked = {"query": "mill number 3", "k": 1, "within": [], "carry": []}
        assert b"3.md" in one.exchange({"corpus": named, "what": "search", "asked": asked})
    finally:
        one.kill()
    assert not one.is_alive
