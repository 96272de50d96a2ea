"""What fuzzing begins with: a valid file of each format, questions of all shapes, and every case that was found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.security.valid_files import SAMPLES

__all__ = ["cases", "seeds"]

CASES = Path(__file__).resolve().parent / "cases"

TEXTS = {
    "question": (
        "When does the ferry to Saltmarsh Island leave?",
        'Who said "forty-one barges", and where is No. A-17/b?',
        "How many tons has Åsa (1.5e3)?",
        "ferri harbuor 7:30 18 °C",
        "And on Tuesday?",
    ),
    "conversation": ("Who counted the barges?\nWhen?\nbarges,Tuesday", "ferry\nAnd its return?\n", "a\nthey\nx"),
    "within": ("*.md", "ships/*\nferry.txt", "ships", "[!a]*\n**/?.csv", "../x\n/etc", "*list*"),
}


def cases(target: str) -> list[Path]:
    """Files with what was found once, by name."""
    return sorted(path for path in (CASES / target).glob("*") if path.is_file())


def seeds(target: str) -> Iterator[bytes]:
    """What is tried first."""
    yield from (text.encode() for text in TEXTS.get(target, ()))
    if f"a.{target}" in SAMPLES:
        yield SAMPLES[f"a.{target}"]
    yield from (path.read_bytes() for path in cases(target))
