"""What can be wrong with what is to be evaluated."""

from __future__ import annotations

from index.errors import FootnoteError

__all__ = ["EvaluationError"]


class EvaluationError(FootnoteError):
    """The questions, the judgements or the report cannot be used as given; the text says where and what to do."""
