"""A started server under a steady load: no answer is lost, and what it took of the machine it gives back."""

import os
import sys
from pathlib import Path

import pytest

from tests.load.report import report
from tests.load.running import load, verdicts

MINUTES = float(os.environ.get("FOOTNOTE_LOAD_MINUTES", "10"))

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="it is measured in /proc")]


def test_nothing_is_lost_and_everything_is_given_back(tmp_path):
    outcome = load(tmp_path / "load", minutes=0.15, rate=8, kept=24, warm_seconds=4, change_every_seconds=1)
    wrong = [str(each) for each in verdicts(outcome, times=False) if not each.holds]
    assert wrong == [], report(outcome, [])
    assert outcome.done["ask"] > 10
    assert sum(outcome.done[kind] for kind in ("upload", "write", "edit", "rename", "remove", "delete")) > 3


@pytest.mark.torture
@pytest.mark.timeout(60 * MINUTES + 900)
def test_memory_handles_and_latency_stay_what_they_are(tmp_path):
    """FOOTNOTE_LOAD_MINUTES=120 for two hours; FOOTNOTE_LOAD_REPORT names a file for the table."""
    outcome = load(tmp_path / "load", minutes=MINUTES, rate=5)
    held = verdicts(outcome, times=True)
    written = report(outcome, held)
    if name := os.environ.get("FOOTNOTE_LOAD_REPORT"):
        Path(name).write_text(written, "utf-8")
    assert [str(each) for each in held if not each.holds] == [], written
