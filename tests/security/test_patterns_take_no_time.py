"""No regular expression of ours can be kept busy: each is given texts made to go round its own loops, as it is used.

A hundred digits in a heading once held the page for ever: `(?:\\d+[.)]?)+\\s` tries every way to cut them.
"""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import index
import qa
from tests.security.pumped import Tried, kept_busy

CHARACTERS = 1_000
LIMIT_SECONDS = 0.5
"""Linear work takes a thousandth of it, quadratic a twentieth."""

WAYS = {"finditer": "search", "findall": "search", "sub": "search", "subn": "search", "split": "search"}


def gathered():
    """Every pattern that a module of ours keeps: (name, pattern, ways in which it is used there)."""
    found = {}
    for package in (index, qa):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.endswith("__main__"):
                continue
            loaded = importlib.import_module(module.name)
            source = Path(loaded.__file__).read_text("utf-8")
            for name, value in vars(loaded).items():
                used = {WAYS.get(way, way) for way in re.findall(rf"\b{name}\.(\w+)\(", source)}
                ways = used & {"search", "match", "fullmatch"} or {"search", "match", "fullmatch"}
                for pattern in patterns_in(value):
                    known = found.setdefault(
                        (pattern.pattern, pattern.flags), (f"{module.name}.{name}", pattern, set())
                    )
                    known[2].update(ways if module.name == known[0].rpartition(".")[0] else used & ways)
    return [(name, pattern, sorted(ways)) for name, pattern, ways in found.values()]


def patterns_in(value, depth=0):
    if isinstance(value, re.Pattern):
        yield value
    elif depth < 3 and isinstance(value, dict):
        for inner in value.values():
            yield from patterns_in(inner, depth + 1)
    elif depth < 3 and isinstance(value, tuple | list | set | frozenset):
        for inner in value:
            yield from patterns_in(inner, depth + 1)


def test_the_texts_keep_what_is_known_to_be_slow_busy():
    slow = (r"^(?:\d+[.)]?)+\s", r"(\w+\s?)*x", r"(a|a)*b", r"\s*\s*\s*\s*x", rb"(?:<!--.*?-->\s*)*<(?:html)")
    tried = [Tried(str(pattern), re.compile(pattern, re.S), ["search"]) for pattern in slow]
    between = Tried("a word", re.compile(r"\w+"), ["search"])
    assert kept_busy([*tried[:3], between, *tried[3:]], characters=CHARACTERS, seconds=0.3) == [t.name for t in tried]


@pytest.mark.slow
def test_no_pattern_takes_long():
    found = gathered()
    assert len(found) > 120
    assert kept_busy([Tried(*each) for each in found], characters=CHARACTERS, seconds=LIMIT_SECONDS) == []
