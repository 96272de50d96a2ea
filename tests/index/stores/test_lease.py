"""The writer's place on machines whose clocks do not agree."""

import os
import random
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from index.errors import IndexLocked
from index.milvus import lease
from tests.index.stores.states import FILES


@pytest.fixture
def folder(make_corpus, monkeypatch):
    monkeypatch.setattr(lease, "SETTLED_SECONDS", 0.02)
    return make_corpus(FILES)


@pytest.fixture
def clocks_that_disagree(monkeypatch):
    """Whoever looks at the time of day finds another, by up to some hours."""
    chance = random.Random(5)
    wrong = {name: getattr(time, name) for name in ("monotonic", "sleep", "strftime", "localtime")}
    monkeypatch.setattr(
        lease, "time", SimpleNamespace(time=lambda: time.time() + chance.uniform(-5, 5) * 3_600, **wrong)
    )


def test_a_place_that_is_renewed_is_not_taken_whatever_clocks_say(folder, on_server, monkeypatch, clocks_that_disagree):
    on_server.index(folder).sync()
    monkeypatch.setattr(lease, "LEASE_SECONDS", 0.8)
    monkeypatch.setattr(lease, "WAIT_SECONDS", 2.0)
    with on_server.index(folder)._writing() as writer:
        with pytest.raises(IndexLocked, match="another sync of"):
            on_server.index(folder).sync()
        with writer.committing():
            writer.set_meta("ocr", "eng")


def test_a_place_that_is_not_renewed_is_free_after_its_term(folder, on_server, monkeypatch, clocks_that_disagree):
    on_server.index(folder).sync()
    fetched = on_server.index(folder)._fetched()
    monkeypatch.setattr(lease, "LEASE_SECONDS", 0.4)
    lease._take(fetched, "somebody whose machine is gone")
    monkeypatch.setattr(lease, "LEASE_SECONDS", 60.0)  # the term is that of who took it
    assert on_server.index(folder).sync().documents == 3


def test_a_holder_is_watched_for_the_whole_term(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(lease, "time", SimpleNamespace(monotonic=lambda: now[0]))
    watch, said = lease.Watch(), {"id": "a", "beat": 0, "term": 60.0}
    assert not watch.is_over(said)
    now[0] += 59
    assert not watch.is_over(said)
    assert not watch.has_moved
    assert not watch.is_over(said | {"beat": 1})
    assert watch.has_moved
    now[0] += 59
    assert not watch.is_over(said | {"beat": 1})
    assert not watch.is_over({"id": "b", "beat": 1, "term": 60.0})
    now[0] += 61
    assert watch.is_over({"id": "b", "beat": 1, "term": 60.0})


@pytest.mark.skipif(not lease._machine(), reason="the system does not tell one machine from another")
def test_who_is_gone_from_this_machine_is_not_waited_for():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    said = {"id": "a", "beat": 0, "term": 60.0, "pid": ended.pid, "machine": lease._machine()}
    assert lease.Watch().is_over(said)
    assert not lease.Watch().is_over(said | {"pid": os.getpid()})
    assert not lease.Watch().is_over(said | {"machine": "another"})
    assert not lease.Watch().is_over(said | {"machine": ""})
    assert not lease.Watch().is_over(said | {"pid": None})
