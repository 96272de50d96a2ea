"""The house rules that are about files as a whole: their length, and what must not stand in them."""

import re
import tempfile
from pathlib import Path

import pytest

from tests.sources import ROOT, tracked

LONGEST = 300  # lines; a longer file holds more than one thing
WRITTEN_BY_US = {".py", ".css", ".js"}
OTHERS_WORDS = {"LICENSE"}
INDEX_HOSTS = re.compile(r"pypi\.org/simple|files\.pythonhosted\.org|--(extra-)?index-url|--find-links")


def places_of_this_machine() -> list[str]:
    """Folders that say on whose machine a file was written: the checkout, the folder around it, the user's own."""
    too_general = {Path("/"), Path("/home"), Path("/opt"), Path("/srv"), Path(tempfile.gettempdir())}
    return sorted({str(place) for place in (ROOT, ROOT.parent, Path.home()) if place not in too_general})


def texts() -> list[tuple[str, str]]:
    """Every text file of the repository: its path from the root, and its text."""
    found = ((path.relative_to(ROOT).as_posix(), path.read_bytes()) for path in tracked())
    return [(name, data.decode("utf-8", "replace")) for name, data in found if b"\0" not in data]


def lines_with(pattern: str) -> list[str]:
    """The lines of the repository that match, as "path:line"."""
    return [
        f"{name}:{number}"
        for name, text in texts()
        if name not in OTHERS_WORDS
        for number, line in enumerate(text.splitlines(), start=1)
        if re.search(pattern, line)
    ]


@pytest.mark.parametrize("ending", sorted(WRITTEN_BY_US))
def test_no_file_is_longer_than_one_room(ending):
    lengths = {name: text.count("\n") for name, text in texts() if name.endswith(ending)}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


@pytest.mark.parametrize("place", places_of_this_machine())
def test_no_file_names_a_place_of_this_machine(place):
    assert lines_with(rf"(?<![\w.~/-]){re.escape(place)}(/|\b)") == []


def test_no_file_but_this_one_names_where_packages_come_from():
    assert [line for line in lines_with(INDEX_HOSTS.pattern) if not line.startswith("tests/test_style.py:")] == []
