"""`kill -9` before any call that writes loses nothing that was committed, and the next sync equals a fresh build."""

from __future__ import annotations

import random
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.errors import IndexMissing
from qa import Corpus
from tests.fake_embedder import CountingEmbedder
from tests.faults.folders import assert_in_order, assert_whole, state_of
from tests.faults.writing import Fault, Task


@dataclass(frozen=True)
class Scene:
    """A sync from one edition of the folder to another."""

    before: int | None
    after: int
    do: str = "sync"
    model: str = "counting"


SCENES = {
    "first sync": Scene(None, 0),
    "changes": Scene(0, 1),
    "removing most": Scene(1, 2),
    "rebuild": Scene(0, 1, do="rebuild"),
    "another model": Scene(1, 1, model="other"),
}
KILLS_EACH = 10
MOMENTS = 5
EVERY = 12
SELDOM = 8
"""Calls of one name on one kind of file, up to which a kill is worth the same as among hundreds of others."""


def kind_of(path: str) -> str:
    """What a file of the index is, whatever passages it holds."""
    return Path(path).name.split("-")[0].split(".")[0] + ("-wal" if path.endswith("-wal") else "")


def chosen(calls: list[tuple[str, str]], count: int, chance: random.Random) -> list[int]:
    """Numbers of calls, from 1: as many kinds of them as there can be, then any."""
    kinds: dict[tuple[str, str], list[int]] = {}
    for number, (name, path) in enumerate(calls, 1):
        kinds.setdefault((name, kind_of(path)), []).append(number)
    each = [chance.choice(numbers) for numbers in kinds.values()]
    chance.shuffle(each)
    any_of_them = [chance.randrange(1, len(calls) + 1) for _ in range(count)]
    return (each[: count // 2] + any_of_them)[:count]


def undisturbed(writers, copied, scene, *, page_is_open):
    """The calls of the whole sync. While a page has the index open, SQLite does not tidy up behind the writer."""
    home = copied(scene.before, scene.after)
    page = opened(home) if page_is_open else None
    outcome = writers.do(Task(scene.do, str(home / "corpus"), str(home / "index"), model=scene.model))
    assert outcome.ended == "well"
    assert page is None or page.is_built
    return outcome.calls


def opened(home):
    """A page that has answered from the index."""
    page = Corpus(home / "corpus", index=home / "index", embedder=CountingEmbedder())
    assert page.search("subject5", 1)[0].path == "note5.md"
    return page


def assert_goes_on(writers, built, scene, home, page, outcome):
    """After a fault: what is there is whole, an open page answers, and the next sync equals a fresh build."""
    corpus, index = home / "corpus", home / "index"
    editions = [built(edition).passages for edition in {scene.before, scene.after} - {None}]
    try:
        assert_whole(corpus, index, outcome.told, editions)
        if page and scene.do == "sync" and scene.model == "counting":
            assert page.search("subject5", 1)[0].path == "note5.md"
    except IndexMissing:
        # There is none before the first documents were committed; a rebuild and another model begin from nothing.
        assert scene.before is None or scene.do == "rebuild" or scene.model != "counting"
        assert not any(told["documents"] for told in outcome.told)
    again = writers.do(Task("sync", str(corpus), str(index), model=scene.model, watch=False))
    assert again.ended == "well", again.ended
    assert state_of(corpus, index, scene.model) == built(scene.after, scene.model).state
    assert_in_order(corpus, index, scene.model)


def survived(writers, copied, built, scene, fault, *, page_is_open=False, has_workers=False, delay_s=None):
    """Bring a fault over a sync, look at what is left, sync again, compare; whether the writer was killed."""
    home = copied(scene.before, scene.after)
    corpus, index = home / "corpus", home / "index"
    page = opened(home) if page_is_open else None
    task = Task(scene.do, str(corpus), str(index), fault, model=scene.model, has_workers=has_workers, delay_s=delay_s)
    outcome = writers.do(task)
    assert outcome.ended in ({"killed"} if outcome.met else {"well", "killed"}), outcome.ended
    assert not outcome.orphans, "readers outlive the writer"
    assert_goes_on(writers, built, scene, home, page, outcome)
    return outcome.ended == "killed"


def kills_in(writers, copied, built, scene, count, chance):
    """How many of `count` kills came before the sync had ended, half of them while a page has the index open."""
    kills = 0
    for page_is_open in (False, True) if scene.before is not None else (False,):
        calls = undisturbed(writers, copied, scene, page_is_open=page_is_open)
        for at in chosen(calls, count // (1 if scene.before is None else 2), chance):
            kills += survived(writers, copied, built, scene, Fault("kill", at), page_is_open=page_is_open)
    return kills


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENES)
def test_a_writer_killed_between_any_two_writes_loses_nothing(name, watched, copied, built):
    kills = kills_in(watched, copied, built, SCENES[name], KILLS_EACH, random.Random(name))
    assert kills >= KILLS_EACH - 2, "the kills came too late to prove anything"


@pytest.mark.torture
@pytest.mark.timeout(14_400)
@pytest.mark.parametrize("name", SCENES)
def test_a_writer_killed_before_every_kind_of_write_loses_nothing(name, watched, copied, built):
    scene, kills = SCENES[name], 0
    for page_is_open in (False, True) if scene.before is not None else (False,):
        calls = undisturbed(watched, copied, scene, page_is_open=page_is_open)
        for at in seldom_and_every(EVERY, calls):
            kills += survived(watched, copied, built, scene, Fault("kill", at), page_is_open=page_is_open)
    sys.stdout.write(f"{kills} kills\n")
    assert kills >= 80


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_leaves_no_reader_behind(writers, copied, built):
    assert killed_after_a_while(writers, copied, built, MOMENTS) >= 1


@pytest.mark.torture
@pytest.mark.timeout(14_400)
def test_a_writer_killed_at_many_moments_leaves_no_reader_behind(writers, copied, built):
    kills = killed_after_a_while(writers, copied, built, 40 * MOMENTS)
    sys.stdout.write(f"{kills} kills\n")
    assert kills >= 10 * MOMENTS


def seldom_and_every(every, calls):
    """Numbers of calls, from 1: those of kinds that are seldom, and of the others one in `every`."""
    kinds = Counter((name, kind_of(path)) for name, path in calls)
    numbered = enumerate(calls, 1)
    return [at for at, (name, path) in numbered if kinds[name, kind_of(path)] <= SELDOM or at % every == 0]


def killed_after_a_while(writers, copied, built, times):
    """How many of so many kills, with readers at work, came before the sync had ended."""
    chance, scenes = random.Random(20190501), list(SCENES.values())
    return sum(
        survived(
            writers, copied, built, scenes[kill % len(scenes)], None, has_workers=True, delay_s=chance.uniform(0, 0.4)
        )
        for kill in range(times)
    )
