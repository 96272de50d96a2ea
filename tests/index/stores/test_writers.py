"""Writers of an index on a server that were killed, hung, or did not hear that a write of theirs was done."""

import signal
import threading
import time

import pytest

from index.errors import IndexLocked, StoreError
from index.milvus import connection, lease
from tests.index.stores.breaking import broken_off_everywhere, changed, rows
from tests.index.stores.other_process import syncing
from tests.index.stores.states import ARMY, FILES, state_of


@pytest.fixture
def folder(make_corpus, monkeypatch):
    monkeypatch.setattr(lease, "SETTLED_SECONDS", 0.02)
    return make_corpus(FILES)


def test_a_first_sync_that_was_killed_takes_no_numbers_of_another_corpus(folder, on_server, another_on_server):
    on_server.index(folder).sync()
    before = state_of(folder, on_server)
    assert broken_off_everywhere(lambda: another_on_server.index(folder)) > 5
    numbers = [
        {record.id for record in place.index(folder)._reader().documents()} for place in (on_server, another_on_server)
    ]
    assert [len(each) for each in numbers] == [3, 3]
    assert numbers[0].isdisjoint(numbers[1])
    assert state_of(folder, on_server) == state_of(folder, another_on_server) == before


def test_a_hung_writer_that_comes_back_does_not_take_the_place_of_the_next(folder, on_server, monkeypatch):
    on_server.index(folder).sync()
    monkeypatch.setattr(lease, "LEASE_SECONDS", 0.4)
    renew, hung, woken = lease._renew, threading.Event(), threading.Event()

    def hanging(*arguments):
        hung.wait(30)
        renew(*arguments)
        woken.set()

    monkeypatch.setattr(lease, "_renew", hanging)
    index = on_server.index(folder)
    with index._writing() as writer:
        time.sleep(0.5)
        monkeypatch.setattr(lease, "LEASE_SECONDS", 60.0)
        monkeypatch.setattr(lease, "_renew", renew)
        with on_server.index(folder)._writing() as other:
            monkeypatch.setattr(lease, "LEASE_SECONDS", 0.4)  # the first renews after a part of it
            hung.set()
            time.sleep(0.5)
            with pytest.raises(IndexLocked, match="lost its place"), writer.committing():
                writer.set_meta("ocr", "eng")
            with other.committing():
                other.set_meta("ocr", "deu")
    assert woken.is_set()
    assert on_server.index(folder)._facts()[0]["ocr"] == "deu"


def test_a_write_whose_answer_was_lost_is_made_again(folder, on_server, another_on_server, monkeypatch):
    on_server.index(folder).sync()
    changed(folder)
    another_on_server.index(folder).sync()
    index, once = on_server.index(folder), connection.Connection._once
    monkeypatch.setattr(connection, "FIRST_PAUSE", 0.01)
    lost = []

    def deaf(self, name, *arguments, **options):
        found = once(self, name, *arguments, **options)
        if name in {"upsert", "delete"} and self is index._connection:
            lost.append(name)
            if len(lost) % 2:
                raise connection._Away("the answer was lost")
        return found

    monkeypatch.setattr(connection.Connection, "_once", deaf)
    index.sync()
    monkeypatch.setattr(connection.Connection, "_once", once)
    assert len(lost) > 10
    assert state_of(folder, on_server) == state_of(folder, another_on_server)
    assert rows(on_server.index(folder)) == rows(another_on_server.index(folder))


def test_of_two_who_come_at_once_one_waits_for_the_other(folder, on_server, another_on_server, monkeypatch):
    monkeypatch.setattr(lease, "SETTLED_SECONDS", 0.3)
    on_server.index(folder).sync()
    changed(folder)
    said = []

    def sync():
        try:
            said.append(on_server.index(folder).sync())
        except StoreError as error:
            said.append(error)

    threads = [threading.Thread(target=sync) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [str(each) for each in said if isinstance(each, StoreError)] == []
    assert sorted(each.did_something for each in said) == [False, False, True]
    another_on_server.index(folder).sync()
    assert rows(on_server.index(folder)) == rows(another_on_server.index(folder))


@pytest.mark.torture
def test_killed_before_any_write_the_next_sync_is_right(folder, on_server, another_on_server, monkeypatch):
    on_server.index(folder).sync()
    changed(folder)
    another_on_server.index(folder).sync()
    expected, count = state_of(folder, another_on_server), rows(another_on_server.index(folder))
    at, killed = 0, 0
    while True:
        at += 1
        status = syncing(on_server.store, folder, killed_at=at).wait()
        if status != -signal.SIGKILL:
            break
        killed += 1
        texts = [on_server.corpus(folder).document_text("army.md")]
        assert texts[0] == ARMY or "Zulia" in texts[0]
    assert status == 0
    assert killed > 5
    assert state_of(folder, on_server) == expected
    assert rows(on_server.index(folder)) == count
