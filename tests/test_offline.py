"""From an empty cache to an answer, in a process of its own: nothing leaves this machine.

Inside pytest some libraries keep their telemetry to themselves (nncf does), so that only a process which knows nothing
of tests shows what a user's would do. The guard that fails these tests is the autouse fixture `network_attempts`.
"""

import subprocess
import sys
from pathlib import Path

import pytest

FOOTNOTE = str(Path(sys.executable).with_name("footnote"))


@pytest.mark.slow
def test_building_and_asking_reach_no_other_machine(make_corpus, tmp_path, monkeypatch):
    monkeypatch.setenv("FOOTNOTE_CACHE", str(tmp_path / "cache"))
    for variable in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "GRADIO_ANALYTICS_ENABLED", "CI"):
        monkeypatch.delenv(variable, raising=False)
    corpus = str(make_corpus({"aid.txt": "Aid waits in a warehouse in Cucuta.\n"}))
    subprocess.run([FOOTNOTE, "sync", "--corpus", corpus], check=True)
    subprocess.run([FOOTNOTE, "ask", "Where does the aid wait?", "--corpus", corpus], check=True)
