"""The queue in front of the questions: in order, bounded, and left by those who are gone."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.errors import TooBusy
from qa.web.turns import Gone, Turns
from tests.qa.web.stalling_site import stalling_site

FILES = {"mill.md": "# Mill\n\nThe mill ground seven sacks of rye.\n"}


def in_a_loop(work):
    """Run in a thread of its own: Playwright keeps a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def settled(turns, taken):
    """Until so many have their place."""
    while turns.taken != taken:
        await asyncio.sleep(0.005)


def test_turns_come_in_the_order_of_asking():
    async def ask():
        turns, done = Turns(1, 20, name="test"), []
        await asyncio.gather(*(turns.run(lambda at=at: done.append(at)) for at in range(20)))
        return done

    assert in_a_loop(ask()) == list(range(20))


def test_one_too_many_is_told_how_many_there_are_and_the_option():
    go_on = threading.Event()

    async def ask():
        turns = Turns(2, 1, name="test", option="--waiting")
        asked = [asyncio.ensure_future(turns.run(lambda at=at: (go_on.wait(30), at)[1])) for at in range(3)]
        await settled(turns, 3)
        with pytest.raises(TooBusy) as told:
            await turns.run(lambda: None)
        go_on.set()
        assert await asyncio.gather(*asked) == [0, 1, 2]
        assert await turns.run(lambda: "a place again") == "a place again"
        return told.value

    error = in_a_loop(ask())
    assert str(error) == (
        "3 questions are being answered or wait their turn, and no more may (--waiting 1): ask again in 1 second"
    )
    assert error.retry_seconds == 1


def test_who_leaves_while_waiting_gives_the_place_up_and_is_not_answered():
    go_on, left, done = threading.Event(), asyncio.Event(), []

    async def ask():
        turns = Turns(1, 5, name="test")
        first = asyncio.ensure_future(turns.run(lambda: go_on.wait(30), gone=forever))
        waits = asyncio.ensure_future(turns.run(lambda: done.append("gone"), gone=left.wait))
        stays = asyncio.ensure_future(turns.run(lambda: done.append("stays"), gone=forever))
        await settled(turns, 3)
        left.set()
        with pytest.raises(Gone):
            await waits
        assert turns.taken == 2
        go_on.set()
        await asyncio.gather(first, stays)

    in_a_loop(ask())
    assert done == ["stays"]


def test_a_caller_that_is_cancelled_gives_its_place_up_too():
    """As at the end of a server."""
    go_on, done = threading.Event(), []

    async def ask():
        turns = Turns(1, 5, name="test")
        first = asyncio.ensure_future(turns.run(lambda: go_on.wait(30), gone=forever))
        waits = [
            asyncio.ensure_future(turns.run(lambda: done.append("cancelled"), gone=forever)),
            asyncio.ensure_future(turns.run(lambda: done.append("cancelled"))),
        ]
        await settled(turns, 3)
        for each in waits:
            each.cancel()
        assert await asyncio.gather(*waits, return_exceptions=True) != []
        assert turns.taken == 1
        go_on.set()
        assert await first
        assert await turns.run(lambda: "a place again") == "a place again"

    in_a_loop(ask())
    assert done == []


async def forever():
    await asyncio.Event().wait()


def test_the_thread_that_was_used_last_is_used_first():
    async def ask():
        turns, both = Turns(4, 0, name="test"), threading.Barrier(4)
        await asyncio.gather(*(turns.run(lambda: both.wait(30)) for _ in range(4)))
        return {await turns.run(threading.get_ident) for _ in range(20)}

    assert len(in_a_loop(ask())) == 1


def test_an_error_is_the_callers_and_the_thread_goes_on():
    async def ask():
        turns = Turns(1, 1, name="test")
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await turns.run(lambda: 1 / 0)
        return await turns.run(lambda: "well"), turns.taken

    assert in_a_loop(ask()) == ("well", 0)


def test_the_end_waits_for_what_was_begun_only():
    go_on, begun, done = threading.Event(), threading.Event(), []

    async def ask():
        turns = Turns(1, 5, name="test")
        first = asyncio.ensure_future(turns.run(lambda: (begun.set(), go_on.wait(30), done.append("first"))))
        waits = asyncio.ensure_future(turns.run(lambda: done.append("waits")))
        await settled(turns, 2)
        await asyncio.to_thread(begun.wait, 30)
        assert not turns.close(0.0)  # it is at work
        go_on.set()
        assert await asyncio.to_thread(turns.close, 30.0)
        await first
        with pytest.raises(asyncio.CancelledError):
            await waits
        with pytest.raises(TooBusy):
            await turns.run(lambda: done.append("late"))

    in_a_loop(ask())
    assert done == ["first"]


def test_a_client_that_hangs_up_is_not_answered_and_others_come_earlier(make_corpus):
    with stalling_site(make_corpus(FILES), waiting=4) as site:
        site.embedder.go_on.clear()
        at_work = site.begin_many("Mill 1?", "Mill 2?", "Mill 3?")
        goes, stays = site.begin_many("Who goes?", "Who stays?")
        site.until(lambda: len(site.embedder.begun) == 3)
        goes.close()
        site.until(lambda: site.questions.taken == 4)
        site.embedder.go_on.set()
        assert [each.getresponse().status for each in (*at_work, stays)] == [200] * 4
        assert "Who goes?" not in site.embedder.begun
        assert "Who stays?" in site.embedder.begun
        site.until(lambda: site.questions.taken == 0)
