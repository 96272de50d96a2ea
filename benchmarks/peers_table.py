"""What was measured, as a Markdown table."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import numpy as np

from benchmarks.embedding import ndcg
from benchmarks.peers_measuring import Measured

HEAD = (
    "system",
    "start, s",
    "index, s (CPU s)",
    "one document more: found, ms (on disk, ms)",
    "query p50, ms (CPU ms)",
    "query p95, ms",
    "peak memory, MB",
    "disk, MB",
    "nDCG@10",
)
Grades = dict[str, dict[str, int]]


def mean_ndcg(found: dict[str, list[str]], grades: Grades) -> float:
    """Mean nDCG@10 over the judged queries; one that found nothing counts as 0."""
    return statistics.mean(ndcg(found.get(query, []), graded) for query, graded in grades.items())


def table(measured: Sequence[Measured], grades: Grades) -> str:
    """One row for each system, in the order given."""
    rows = [HEAD, ["---", *["---:"] * (len(HEAD) - 1)], *(_row(one, grades) for one in measured)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _row(one: Measured, grades: Grades) -> list[str]:
    p50, p95 = 1e3 * np.percentile(one.queries, [50, 95])
    added, saved = 1e3 * statistics.median(one.added), 1e3 * statistics.median(one.saved)
    return [
        one.name,
        f"{one.start:.1f}",
        f"{one.index:.1f} ({one.index_cpu:.1f})",
        f"{added:.0f} ({saved:.0f})",
        f"{p50:.1f} ({1e3 * statistics.median(one.queries_cpu):.1f})",
        f"{p95:.1f}",
        f"{one.peak / 1e6:.0f}",
        f"{one.disk / 1e6:.1f}",
        f"{mean_ndcg(one.found, grades):.3f}",
    ]
