r"""A text with single spaces, as forms of words are looked for in it, and the way back to where they stand.

    "for twelve\n      months"  ->  "for twelve\nmonths"

Text that was broken where a line was full, and indented, has several characters of white space between two words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from index.documents import Span

__all__ = ["flowing", "spans_before"]

_GAPS = re.compile(r"\s{2,}")


def flowing(text: str) -> str:
    """Each run of white space as one character: a line's end where it holds one, else a space."""
    return _GAPS.sub(lambda gap: "\n" if "\n" in gap.group() else " ", text)


def spans_before(text: str, spans: Sequence[Span]) -> list[Span]:
    """Where spans of `flowing(text)` stand in `text`."""
    gaps = [match.span() for match in _GAPS.finditer(text)]
    if not gaps:
        return list(spans)
    places, at = list[int](), 0
    for start, end in gaps:
        places += range(at, start + 1)
        at = end
    places += range(at, len(text))
    return [Span(places[start], places[end - 1] + 1) for start, end in spans]
