"""The words in front of a passage: title, heading path, and the header of its table.

    heading_path("Report 2019", ("Migration", "Colombia"))   ->  ('Report 2019', 'Migration', 'Colombia')
    join_path(those, tokens, budget=40)                      ->  'Report 2019 › Migration › Colombia'

A passage torn from its page rarely says what it is about; its context does. It is embedded and searched with the
passage, never quoted, and bounded so that it can't crowd out the text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

__all__ = ["InContext", "clean", "heading_path", "join_path", "path_tokens", "shorten"]

_ARROW = " › "

_Tokens = Mapping[str, Sequence[tuple[int, int]]]
"""Token spans of every name that may stand in a context."""


class InContext(Protocol):
    """A passage, as far as it is embedded and searched."""

    @property
    def context(self) -> str:
        """Title and heading path."""

    @property
    def text(self) -> str:
        """What is quoted."""


def clean(text: str) -> str:
    """One line: white space, line ends included, becomes single spaces."""
    return " ".join(text.split())


def heading_path(title: str, headings: Sequence[str]) -> tuple[str, ...]:
    """Title and headings, outermost first; what only repeats the name before it is left out."""
    names: list[str] = []
    for name in map(clean, (title, *headings)):
        if name and not (names and name.casefold() == names[-1].casefold()):
            names.append(name)
    return tuple(names)


def join_path(names: Sequence[str], tokens: _Tokens, budget: int) -> str:
    """The names with arrows between them, in about `budget` tokens.

    What does not fit is taken from the middle, outermost first, because the title says which document and the
    innermost heading says which subject. When those two alone are too long, each is cut at its end.
    """
    if not names or budget < 1:
        return ""
    first, inner = names[0], list(names[1:])
    dropped = False
    while len(inner) > 1 and path_tokens([first, *inner], tokens) + dropped * 2 > budget:
        del inner[0]
        dropped = True
    if not inner:
        return shorten(first, tokens[first], budget)
    if path_tokens([first, *inner], tokens) + dropped * 2 > budget:
        last = inner[0]
        kept = min(len(tokens[last]), budget // 2)
        first = shorten(first, tokens[first], budget - kept - 2)
        inner = [shorten(last, tokens[last], budget // 2)]
    return _ARROW.join(part for part in [first, *["…"] * dropped, *inner] if part)


def path_tokens(names: Sequence[str], tokens: _Tokens) -> int:
    """Tokens of the names with an arrow between each two."""
    return sum(len(tokens[name]) for name in names) + max(0, len(names) - 1)


def shorten(text: str, spans: Sequence[tuple[int, int]], budget: int) -> str:
    """The text in at most `budget` tokens: whole, or its beginning and "…"."""
    if len(spans) <= budget:
        return text
    return text[: spans[budget - 2][1]].rstrip() + "…" if budget > 1 else ""
