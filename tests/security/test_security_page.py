"""What SECURITY.md claims is tested where it says."""

import re

from tests.sources import ROOT

PAGE = (ROOT / "SECURITY.md").read_text("utf-8")


def test_every_test_that_is_named_is_there_and_tests_something():
    named = re.findall(r"`(tests/[\w/]+\.py)`", PAGE)
    assert len(named) >= 15
    for name in named:
        assert "\ndef test_" in (ROOT / name).read_text("utf-8"), name


def test_every_attack_names_its_test():
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| ---", "| attack"))]
    assert len(rows) >= 10
    for row in rows:
        assert "`tests/" in row.split("|")[3], row


def test_every_file_that_is_linked_is_there():
    for target in re.findall(r"\]\(([\w./]+)\)", PAGE):
        assert (ROOT / target).is_file(), target
