"""What is wrong with the settings of who may ask."""

from __future__ import annotations

from index.errors import FootnoteError

__all__ = ["AccessError"]


class AccessError(FootnoteError):
    """An address, a password or a file of logins that the page cannot be served with; the message says what to do."""
