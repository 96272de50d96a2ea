"""What the documentation shows and names is there."""

import re
from pathlib import Path

import pytest

from docs.screenshot import IMAGES, PICTURES
from tests.sources import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_link_leads_nowhere(page):
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text("utf-8"))
    ours = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in ours if not (page.parent / target).exists()] == []


def test_every_picture_is_taken_by_the_script_and_shown():
    shown = {
        Path(name).name for name in re.findall(r"\]\((images/[^)]+)\)", (ROOT / "docs/page.md").read_text("utf-8"))
    }
    assert {picture.file for picture in PICTURES} == {path.name for path in IMAGES.iterdir()} == shown
