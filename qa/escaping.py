"""Text as HTML: all that was not written by this package passes through here."""

from __future__ import annotations

from html import escape

__all__ = ["escaped", "isolated"]


def escaped(text: str) -> str:
    """Text that means itself wherever it stands in HTML, attributes included."""
    return escape(text.replace("\0", "\N{REPLACEMENT CHARACTER}"), quote=True)


def isolated(text: str) -> str:
    """The same, in an element that ends what a bidirectional control character may have begun."""
    return f"<bdi>{escaped(text)}</bdi>"
