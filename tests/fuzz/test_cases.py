"""Every case that fuzzing found, and what it begins with, is tried again."""

import pytest

from tests.fuzz.seeds import CASES, cases, seeds
from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("target", TARGETS)
def test_what_was_found_once_stays_mended(target):
    tried = list(seeds(target))
    assert tried, "fuzzing would begin with nothing"
    for data in tried:
        TARGETS[target](data)


def test_every_case_belongs_to_a_target():
    assert {path.name for path in CASES.iterdir()} <= set(TARGETS)
    assert all(cases(folder.name) for folder in CASES.iterdir())
