"""Answers, hits and reports as text for a terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator, Sequence

import typer

from index import SyncReport
from index.checking.findings import Verdict
from qa.answers import Answer, Citation, Hit
from qa.checking import CheckReport

__all__ = ["print_answer", "print_check", "print_hits", "print_report"]

LONGEST_LINE = 100
VERDICT_WIDTH = len(Verdict.NOT_CHECKED)
LISTED = 20
"""Documents of each kind that a report names."""


def print_answer(answer: Answer) -> None:
    """The sentence in quotation marks with its source; then the other citations, numbered."""
    if answer.found:
        _say(f"“{_flat(answer.text)}” [1]")
    else:
        _say("Not in these documents." + (" The closest passages:" if answer.citations else ""))
    typer.echo(f"confidence {answer.confidence:.0%}")
    for number, cited in enumerate(answer.citations, 1):
        typer.echo()
        typer.echo(f"[{number}] {_source(cited)}")
        if number > 1 or not answer.found:
            _say(f"“{_flat(cited.quote)}”", indent="    ")


def print_hits(hits: Sequence[Hit]) -> None:
    """Each passage with its source and score."""
    if not hits:
        typer.echo("No passages: the index holds no text yet.")
    for number, hit in enumerate(hits, 1):
        typer.echo(f"[{number}] {_source(hit)}  (score {hit.score:.2f})")
        for line in filter(None, map(_flat, hit.passage.splitlines())):
            _say(line, indent="    ")
        typer.echo()


def print_check(report: CheckReport) -> None:
    """One line for each finding, what is wrong below it, and how it went at the end."""
    for finding in report.findings:
        remedy = f": {finding.remedy}" if finding.remedy else ""
        typer.echo(f"{finding.verdict:<{VERDICT_WIDTH}} {finding.name:<10} {_flat(finding.said + remedy)}")
        for example in finding.examples:
            typer.echo(" " * (VERDICT_WIDTH + 12) + _flat(example))
    wrong = [finding.name for finding in report.findings if finding.verdict == Verdict.WRONG]
    typer.echo(f"Wrong: {', '.join(wrong)}." if wrong else f"All is well ({report.seconds:.1f} s).")


def print_report(report: SyncReport) -> None:
    """What a sync did: the documents by name, failures with their reasons, then the counts."""
    if report.rebuilt:
        _say(f"Built anew: {report.rebuilt}.")
    for line in _listed(report):
        typer.echo(line)
    typer.echo(str(report))


def _listed(report: SyncReport) -> Iterator[str]:
    renamed = [f"{old} -> {new}" for old, new in report.renamed]
    failed = [f"{path}: {reason}" for path, reason in report.failed]
    kinds = (("new", report.new), ("changed", report.changed), ("renamed", renamed), ("removed", report.removed))
    for name, entries in (*kinds, ("failed", failed)):
        for entry in entries[:LISTED]:
            yield f"{name:>8}  {entry}"
        if len(entries) > LISTED:
            yield f"{name:>8}  ... and {len(entries) - LISTED} more"


def _source(hit: Hit | Citation) -> str:
    title = "" if hit.title.casefold() in hit.path.casefold() else f" · {hit.title}"
    return f"{hit.path}{title}" + (f" · {hit.place}" if hit.place else "")


def _flat(text: str) -> str:
    """One line, without characters that command a terminal."""
    return "".join(c if c.isprintable() else " " for c in " ".join(text.split()))


def _say(text: str, indent: str = "") -> None:
    width = min(LONGEST_LINE, shutil.get_terminal_size().columns)
    typer.echo(textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent))
