"""Texts made to keep a regular expression busy, from what the expression itself says.

A loop is where time goes: what leads to it, then what goes round in it many times, then something that makes the whole
fail, so that every way through the loops is tried.

    \\s*(\\d+[.)]?)+\\s  ->  "1111...1111\\0", "1.1.1.1.\\0", "    ...    \\0"
"""

from __future__ import annotations

import json
import re
import re._constants as code
import re._parser as parser
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ENDINGS = ("", "\0", "!", " \0", "\n", "x")
CATEGORIES = {
    code.CATEGORY_DIGIT: "1",
    code.CATEGORY_NOT_DIGIT: "a-",
    code.CATEGORY_SPACE: " \n",
    code.CATEGORY_NOT_SPACE: "a-",
    code.CATEGORY_WORD: "aA1_",
    code.CATEGORY_NOT_WORD: " -.\n",
}
CANDIDATES = "aA1 _-.,:;!?'\"()[]{}<>|\\/#*=+~\n\t\0é中’“$%@&"
LOOPS = {code.MAX_REPEAT, code.MIN_REPEAT, getattr(code, "POSSESSIVE_REPEAT", None)}
LONG_LOOP = 8
VARIANTS = 3


def busy_texts(pattern: re.Pattern[Any], length: int) -> Iterator[Any]:
    """Texts of about `length` characters, each for one loop of the pattern."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else 0)
    seen = set()
    for before, rounds in _loops(list(tree), "", pattern.flags):
        for going in {rounds, *rounds[:4]}:
            for ending in ENDINGS:
                text = before + going * (length // max(1, len(going))) + ending
                if going and text not in seen:
                    seen.add(text)
                    yield text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


def seconds_of(work: Callable[[], object]) -> float:
    """How long `work` takes of the processor."""
    began = time.process_time()
    work()
    return time.process_time() - began


class Tried(NamedTuple):
    """A pattern, and the ways in which texts are tried on it."""

    name: str
    pattern: re.Pattern[Any]
    ways: Sequence[str]


def kept_busy(tried: Sequence[Tried], *, characters: int, seconds: float) -> list[str]:
    """Names of the patterns that some text of so many characters keeps busy for so long.

    They are tried in a process of their own, which the system ends when one takes longer. An exception from a handler
    of signals would do without, but Python 3.11 may crash in a match that is broken off.
    """
    slow, left = list[str](), list(tried)
    while left:
        asked = [[each.pattern.pattern, each.pattern.flags, list(each.ways)] for each in left]
        plain = [
            [[text.decode("latin-1"), True] if isinstance(text, bytes) else [text, False], *r] for text, *r in asked
        ]
        ended = subprocess.run(
            [sys.executable, "-m", "tests.security.pumped", str(characters), str(seconds)],
            check=False,
            input=json.dumps(plain),
            capture_output=True,
            text=True,
            cwd=Path(__file__).resolve().parents[2],
        )
        done = len(ended.stdout.split())
        if ended.returncode == -signal.SIGVTALRM:
            slow.append(left[done].name)
            done += 1
        elif ended.returncode or done < len(left):
            raise AssertionError(
                f"trying {left[min(done, len(left) - 1)].name} ended with {ended.returncode}: {ended.stderr}"
            )
        left = left[done:]
    return slow


def _try_all() -> None:
    """The process: patterns come as JSON, a line goes out for each that is not kept busy."""
    characters, seconds = int(sys.argv[1]), float(sys.argv[2])
    for (text, is_bytes), flags, ways in json.load(sys.stdin):
        pattern = re.compile(text.encode("latin-1") if is_bytes else text, flags)
        for busy in busy_texts(pattern, characters):
            for way in ways:
                signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
                getattr(pattern, way)(busy)
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        sys.stdout.write("done\n")
        sys.stdout.flush()


def _loops(nodes: list[Any], before: str, flags: int) -> Iterator[tuple[str, str]]:
    """(what leads to a loop, what goes round in it) of each long loop."""
    for kind, value in nodes:
        if kind in LOOPS:
            _, most, body = value
            for sample in _samples(list(body), flags):
                if most > LONG_LOOP and sample:
                    yield before, sample
            yield from _loops(list(body), before, flags)
        elif kind is code.BRANCH:
            for branch in value[1]:
                yield from _loops(list(branch), before, flags)
        elif kind is code.SUBPATTERN:
            yield from _loops(list(value[-1]), before, flags)
        elif kind in {code.ASSERT, code.ASSERT_NOT}:
            yield from _loops(list(value[1]), before, flags)
        elif kind is getattr(code, "ATOMIC_GROUP", None):
            yield from _loops(list(value), before, flags)
        before += next(iter(_samples([(kind, value)], flags)), "")


def _samples(nodes: list[Any], flags: int) -> list[str]:
    """A few of the shortest texts that the nodes match one after the other."""
    found = [""]
    for kind, value in nodes:
        parts = _samples_of(kind, value, flags) or [""]
        found = [text + part for text in found for part in parts][: VARIANTS * 2]
    return list(dict.fromkeys(found))


def _samples_of(kind: Any, value: Any, flags: int) -> list[str]:
    if kind is code.LITERAL:
        return [chr(value)]
    if kind in {code.NOT_LITERAL, code.ANY, code.IN}:
        return _characters(kind, value)
    if kind in LOOPS:
        least, most, body = value
        rounds = [sample * max(1, least) for sample in _samples(list(body), flags)]
        return [*rounds[:VARIANTS], *([""] if least == 0 else [])] if most else [""]
    if kind is code.BRANCH:
        return [sample for branch in value[1][:6] for sample in _samples(list(branch), flags)[:1]]
    if kind is code.SUBPATTERN:
        return _samples(list(value[-1]), flags)
    if kind is getattr(code, "ATOMIC_GROUP", None):
        return _samples(list(value), flags)
    return [""]


def _characters(kind: Any, value: Any) -> list[str]:
    if kind is code.ANY:
        return ["a", " "]
    if kind is code.NOT_LITERAL:
        return [c for c in CANDIDATES if ord(c) != value][:VARIANTS]
    negated = value and value[0][0] is code.NEGATE
    offered = [c for item in value for c in _of_set(*item)]
    if not negated:
        return list(dict.fromkeys(offered))[:VARIANTS]
    fits = re.compile("[^" + "".join(_set_text(*item) for item in value[1:]) + "]")
    return [c for c in CANDIDATES if fits.match(c)][:VARIANTS]


def _of_set(kind: Any, value: Any) -> list[str]:
    if kind is code.LITERAL:
        return [chr(value)]
    if kind is code.RANGE:
        return [chr(value[0])]
    return list(CATEGORIES.get(value, "")) if kind is code.CATEGORY else []


def _set_text(kind: Any, value: Any) -> str:
    if kind is code.LITERAL:
        return re.escape(chr(value))
    if kind is code.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    names = {
        code.CATEGORY_DIGIT: r"\d",
        code.CATEGORY_NOT_DIGIT: r"\D",
        code.CATEGORY_SPACE: r"\s",
        code.CATEGORY_NOT_SPACE: r"\S",
        code.CATEGORY_WORD: r"\w",
        code.CATEGORY_NOT_WORD: r"\W",
    }
    return names.get(value, "")


if __name__ == "__main__":
    _try_all()
