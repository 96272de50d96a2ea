"""A full disk, a failing one, writes cut short: one line says so, the index is as committed, and goes on afterwards."""

from __future__ import annotations

import errno
import random

import pytest

from index.errors import IndexMissing
from tests.faults.folders import assert_in_order, assert_whole, state_of
from tests.faults.test_kills import SCENES, chosen, opened, undisturbed
from tests.faults.writing import Fault, Task

KINDS = {
    "full": ("full", errno.ENOSPC),
    "full for a moment": ("refuse", errno.ENOSPC),
    "cut short": ("cut", errno.ENOSPC),
    "failing": ("refuse", errno.EIO),
    "read-only from now on": ("full", errno.EROFS),
}
EACH = 3


def met_with(writers, copied, built, scene, fault, *, page_is_open=False):
    """Bring a fault over a sync, see what it says and leaves, sync again, compare; what it said."""
    home = copied(scene.before, scene.after)
    corpus, index = home / "corpus", home / "index"
    page = opened(home) if page_is_open else None
    outcome = writers.do(Task(scene.do, str(corpus), str(index), fault, model=scene.model))
    assert outcome.ended == "well" or outcome.ended.startswith("error: "), outcome.ended
    assert "\n" not in outcome.ended
    if outcome.ended != "well":
        assert outcome.met
        assert str(home) in outcome.ended
    editions = [built(edition).passages for edition in {scene.before, scene.after} - {None}]
    try:
        assert_whole(corpus, index, outcome.told, editions)
        if page and scene.do == "sync" and scene.model == "counting":
            assert page.search("subject5", 1)[0].path == "note5.md"
    except IndexMissing:
        assert scene.before is None or scene.do == "rebuild" or scene.model != "counting"
        assert not any(told["documents"] for told in outcome.told)
    again = writers.do(Task("sync", str(corpus), str(index), model=scene.model, watch=False))
    assert again.ended == "well", again.ended
    assert state_of(corpus, index, scene.model) == built(scene.after, scene.model).state
    assert_in_order(corpus, index, scene.model)
    return outcome


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_takes_no_more_is_said_in_one_line_and_loses_nothing(kind, watched, copied, built):
    chance, said = random.Random(kind), []
    for scene in (SCENES["first sync"], SCENES["changes"]):
        calls = undisturbed(watched, copied, scene, page_is_open=False)
        for at in chosen(calls, EACH, chance):
            fault, number = KINDS[kind]
            said.append(met_with(watched, copied, built, scene, Fault(fault, at, errno=number)).ended)
    assert any(line != "well" for line in said), "nothing was refused that mattered"
