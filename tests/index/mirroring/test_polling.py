"""When a copy is brought in step, what is said of it, and what the report of the sync has of it."""

import threading

import pytest

from index.errors import CorpusAway, SettingError
from index.mirroring.mirror import Followed, Mirror
from index.mirroring.polling import polled, seconds_between
from index.report import SyncReport
from tests.index.mirroring.storage import ADDRESS


@pytest.mark.parametrize("given", ["often", "0", "-1", "1.5", "9999999"])
def test_a_variable_that_makes_no_sense_is_said(monkeypatch, given):
    monkeypatch.setenv("FOOTNOTE_MIRROR_SECONDS", given)
    with pytest.raises(SettingError, match="FOOTNOTE_MIRROR_SECONDS"):
        Mirror(ADDRESS)


def test_a_pause_can_be_chosen(monkeypatch):
    monkeypatch.delenv("FOOTNOTE_MIRROR_SECONDS", raising=False)
    assert seconds_between() == 60
    monkeypatch.setenv("FOOTNOTE_MIRROR_SECONDS", "5")
    assert seconds_between() == 5


def test_storage_that_is_away_is_said_once_and_synced_when_it_is_back(monkeypatch):
    monkeypatch.setattr("index.mirroring.polling.seconds_between", lambda: 0.01)
    looks = iter([False, CorpusAway("away"), CorpusAway("still away"), False, False, True])
    stop, said = threading.Event(), []

    def look():
        found = next(looks)
        if isinstance(found, CorpusAway):
            raise found
        return found

    for number, _ in enumerate(polled(look, stop, said.append, "back"), start=1):
        if number == 3:
            stop.set()
    assert [(str(line), line.is_gone) for line in said] == [("away", True), ("back", False)]


def test_the_report_of_a_sync_has_both_kinds_of_failures():
    report = SyncReport(failed=(("b.txt", "empty"),), skipped=(("link", "a link"),))
    told = Followed(failed=(("a.txt", "denied"),), skipped=(("x.mp4", "no document"),)).told_in(report)
    assert told.failed == (("a.txt", "denied"), ("b.txt", "empty"))
    assert told.skipped == (("link", "a link"), ("x.mp4", "no document"))
