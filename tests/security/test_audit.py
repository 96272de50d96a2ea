"""`make audit` says what it knows, and that it knows nothing when it does; Gradio is one without known holes."""

import json
import re
import tomllib

import pytest

from tests.security.audit import NOT_CHECKED, VULNERABLE, WELL, audit_of
from tests.sources import ROOT

GRADIO = (6, 16)
"""Holes of earlier versions let anybody read files of the server."""

SOUND = {"name": "anyio", "version": "4.16.0", "vulns": []}
HOLED = {"name": "idna", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.7"], "description": "x"}]}
PASSED_OVER = {"name": "attrs", "skip_reason": "Dependency not found on PyPI and could not be audited"}


@pytest.mark.parametrize(
    ("dependencies", "status", "said"),
    [
        ([SOUND], WELL, "no known vulnerability in the 1 packages"),
        ([SOUND, HOLED], VULNERABLE, "idna 1.0: PYSEC-1, mended in 3.7\naudit: 1 known"),
        ([SOUND, PASSED_OVER], NOT_CHECKED, "not checked, the database did not answer for 1 of 2 packages (attrs ...)"),
        ([PASSED_OVER, HOLED], VULNERABLE, "1 known"),
        ([], NOT_CHECKED, "not checked"),
    ],
)
def test_what_was_not_looked_up_is_not_well(dependencies, status, said):
    audit = audit_of(json.dumps({"dependencies": dependencies, "fixes": []}), "No known vulnerabilities found")
    assert audit.status == status
    assert said in str(audit)


def test_without_a_network_that_is_what_it_says_in_one_line():
    audit = audit_of("", "Traceback (most recent call last):\n  ...\nrequests.exceptions.ConnectionError: no route\n")
    assert audit.status == NOT_CHECKED
    assert str(audit).count("\n") == 0
    assert "could not be reached (requests.exceptions.ConnectionError)" in str(audit)


def test_gradio_is_recent_enough_wherever_it_is_named():
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    [needed] = [line for line in wanted if line.startswith("gradio>")]
    [pinned] = re.findall(r"^gradio==(\d+)\.(\d+)", (ROOT / "constraints.txt").read_text("utf-8"), re.MULTILINE)
    assert tuple(map(int, re.findall(r"\d+", needed)[:2])) >= GRADIO
    assert tuple(map(int, pinned)) >= GRADIO
