"""Text where it could mean more than itself, in HTML and on a terminal.

All that was not written by this package passes through here.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

__all__ = ["escaped", "flat", "isolated", "json_text"]


def escaped(text: str) -> str:
    """Text that means itself wherever it stands in HTML, attributes included."""
    return escape(text.replace("\0", "\N{REPLACEMENT CHARACTER}"), quote=True)


def isolated(text: str) -> str:
    """The same, in an element that ends what a bidirectional control character may have begun."""
    return f"<bdi>{escaped(text)}</bdi>"


def flat(text: str) -> str:
    r"""One line for a terminal, without characters that command it or turn what stands around them.

    "a\x1b[31mb\u202ec" -> "a [31mb c"
    """
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))


def json_text(value: Any, *, indent: int | None = None) -> str:
    r"""JSON that can be read on a terminal: what cannot be seen, or would command it, stands as \uXXXX."""
    return "".join(
        c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1]
        for c in json.dumps(value, ensure_ascii=False, indent=indent)
    )
