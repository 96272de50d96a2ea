"""Mending a damaged index: what is whole is kept, the rest is made again, and nothing is thrown away."""

from __future__ import annotations

from index.repairing.repair import Mend, repaired

__all__ = ["Mend", "repaired"]
