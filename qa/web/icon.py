"""The icon of the page, carried in its head: asked for as a file it would stand outside the prefix and the session."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

__all__ = ["icon_html"]


def icon_html() -> str:
    """The element of the head."""
    drawn = (Path(__file__).parent / "icon.svg").read_text("utf-8").strip()
    return f'<link rel="icon" href="data:image/svg+xml,{quote(drawn)}">'
