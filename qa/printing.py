"""Answers, hits and reports as text for a terminal."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import typer

from index import SyncReport
from index.checking.findings import Verdict
from qa.answers import Answer, Citation, Elsewhere, Hit, place_beside_title
from qa.checking import CheckReport
from qa.escaping import flat as _flat
from qa.written import Written, WrittenSentence

__all__ = ["print_answer", "print_check", "print_hits", "print_report", "print_written", "question_back_in_words"]

LONGEST_LINE = 100
INDENT = " " * 4
VERDICT_WIDTH = len(Verdict.NOT_CHECKED)
LISTED = 20
"""Documents of each kind that a report names."""


def print_answer(answer: Answer) -> None:
    """The sentence in quotation marks with what explains it and its source; then the other citations, numbered.

    On a terminal, the words that answer are bold.
    """
    if answer.found:
        _say(f"“{_flat(answer.text)}” [1]", bold=_answering(answer))
        _print_lead(answer.citations[:1])
    else:
        _say("Not in these documents." + (" The closest passages:" if answer.citations else ""))
    typer.echo(f"confidence {answer.confidence:.0%}")
    if answer.carried:
        _say(f"understood with: {', '.join(map(_flat, answer.carried))}")
    for word, other in answer.read_as:
        _say(f"no “{_flat(word)}” here, looked for {_flat(other)}")
    _print_question_back(answer)
    for number, cited in enumerate(answer.citations, 1):
        typer.echo()
        typer.echo(f"[{number}] {_source(cited)}")
        if number > 1 or not answer.found:
            _print_lead([cited], indent=INDENT)
            _say(f"“{_flat(cited.quote)}”", indent=INDENT)
        _print_also(cited.also)


def print_hits(hits: Sequence[Hit]) -> None:
    """Each passage with its source and score."""
    if not hits:
        typer.echo("No passages: the index holds no text yet.")
    for number, hit in enumerate(hits, 1):
        typer.echo(f"[{number}] {_source(hit)}  (score {hit.score:.2f})")
        for line in filter(None, map(_flat, hit.passage.splitlines())):
            _say(line, indent=INDENT)
        _print_also(hit.also)
        typer.echo()


def print_written(growing: Iterable[Written]) -> None:
    """Each sentence of a written answer as it comes, those that are not supported struck out, with the reason."""
    printed = -1
    for written in growing:
        if printed < 0 and (written.sentences or written.declined):
            printed = 0
            typer.echo()
            _say(
                f"Written by {_flat(written.model)} from the passages above, each sentence checked against its passage:"
            )
        for sentence in written.sentences[max(printed, 0) :]:
            _print_sentence(sentence)
            printed += 1
        sys.stdout.flush()
        if written.ended and written.declined:
            _say("It finds no answer in them.", indent=INDENT)
        if written.ended and written.problem:
            typer.echo(f"footnote: nothing more is written: {_flat(written.problem)}", err=True)


def question_back_in_words(answer: Answer) -> str:
    """The question back without the choices that it names, which stand below it one by one."""
    return answer.clarify.partition(":")[0].rstrip("?") + "?"


def print_check(report: CheckReport) -> None:
    """What a repair did, one line for each finding, what is wrong below it, and how it went at the end."""
    for line in report.mended:
        typer.echo(f"{'mended':<{VERDICT_WIDTH}} {_flat(line)}")
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
        _say(f"Built anew: {_flat(report.rebuilt)}.")
    for line in _listed(report):
        typer.echo(line)
    typer.echo(str(report))


def _listed(report: SyncReport) -> Iterator[str]:
    renamed = [f"{old} -> {new}" for old, new in report.renamed]
    failed = [f"{path}: {reason}" for path, reason in report.failed]
    kinds = (("new", report.new), ("changed", report.changed), ("renamed", renamed), ("removed", report.removed))
    in_part = [f"{path}: {note}" for path, note in report.in_part]
    for name, entries in (*kinds, ("in part", in_part), ("failed", failed)):
        for entry in entries[:LISTED]:
            yield f"{name:>8}  {_flat(entry)}"
        if len(entries) > LISTED:
            yield f"{name:>8}  ... and {len(entries) - LISTED} more"


def _print_lead(citations: Sequence[Citation], indent: str = "") -> None:
    """What a reader needs before each quote."""
    for cited in citations:
        if cited.lead:
            label = "columns" if cited.row is not None else "before it"
            _say(f"{label}: {_flat(cited.lead)}", indent=indent)


def _print_sentence(sentence: WrittenSentence) -> None:
    marks = "".join(f" [{number}]" for number in sentence.citations)
    text = _flat(sentence.text)
    if sentence.supported:
        _say(f"{text}{marks}", indent=INDENT)
    elif _shows_bold():
        typer.echo(f"{INDENT}{typer.style(text, strikethrough=True)}{marks} (struck out: {_flat(sentence.reason)})")
    else:
        _say(f"~~{text}~~{marks} (struck out: {_flat(sentence.reason)})", indent=INDENT)


def _print_also(places: Sequence[Elsewhere]) -> None:
    for other in places[:LISTED]:
        typer.echo(f"{INDENT}also in: {_source(other)}")
    if len(places) > LISTED:
        typer.echo(f"{INDENT}... and {len(places) - LISTED:,} more")


def _print_question_back(answer: Answer) -> None:
    """The question back; each choice with the option that asks it, quoted for the shell, on a line left whole."""
    if not answer.clarify:
        return
    _say(f"{_flat(question_back_in_words(answer))} Ask again with one of:")
    for choice in answer.choices:
        typer.echo(f"{INDENT}--within {shlex.quote(_pattern_of(choice.within))}  ({_flat(choice.label)})")


def _pattern_of(path: str) -> str:
    """What finds `path` as a pattern of --within: itself; "?" for characters that no terminal should get.

    With a "?" it is read as a pattern, in which a "[" would begin a set of characters.
    """
    return path if path.isprintable() else "".join(c if c.isprintable() and c != "[" else "?" for c in path)


def _source(hit: Hit | Citation | Elsewhere) -> str:
    is_path = hit.title.casefold() in hit.path.casefold()
    title, place = ("", hit.place) if is_path else (hit.title, place_beside_title(hit))
    return " · ".join(_flat(part) for part in (hit.path, title, place) if part)


def _answering(answer: Answer) -> list[bool]:
    """Of each visible character of the printed answer, whether it belongs to the words that answer."""
    cited = answer.citations[0] if answer.citations else None
    if cited is None or cited.quote != answer.text or cited.end - cited.start != len(cited.quote):
        return []
    marked = {at - cited.start for mark in cited.marks for at in range(mark.start, mark.end)}
    return [False, *(at in marked for at, c in enumerate(answer.text) if _flat(c).strip())]


def _say(text: str, indent: str = "", bold: Sequence[bool] = ()) -> None:
    """Print wrapped lines. `bold`: of each visible character, whether it is; the rest are not."""
    width = min(LONGEST_LINE, shutil.get_terminal_size().columns)
    lines = textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent)
    typer.echo(_emboldened(lines, bold) if any(bold) and _shows_bold() else lines)


def _emboldened(lines: str, bold: Sequence[bool]) -> str:
    """`lines` with those visible characters in bold of which `bold` is true."""
    is_bold = iter(bold)
    runs = groupby(lines, key=lambda c: not c.isspace() and next(is_bold, False))
    return "".join(typer.style("".join(run), bold=True) if marked else "".join(run) for marked, run in runs)


def _shows_bold() -> bool:
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
