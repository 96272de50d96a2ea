"""What is flat is taken for flat, whatever the noise; a leak that was made on purpose is seen."""

import random

import pytest

from tests.load.measuring import Taken
from tests.load.running import Outcome, verdicts
from tests.load.verdicts import count_is_flat, growth, latency_is_stable, memory_is_flat, slope

EVERY_SECONDS = 5.0


def made(minutes, level, hourly, noise=0.0, seed=1, spikes=0):
    """Measurements of something that grows by `hourly`, with noise, and with single ones far off."""
    chance = random.Random(seed)
    times = [EVERY_SECONDS * number for number in range(int(60 * minutes / EVERY_SECONDS))]
    row = [(at, level + hourly * at / 3600 + chance.gauss(0, noise)) for at in times]
    for number in chance.sample(range(len(row)), spikes):
        row[number] = (row[number][0], level + 500)
    return row


def test_the_slope_of_a_line_is_its_slope():
    assert slope([(0.0, 1.0), (10.0, 21.0), (20.0, 41.0)]) == 2.0
    assert slope([(0.0, 1.0)]) == 0.0
    assert slope([]) == 0.0


@pytest.mark.parametrize("seed", range(10))
def test_memory_with_noise_and_spikes_is_flat(seed):
    assert memory_is_flat("server", made(10, 700, 0, noise=15, seed=seed, spikes=12)).holds
    assert memory_is_flat("server", made(120, 700, 0, noise=30, seed=seed, spikes=200)).holds


@pytest.mark.parametrize("seed", range(10))
def test_a_leak_is_seen(seed):
    """Five hundredths of a megabyte for each of 5 requests a second in ten minutes, a hundredth of that in hours."""
    assert not memory_is_flat("server", made(10, 700, 5 * 0.05 * 3600, noise=15, seed=seed, spikes=12)).holds
    assert not memory_is_flat("server", made(120, 700, 60, noise=15, seed=seed, spikes=200)).holds


def test_what_is_filled_once_is_no_leak():
    filling = [(at, min(value, 720)) for at, value in made(10, 600, 3600, noise=2)]
    assert filling[0][1] < 610
    assert memory_is_flat("server", filling).holds


def test_a_leak_of_handles_is_seen_among_those_that_come_and_go():
    chance = random.Random(1)
    coming = [(at, 50 + chance.randrange(12)) for at, _ in made(10, 0, 0)]
    leaking = [(at, value + at / 30) for at, value in coming]
    assert count_is_flat("files", coming).holds
    assert not count_is_flat("files", leaking).holds
    assert growth(leaking) == pytest.approx(10, abs=4)


def test_answers_that_take_longer_and_longer_are_seen():
    chance = random.Random(1)
    steady = [(at / 3, chance.lognormvariate(-3.5, 0.6)) for at in range(1_800)]
    assert latency_is_stable(steady).holds
    assert not latency_is_stable([(at, each * (1 + at / 200)) for at, each in steady]).holds
    assert not latency_is_stable([(at, each + (at > 500 and at % 10 < 1) * 2) for at, each in steady]).holds
    assert not latency_is_stable([]).holds


def looked(**other):
    facts = {
        "seconds": 0.0, "server": 700.0, "private": 650.0, "asker": 160.0, "total": 900.0, "files": 50,
        "asker_files": 12, "threads": 24, "processes": 3, "temporary": 0, "index": 3.0, "log": 1.0,
    }  # fmt: skip
    return Taken(**{**facts, **other})


def outcome(**other):
    return Outcome(minutes=0.1, rate=5, seed=1, before=looked(), after=other.pop("after", looked()), **other)


def test_nothing_wrong_is_nothing_wrong():
    assert [str(each) for each in verdicts(outcome(), times=False) if not each.holds] == []


@pytest.mark.parametrize(
    ("wrong", "about"),
    [
        ({"lost": ["after 3 s, ask: Lost: status 503"]}, "answers"),
        ({"after": looked(files=70)}, "open files at rest"),
        ({"after": looked(threads=40)}, "threads at rest"),
        ({"temporary": ["temporary/footnote-x/a.txt"]}, "temporary files"),
        ({"hidden": [".upload-1"]}, "hidden files"),
        ({"said": "Traceback (most recent call last):"}, "the server's shell"),
    ],
)
def test_whatever_is_wrong_is_said(wrong, about):
    [found] = [each for each in verdicts(outcome(**wrong), times=False) if not each.holds]
    assert found.about == about
    assert "NOT" in str(found)
