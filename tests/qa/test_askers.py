"""Many askers: the same answers from several processes, which may die, and a clear line when too many wait."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from index.errors import NothingWithin, TooBusy
from qa import askers
from qa.askers import SharedCorpus
from qa.corpus import Corpus
from tests.fake_embedder import CountingEmbedder

FILES = {f"{at}.txt": f"The mill number {at} ground {at * 7} sacks of rye in a day." for at in range(1, 13)}
QUESTIONS = [f"How many sacks of rye did mill number {at} grind?" for at in range(1, 13)]


def waited(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it never came to be"
        time.sleep(0.02)


@pytest.fixture
def folder(make_corpus):
    folder = make_corpus(FILES)
    Corpus(folder, embedder=CountingEmbedder()).sync()
    return folder


@pytest.fixture
def shared(folder):
    """A corpus whose processes are ready."""
    corpus = SharedCorpus(folder, embedder=CountingEmbedder(), askers=2)
    with corpus._counted():
        corpus.ask(QUESTIONS[0])
    waited(lambda: corpus._pool is not None)
    yield corpus
    corpus.close()


def told(answer):
    return answer.text, answer.found, answer.confidence, answer.citations


def test_questions_at_once_are_answered_as_one_after_the_other(shared, folder):
    alone = Corpus(folder, embedder=CountingEmbedder())
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(shared.ask, QUESTIONS * 4))
    assert [told(answer) for answer in together] == [told(alone.ask(question)) for question in QUESTIONS * 4]


def test_a_question_that_is_alone_starts_no_process(folder):
    corpus = SharedCorpus(folder, embedder=CountingEmbedder(), askers=2)
    corpus.ask(QUESTIONS[0])
    assert not corpus._starting
    assert corpus._pool is None


def test_overlapping_questions_are_answered_in_other_processes(shared, monkeypatch):
    def here(*_, **__):
        raise AssertionError("answered in this process")

    monkeypatch.setattr(Corpus, "ask", here)
    with shared._counted():
        assert shared.ask(QUESTIONS[0]).question == QUESTIONS[0]


def test_a_process_that_dies_costs_no_answer_and_is_replaced(shared):
    pool = shared._pool
    for process in pool._processes:
        os.kill(process, signal.SIGKILL)
    with shared._counted():
        assert shared.search("mill 3 rye")[0].path
        assert shared.search("mill 3 rye")[0].path
        waited(lambda: shared._pool not in (None, pool) or shared._pool is None)
        shared.ask(QUESTIONS[0])
        waited(lambda: shared._pool is not None and shared._pool is not pool)
        assert shared.ask(QUESTIONS[1]).question == QUESTIONS[1]


def test_what_a_sync_adds_is_found_by_all(shared, folder):
    (folder / "new.txt").write_text("The windmill of Zaandam saws timber.")
    shared.sync()
    with shared._counted():
        for _ in range(4):
            assert shared.search("windmill Zaandam timber")[0].path == "new.txt"


def test_errors_come_back_as_they_were(shared):
    with shared._counted(), pytest.raises(NothingWithin, match=r"no indexed document matches nowhere\.txt"):
        shared.ask(QUESTIONS[0], within=["nowhere.txt"])


def test_too_many_are_refused_at_once_with_a_clear_line(folder, monkeypatch):
    monkeypatch.setattr(askers, "WAITING", 1)
    corpus = SharedCorpus(folder, embedder=CountingEmbedder(), askers=0)
    with corpus._counted(), pytest.raises(TooBusy, match="questions are being answered right now"):
        corpus.ask(QUESTIONS[0])
    assert corpus.ask(QUESTIONS[0]).question == QUESTIONS[0]


def test_the_processes_end_with_the_one_that_started_them(folder):
    code = f"""
        import sys, time
        from qa.askers import SharedCorpus
        from tests.fake_embedder import CountingEmbedder

        if __name__ == "__main__":
            corpus = SharedCorpus({str(folder)!r}, embedder=CountingEmbedder(), askers=2)
            with corpus._counted():
                corpus.ask("mill")
            while corpus._pool is None:
                time.sleep(0.05)
            print(*corpus._pool._processes, flush=True)
            time.sleep(120)
    """
    script = folder.parent / "parent.py"
    script.write_text(textwrap.dedent(code))
    with subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True) as parent:
        processes = [int(word) for word in parent.stdout.readline().split()]
        parent.kill()
    assert len(processes) == 2
    waited(lambda: not any(alive(process) for process in processes))


def alive(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False
