"""What docs/api.md shows is run with the real curl against a started page, and prints what it shows."""

import json
import re
import shutil
import subprocess
import time
from urllib.request import urlopen

import pytest

from qa.askers.pool import AHEAD, AHEAD_SECONDS, MOST
from qa.askers.worker import IDLE_SECONDS
from qa.web.access import limits
from qa.web.access.door import CHECKED_AT_ONCE, CHECKS_WAITING
from qa.web.api.routes import READ_AT_ONCE, READS_WAITING
from qa.web.asking import BESIDE, WAITING
from tests.sources import ROOT
from tests.test_readme import marked_blocks, missing_lines, run

API = (ROOT / "docs/api.md").read_text("utf-8")
SERVING = (ROOT / "docs/serving.md").read_text("utf-8")


def until_synced(address):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        with urlopen(f"{address}api/sync", timeout=20) as answer:
            if json.load(answer)["report"]:
                return
        time.sleep(0.2)
    raise AssertionError("the first sync did not end in time")


@pytest.mark.slow
def test_the_examples_of_curl_print_what_they_show(sample_page, tmp_path):
    assert shutil.which("curl"), "this test needs curl: apt-get install curl"
    blocks = marked_blocks(API)
    assert sum(block.program.count("curl ") for block in blocks) >= 3
    until_synced(sample_page)
    for block in blocks:
        here = type(block)(block.language, block.text.replace("http://127.0.0.1:7860/", sample_page))
        assert here.text != block.text
        done = run(here, tmp_path)
        assert done.returncode == 0, done.stderr
        printed = done.stdout.replace("}{", "}\n{")
        assert missing_lines(block.shown, printed) == [], f"{block.text}\n{done.stdout}"


@pytest.mark.slow
def test_every_path_of_the_schema_is_in_the_documentation(sample_page, tmp_path):
    schema = subprocess.run(
        ["curl", "--silent", f"{sample_page}api/openapi.json"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    paths = set(re.findall(r'"(/[a-z]+)":\{"(?:get|post)"', schema))
    assert paths == {f"/{path}" for path in re.findall(r"^\| `api/(\w+)` ", API, re.MULTILINE)}


def test_the_numbers_of_the_documentation_are_those_of_the_code():
    assert f"{WAITING} questions wait already (`--waiting`)" in API
    assert f"| {AHEAD} for each process and {BESIDE}, and {WAITING} that wait (`--waiting`) |" in SERVING
    assert AHEAD_SECONDS == 0.1
    assert "up to a tenth of a second's" in SERVING
    assert f"| {READ_AT_ONCE}, and {READS_WAITING} that wait |" in SERVING
    assert f"{MOST} at most" in SERVING
    assert f"after {IDLE_SECONDS / 60:.0f} minutes without a question" in SERVING
    assert f"| {CHECKED_AT_ONCE}, and {CHECKS_WAITING} that wait |" in SERVING
    assert f"{limits.MAX_UPLOADS_BYTES >> 20:,} MB, {limits.MAX_FILES_AT_ONCE:,} files" in SERVING
    assert f"{limits.MAX_API_BYTES >> 20} MB; {limits.MAX_EVENT_BYTES >> 20} MB" in SERVING
