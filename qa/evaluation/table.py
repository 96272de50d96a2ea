"""Reports and comparisons as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from qa.escaping import flat as _flat
from qa.evaluation.comparing import CHANGES, Comparison
from qa.evaluation.report import Report
from qa.evaluation.wording import change_in_words, counted, in_words, interval_in_words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

__all__ = ["print_comparison", "print_evaluation"]

T = TypeVar("T")

SHOWN = 20
"""Questions of each kind of change that are named."""


def print_evaluation(report: Report, console: Console | None = None) -> None:
    """The figures with their intervals, then how far confidence can be believed."""
    console = console or _console()
    facts = report.facts
    console.print(
        f"{facts.source}: {counted(len(report.outcomes), 'question')} to {counted(facts.documents, 'document')}, "
        f"{counted(facts.passages, 'passage')} of {facts.corpus} ({facts.model})",
        markup=False,
    )
    table = _table(("", "left"), ("value", "right"), ("95 % interval", "right"), ("questions", "right"))
    for group, rows in _by_group((figure.group, figure) for figure in report.figures):
        table.add_row(f"[bold]{group}[/]")
        for figure in rows:
            value = in_words(figure.value, figure.unit)
            table.add_row(f"  {_plain(figure.name)}", value, interval_in_words(figure), f"{figure.n:,}")
    console.print(table)
    if report.reliability:
        _print_reliability(report, console)
    for note in report.notes:
        console.print(note, markup=False)


def print_comparison(comparison: Comparison, console: Console | None = None) -> None:
    """The differences with their intervals, how many questions changed in which way, and which."""
    console = console or _console()
    console.print()
    console.print(f"Against {comparison.earlier}: {comparison.common:,} questions in common", markup=False)
    columns = (("", "left"), ("before", "right"), ("now", "right"), ("difference", "right"), ("95 % interval", "right"))
    table = _table(*columns, ("", "left"))
    for group, rows in _by_group((d.group, d) for d in comparison.differences):
        table.add_row(f"[bold]{group}[/]")
        for d in rows:
            values = in_words(d.before, d.unit), in_words(d.now, d.unit)
            colour = {"better": "[green]", "worse": "[red]"}.get(d.verdict, "")
            verdict = f"{colour}{d.verdict}[/]" if colour else ""
            table.add_row(f"  {_plain(d.name)}", *values, change_in_words(d), interval_in_words(d), verdict)
    console.print(table)
    for line in _changes(comparison):
        console.print(line, markup=False, overflow="ellipsis", no_wrap=True)


def _changes(comparison: Comparison) -> Iterator[str]:
    for kind in CHANGES:
        changed = [change for change in comparison.changes if kind in change.kinds]
        if changed:
            yield f"{len(changed):,} {kind}"
            yield from (f"  {change.id}  {_flat(change.question)}" for change in changed[:SHOWN])
        if len(changed) > SHOWN:
            yield f"  ... and {len(changed) - SHOWN:,} more (--report PATH.html lists all)"
    if not comparison.changes:
        yield "No question went otherwise than before."


def _print_reliability(report: Report, console: Console) -> None:
    table = _table(("confidence", "left"), ("said", "right"), ("right", "right"), ("questions", "right"))
    for part in report.reliability:
        label = f"{100 * part.low:.0f} – {100 * part.high:.0f} %"
        table.add_row(label, in_words(part.confidence, "share"), in_words(part.right, "share"), f"{part.n:,}")
    console.print("How far the confidence can be believed (the best sentence, refusals aside):")
    console.print(table)


def _table(*columns: tuple[str, str]) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False, header_style="dim")
    for name, side in columns:
        table.add_column(name, justify="right" if side == "right" else "left", no_wrap=side == "right")
    return table


def _by_group(rows: Iterable[tuple[str, T]]) -> Iterator[tuple[str, list[T]]]:
    groups: dict[str, list[T]] = {}
    for group, row in rows:
        groups.setdefault(group, []).append(row)
    yield from groups.items()


def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False)


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(_flat(text))
