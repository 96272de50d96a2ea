"""Testing an index against itself and its folder: what `footnote check` finds out without asking a question."""

from __future__ import annotations

from index.checking.findings import CheckProgress, Finding, OnCheck, Verdict
from index.checking.inspection import inspected

__all__ = ["CheckProgress", "Finding", "OnCheck", "Verdict", "inspected"]
