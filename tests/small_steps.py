"""A sync in steps as small as can be, so that a test can stop between any two of them."""

from __future__ import annotations

import index.cadence
import index.following
import index.intake

__all__ = ["SMALL_STEPS", "take_small_steps"]

SMALL_STEPS = (
    (index.cadence, "FIRST_SECONDS", 0.0),
    (index.cadence, "SHARE", 0.0),
    (index.following, "FIRST_BATCH", 1),
    (index.following, "MOST_BATCH", 1),
    (index.intake, "FEW_PASSAGES", 0),
)
"""Every document and every vector is a commit of its own, and vectors follow the text."""


def take_small_steps() -> None:
    """From now on, in this process."""
    for module, name, value in SMALL_STEPS:
        setattr(module, name, value)
