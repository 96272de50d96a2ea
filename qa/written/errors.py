"""What goes wrong with a language model."""

from __future__ import annotations

from index.errors import FootnoteError

__all__ = ["WriterError"]


class WriterError(FootnoteError):
    """The language model cannot be reached, or does not answer as one; the quoted answer stands without it."""
