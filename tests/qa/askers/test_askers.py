"""Many askers: the same answers from several processes, in the order of asking."""

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from index.errors import IndexMissing, NothingWithin
from qa import Corpus, Turn
from qa.answers import as_json
from qa.askers import Askers, SharedCorpus, worker
from qa.askers.wire import encoded
from tests.qa.askers.mills import QUESTIONS, met, nothing_here, waited


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


def test_the_line_is_first_come_first_served(folder, askers):
    places = []

    def stand():
        places.append((threading.current_thread().name, askers._place({"corpus": {}, "what": "", "asked": {}})))
        askers._left(None)

    askers._not_before = float("inf")  # no processes: all are answered here, `HERE` at a time
    standing = []
    with met(askers):
        with met(askers):
            for at in range(8):
                standing.append(threading.Thread(target=stand, name=str(at)))
                standing[-1].start()
                waited(lambda at=at: len(askers._line) == at + 1)
            assert places == []
        for thread in standing:
            thread.join()
    assert places == [(str(at), None) for at in range(8)]
    assert askers._here == 0


def test_questions_embedded_together_have_the_vectors_they_have_alone(folder):
    told, corpus = [], worker._Named(folder)
    alone = {question: corpus._index.embedder.embed_question(question) for question in QUESTIONS}
    for count in (2, 3, 4):
        corpus.expect([f" {question}\n" for question in QUESTIONS[:count]])
        told = [corpus._index.embedder.embed_question(question) for question in QUESTIONS[:count]]
        assert all(map(np.array_equal, told, list(alone.values())[:count]))
    corpora = {json.dumps({"corpus": "here"}): corpus}
    worker._expect(corpora, [{"corpus": {"corpus": "here"}, "asked": {"question": q}} for q in QUESTIONS[:3]])
    assert list(corpus._index.embedder._ahead) == QUESTIONS[:3]
    broken = [{"corpus": {"corpus": "here"}, "asked": asked} for asked in ({"question": "\ud800"}, {"query": "x"}, {})]
    worker._expect(corpora, broken)  # what is wrong is told when it is answered


def test_what_a_sync_adds_and_takes_away_is_known_to_all(shared, askers, folder, monkeypatch):
    (folder / "new.md").write_text("The windmill of Zaandam saws timber for ships.")
    shared.sync()
    with monkeypatch.context() as patch:
        nothing_here(patch)
        with met(askers):
            for _ in range(4):
                assert shared.search("windmill Zaandam timber")[0].path == "new.md"
    (folder / "new.md").unlink()
    shared.sync(rebuild=True)  # another file in the place of the old one
    nothing_here(monkeypatch)
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
