"""Units into passages: how many, and where to cut.

A unit is a sentence, a table row, a line of code or a heading; its `joint` says what it costs to cut in front of
it. The cuts are chosen for a whole section at once, so that its passages come out near the target alike, at
paragraph ends where possible, and no crumb is left over:

    pack(units of 40 tokens each, six of them, target=120, limit=240)  ->  [range(0, 3), range(3, 6)]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.documents import Block, BlockKind, Span

__all__ = ["Unit", "block_joints", "pack"]

_NEXT_BLOCK = 0.0
_INSIDE_BLOCK = 0.1
"""Cutting between two sentences of one paragraph: as bad as a passage a third off its target."""
_AFTER_LEAD_IN = 0.5
"""Cutting between "The conditions are:" and its list, or between a table's header and its first row."""
_AFTER_HEADING = 4.0

_MOST = 1.5
"""Times the target that a passage may have. Above 1.41 two of half the size cost less anyway."""

_LEAST = 4
"""Tokens a unit counts for at least; it bounds the work on a million one-word lines."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What is never cut again: its characters, its size in tokens, and the cost of cutting in front of it."""

    span: Span
    size: int
    joint: float = _NEXT_BLOCK


def block_joints(blocks: Sequence[Block], text: str) -> Iterator[tuple[float, float]]:
    """For each block: the cost of cutting in front of it, and of cutting inside it."""
    if blocks:
        yield _NEXT_BLOCK, _INSIDE_BLOCK
    for before, block in pairwise(blocks):
        yield _joint(before, block, text), _INSIDE_BLOCK


def _joint(before: Block, block: Block, text: str) -> float:
    if before.kind is BlockKind.HEADING:
        return _AFTER_HEADING
    if block.kind is BlockKind.ROW and block.header == (before.start, before.end):
        return _AFTER_LEAD_IN
    if before.kind is BlockKind.PARAGRAPH and text[before.start : before.end].rstrip().endswith((":", "：")):
        return _AFTER_LEAD_IN
    return _NEXT_BLOCK


def pack(units: Sequence[Unit], *, target: int, limit: float) -> list[range]:
    """Runs of units, in order and without gaps: each at most `limit` tokens unless it is a single unit.

    Least cost over all ways to cut: each passage costs the square of its relative distance to the target, each
    cut its joint. Time is linear in the units, times the units that fit one passage.
    """
    limit = min(limit, _MOST * target)
    sizes = [max(unit.size, _LEAST) for unit in units]
    joints = [0.0, *(unit.joint for unit in units[1:])]
    costs, begins = [0.0], [0]
    for end in range(1, len(units) + 1):
        best, begin_of_best, size = float("inf"), end - 1, 0
        for begin in range(end - 1, -1, -1):
            size += sizes[begin]
            if size > limit and begin < end - 1:
                break
            cost = costs[begin] + (size / target - 1) ** 2 + joints[begin]
            if cost < best:
                best, begin_of_best = cost, begin
        costs.append(best)
        begins.append(begin_of_best)
    return _traced(begins)


def _traced(begins: Sequence[int]) -> list[range]:
    """The chosen runs, followed back from the last unit."""
    runs, end = [], len(begins) - 1
    while end > 0:
        runs.append(range(begins[end], end))
        end = begins[end]
    return runs[::-1]
