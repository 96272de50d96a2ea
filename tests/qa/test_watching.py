"""A folder kept in step, with syncs that fail."""

import threading

import pytest

from index import SyncReport
from index.errors import IndexLocked, IndexNotWritable, ModelError
from qa import watching
from qa.watching import kept_in_step


class Changed:
    """A corpus whose documents have changed, and changed once more."""

    def changes(self, stop, say):
        yield from (None, frozenset({"a.txt"}))


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(watching, "RETRY_SECONDS", 0.01)


def followed(*outcomes):
    """How many reports there were, and what was said, of syncs that end like this one after the other."""
    to_come, said, looked_at = iter(outcomes), [], []

    def sync(only):
        looked_at.append(only)
        outcome = next(to_come)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    reports = list(kept_in_step(Changed(), sync, stop=threading.Event(), say=said.append))
    assert looked_at == [None] * looked_at.count(None) + [{"a.txt"}] * (len(outcomes) - looked_at.count(None))
    return len(reports), said


def test_a_first_sync_that_fails_ends_it():
    with pytest.raises(ModelError):
        followed(ModelError("no such model"))


def test_later_failures_are_said_once_and_tried_again():
    full = IndexNotWritable("the disk is full")
    assert followed(SyncReport(), full, full, KeyError("x"), SyncReport()) == (
        2,
        ["the disk is full", "something went wrong while reading the documents: 'x'"],
    )


def test_another_sync_is_waited_for_even_at_first():
    locked = IndexLocked("another sync of c:/d is under way (process 1): wait until it ends, then sync again")
    reports, said = followed(locked, locked, SyncReport(), SyncReport())
    assert (reports, said) == (2, ["another sync of c:/d is under way (process 1): waiting until it ends"])
