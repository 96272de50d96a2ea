"""A full disk, a failing one, writes cut short: one line says so, the index is as committed, and goes on afterwards."""

from __future__ import annotations

import errno
import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.test_kills import SCENES, assert_goes_on, chosen, opened, seldom_and_every, undisturbed
from tests.faults.writing import Fault, Task

KINDS = {
    "full": ("full", errno.ENOSPC),
    "full for a moment": ("refuse", errno.ENOSPC),
    "cut short": ("cut", errno.ENOSPC),
    "failing": ("refuse", errno.EIO),
    "read-only from now on": ("full", errno.EROFS),
}
EACH = 2
SELDOMER = 40
ROOT = Path(__file__).resolve().parent.parent.parent


def met_with(writers, copied, built, scene, fault=None, *, page_is_open=False, file_bytes=None):
    """Bring a fault over a sync, see what it says and leaves, sync again, compare; what it said."""
    home = copied(scene.before, scene.after)
    corpus, index = home / "corpus", home / "index"
    page = opened(home) if page_is_open else None
    outcome = writers.do(Task(scene.do, str(corpus), str(index), fault, model=scene.model, file_bytes=file_bytes))
    assert outcome.ended == "well" or outcome.ended.startswith("error: "), outcome.ended
    assert "\n" not in outcome.ended
    if outcome.ended != "well":
        assert outcome.met or file_bytes
        assert str(home) in outcome.ended or "cannot be read" in outcome.ended
        assert "--rebuild" not in outcome.ended, "advice that deletes an index which is sound"
    assert_goes_on(writers, built, scene, home, page, outcome)
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


@pytest.mark.torture
@pytest.mark.timeout(14_400)
@pytest.mark.parametrize("name", SCENES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_disk_that_takes_no_more_before_every_kind_of_write(kind, name, watched, copied, built):
    scene, said = SCENES[name], []
    calls = undisturbed(watched, copied, scene, page_is_open=False)
    for at in seldom_and_every(SELDOMER, calls):
        fault, number = KINDS[kind]
        said.append(met_with(watched, copied, built, scene, Fault(fault, at, errno=number)).ended)
    refused = sum(line != "well" for line in said)
    sys.stdout.write(f"{len(said)} faults, {refused} syncs ended by them\n")
    assert refused


@pytest.mark.parametrize("file_bytes", [40_000, 100_000])
def test_a_limit_of_the_system_for_the_size_of_files_is_said_in_one_line(file_bytes, writers, copied, built):
    outcome = met_with(writers, copied, built, SCENES["changes"], file_bytes=file_bytes)
    assert "cannot be written" in outcome.ended


@pytest.mark.slow
def test_a_real_disk_that_is_full_stops_neither_the_page_nor_the_next_sync(tmp_path):
    own_mounts = ["unshare", "--mount"], ["unshare", "--user", "--map-root-user", "--mount"]
    tried = ["mount", "-t", "tmpfs", "none", str(tmp_path)]
    unshare = next((way for way in own_mounts if _works([*way, *tried])), None)
    if unshare is None:
        pytest.skip("the system lets this user mount no file system of its own")
    command = [*unshare, sys.executable, "-m", "tests.faults.real_disk", str(tmp_path)]
    told = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout)
    full = f"the index in {tmp_path}/disk/index cannot be written (database or disk is full; 0 MB are free there): free"
    assert told["sync"].startswith(full)
    assert told["page"].startswith(full)
    assert [line.startswith(full) for line in told["watch"]] == [True], "once, however often it is tried again"
    for moment in ("before", "while full", "page finds", "watch finds"):
        assert told[moment] == ["first.txt"], moment
    assert (told["after"], told["late"], told["left behind"]) == (63, ["late.txt"], [])


def _works(command):
    return bool(shutil.which(command[0])) and not subprocess.run(command, check=False, capture_output=True).returncode
