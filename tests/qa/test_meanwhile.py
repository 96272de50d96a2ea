"""What runs beside a question: in another thread, with its result or its error."""

import threading

import pytest

from qa.meanwhile import meanwhile, stay_in_one_thread


def test_both_go_on_at_the_same_time():
    here, there = threading.Event(), threading.Event()

    def work():
        there.set()
        assert here.wait(30)
        return threading.current_thread()

    begun = meanwhile(work)
    assert there.wait(30), "it began while this thread went on"
    here.set()
    assert begun.result(30) is not threading.current_thread()


def test_an_error_is_raised_where_the_result_is_asked_for():
    def work():
        raise ValueError("no such model")

    with pytest.raises(ValueError, match="no such model"):
        meanwhile(work).result(30)


def test_more_wait_than_there_are_threads_for():
    assert [each.result(30) for each in [meanwhile(lambda at=at: at * at) for at in range(200)]] == [
        at * at for at in range(200)
    ]


def test_a_process_among_others_stays_in_one_thread(monkeypatch):
    monkeypatch.setattr("qa.meanwhile._beside.in_turn", False)
    stay_in_one_thread()
    assert meanwhile(threading.current_thread).result(0) is threading.current_thread()
