"""Each file of an index is cut and has bits turned over: it is answered rightly or refused in a line, then mended."""

from __future__ import annotations

import random
import shutil
import sys
from collections import Counter
from pathlib import Path

import pytest

from index.documents import Span
from index.errors import IndexDamaged
from tests.faults.damaging import Damage, Outcome, Sound, damages, make_sound, opened, tried
from tests.index.altered import alter

FAST = 12
"""Damages of the fast form, among them cuts and flips of every file."""
FLIPS = 250
"""Bits turned over by chance in each file, in the slow form, which has"""
PARTS = 8
"""tests, each with every eighth damage: what one of them found is not lost with another."""


@pytest.fixture(scope="module", params=[False, True], ids=["closed", "with a log"])
def sound(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """An index that was closed; and one whose last writer was killed, so that its log holds the last commits."""
    return make_sound(tmp_path_factory.mktemp("sound"), with_log=request.param)


def chosen(sound: Sound, most: int) -> list[Damage]:
    """Some damages of each file in turn, by chance but always the same."""
    by_file: dict[str, list[Damage]] = {}
    for damage in damages(sound.index, flips=8, seed=20261130):
        by_file.setdefault(damage.kind, []).append(damage)
    chance = random.Random(7)
    for each in by_file.values():
        chance.shuffle(each)
    turns = (each[turn] for turn in range(most) for each in by_file.values() if turn < len(each))
    return [damage for _, damage in zip(range(most), turns, strict=False)]


def test_damage_is_answered_rightly_or_refused_and_mended(sound: Sound, tmp_path: Path) -> None:
    outcomes = [tried(sound, damage, tmp_path / "work") for damage in chosen(sound, FAST)]
    assert [outcome for outcome in outcomes if not outcome.is_good] == []
    assert any(outcome.mended == "by repair" for outcome in outcomes)


def test_a_document_whose_path_is_damaged_is_not_said_to_be_missing(sound: Sound, tmp_path: Path) -> None:
    shutil.copytree(sound.index, tmp_path / "index")
    alter(tmp_path / "index" / "index.db", "UPDATE documents SET path = 'x' WHERE path = 'note9.md'", sealed=())
    corpus = opened(sound.corpus, tmp_path / "index")
    for asked in (corpus.document_text, lambda path: corpus.page_picture(path, page=1, span=Span(0, 1))):
        with pytest.raises(IndexDamaged, match="--repair"):
            asked("note9.md")
    with pytest.raises(KeyError):
        corpus.document_text("nothing.md")


def test_a_path_that_is_no_text_any_more_is_said_in_a_line(sound: Sound, tmp_path: Path) -> None:
    shutil.copytree(sound.index, tmp_path / "index")
    statement = "UPDATE documents SET path = CAST(path AS BLOB) WHERE path = 'note9.md'"
    alter(tmp_path / "index" / "index.db", statement, sealed=())
    with pytest.raises(IndexDamaged, match="--repair"):
        opened(sound.corpus, tmp_path / "index").search("army purge Carabobo")


@pytest.mark.parametrize("damage", [Damage("index.db", flip=(18, 7)), Damage("index.db", cut=0)], ids=str)
def test_a_head_that_forbids_to_write_and_a_file_without_a_byte_are_mended(
    sound: Sound, damage: Damage, tmp_path: Path
) -> None:
    outcome = tried(sound, damage, tmp_path / "work")
    assert outcome.is_good
    assert outcome.mended != "harmless"


def test_who_cannot_write_because_of_the_head_is_sent_to_the_repair(sound: Sound, tmp_path: Path) -> None:
    shutil.copytree(sound.index, tmp_path / "index")
    Damage("index.db", flip=(18, 7)).do(tmp_path / "index")
    if (log := tmp_path / "index" / "index.db-wal").exists():
        log.unlink()
    with pytest.raises(IndexDamaged, match=r"version of SQLite's files .* --repair"):
        opened(sound.corpus, tmp_path / "index").sync()


@pytest.mark.torture
@pytest.mark.parametrize("part", range(PARTS))
def test_thousands_of_damages_are_answered_rightly_or_refused_and_mended(
    sound: Sound, part: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    bad: list[Outcome] = []
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for number, damage in enumerate(damages(sound.index, flips=FLIPS, seed=5)):
        if number % PARTS != part:
            continue
        # A folder for each: what an index still does in the background may come while its folder is deleted.
        outcome = tried(sound, damage, tmp_path / f"work{number}")
        shutil.rmtree(tmp_path / f"work{number}", ignore_errors=True)
        how = "cut" if damage.cut is not None else "flip"
        caplog.clear()  # what is logged holds errors, and these whatever was open where they were raised
        counts[damage.kind, how, outcome.asked if outcome.is_good else "wrong", outcome.mended] += 1
        bad += [] if outcome.is_good else [outcome]
    for row, count in sorted(counts.items()):
        sys.stdout.write(f"{' | '.join(row)} | {count}\n")
    assert bad == []
