"""A small markup for the source texts of the corpus, and its reader.

    # Colombia                      -> Heading(1, "Colombia")
    ## An open border               -> Heading(2, "An open border")
    - a place in a school           -> Bullet("a place in a school")
    | Peru | 768,000 |              -> a row of a Table; neighbouring rows are one table
    Notes: Welcome everybody.       -> Note("Welcome everybody.")
    Anything else.                  -> Paragraph("Anything else.")

Every block is one line of the file; blank lines separate paragraphs and have no other meaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

SOURCES = Path(__file__).parent / "sources"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of `level` 1 (outermost) to 3."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Bullet:
    """One item of a list."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """What the speaker says to a slide."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row names the columns."""

    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Bullet | Note | Table


def read_source(name: str) -> list[Block]:
    """The blocks of the source text `name` ("donor-briefing.md")."""
    return list(parse((SOURCES / name).read_text(encoding="utf-8")))


def parse(text: str) -> Iterator[Block]:
    """The blocks of `text`, in order."""
    lines = [line.strip() for line in text.splitlines()]
    for is_table, group in groupby(filter(None, lines), key=lambda line: line.startswith("|")):
        if is_table:
            yield Table(tuple(_cells(line) for line in group))
        else:
            yield from map(_block, group)


def sections(blocks: list[Block], level: int = 1) -> Iterator[tuple[str, list[Block]]]:
    """Each heading of `level` with the blocks that follow it, up to the next one.

    Raises:
        ValueError: when a block stands before the first such heading.
    """
    title: str | None = None
    body: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading) and block.level == level:
            if title is not None:
                yield title, body
            title, body = block.text, []
        elif title is None:
            raise ValueError(f"expected a heading of level {level} first, got {block!r}")
        else:
            body.append(block)
    if title is not None:
        yield title, body


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip("|").split("|"))


def _block(line: str) -> Block:
    if line.startswith("#"):
        marks, _, text = line.partition(" ")
        return Heading(len(marks), text)
    if line.startswith("- "):
        return Bullet(line[2:])
    if line.startswith("Notes: "):
        return Note(line[len("Notes: ") :])
    return Paragraph(line)
