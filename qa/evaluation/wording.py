"""Figures as people read them: 0.8413 of a share -> "84.1 %", of a score -> ".841", of seconds -> "21 ms"."""

from __future__ import annotations

from qa.evaluation.comparing import Difference
from qa.evaluation.figures import Figure, Unit

__all__ = ["change_in_words", "counted", "in_words", "interval_in_words", "range_in_words"]

NOTHING = "–"

_WHOLE_FROM_SECONDS = 0.1
"""From here on milliseconds have no decimals."""


def in_words(value: float | None, unit: Unit, *, signed: bool = False) -> str:
    """The value with its unit; "–" when there is none."""
    if value is None:
        return NOTHING
    sign = ("+" if value > 0 else "−" if value < 0 else "±") if signed else "−" if value < 0 else ""
    size = abs(value)
    if unit == "share":
        return f"{sign}{100 * size:.1f} %" if size < 1 else f"{sign}{100 * size:.0f} %"
    if unit == "seconds":
        return f"{sign}{1000 * size:.1f} ms" if size < _WHOLE_FROM_SECONDS else f"{sign}{1000 * size:.0f} ms"
    return f"{sign}{size:.3f}".replace("0.", ".", 1) if size < 1 else f"{sign}{size:.3f}"


def counted(count: int, noun: str) -> str:
    """1 -> "1 question", 1200 -> "1,200 questions"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def interval_in_words(figure: Figure | Difference) -> str:
    """The 95 % interval: "81.2 – 86.9 %"; signed for a difference, "" when nothing changed."""
    if isinstance(figure, Difference) and figure.difference == figure.low == figure.high == 0:
        return ""
    return range_in_words(figure.low, figure.high, figure.unit, signed=isinstance(figure, Difference))


def range_in_words(low: float | None, high: float | None, unit: Unit, *, signed: bool = False) -> str:
    """Both ends, the unit once."""
    if low is None or high is None:
        return NOTHING
    if unit == "seconds" and not signed and high >= _WHOLE_FROM_SECONDS:
        return f"{1000 * low:.0f} – {1000 * high:.0f} ms"
    first, last = in_words(low, unit, signed=signed), in_words(high, unit, signed=signed)
    return f"{first.removesuffix(' %').removesuffix(' ms')} – {last}"


def change_in_words(difference: Difference) -> str:
    """The difference with its sign; "=" when nothing changed."""
    if difference.difference == difference.low == difference.high == 0:
        return "="
    return in_words(difference.difference, difference.unit, signed=True)
