"""Texts made to keep a regular expression busy, from what the expression itself says.

A loop is where time goes: what leads to it, then what goes round in it many times, then something that makes the whole
fail, so that every way through the loops is tried.

    \\s*(\\d+[.)]?)+\\s  ->  "1111...1111\\0", "1.1.1.1.\\0", "    ...    \\0"
"""

from __future__ import annotations

import re
import re._constants as code
import re._parser as parser
import signal
import time
from collections.abc import Iterator
from typing import Any

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


def seconds_of(work: Any, limit: float) -> float:
    """How long `work` takes of the processor; `limit` when it would take longer, and then it is broken off."""

    def stop(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit)
    began = time.process_time()
    try:
        work()
    except TimeoutError:
        return limit
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
    return time.process_time() - began


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
