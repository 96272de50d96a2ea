"""What stands where in the HTML report."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

from qa.escaping import escaped, isolated
from qa.evaluation.comparing import CHANGES, Comparison
from qa.evaluation.meanings import meaning
from qa.evaluation.page.figures import figures_html, headline_html
from qa.evaluation.page.plots import confidence_plot, latency_plot, reliability_plot, risk_coverage_plot
from qa.evaluation.page.questions import questions_html
from qa.evaluation.report import Report

__all__ = ["report_html"]

_HERE = Path(__file__).parent


def report_html(report: Report, comparison: Comparison | None = None) -> str:
    """The whole file."""
    style, script = ((_HERE / name).read_text("utf-8") for name in ("report.css", "report.js"))
    body = "".join(
        [
            _header(report),
            headline_html(report, comparison),
            _changes(comparison) if comparison else "",
            figures_html(report, comparison),
            _plots(report),
            questions_html(report, comparison),
            _footer(report),
        ]
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>Evaluation: {escaped(report.facts.source)}</title>\n<style>{style}</style>\n</head>\n"
        f"<body>\n<main>{body}</main>\n<script>{script}</script>\n</body>\n</html>\n"
    )


def _policy(style: str, script: str) -> str:
    """The browser loads nothing, and runs this script and this style only."""
    return (
        f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _header(report: Report) -> str:
    facts = report.facts
    failed = f", {facts.failed:,} unreadable" if facts.failed else ""
    told = (
        ("Questions", f"{len(report.outcomes):,}"),
        ("Documents", f"{facts.documents:,}{failed}"),
        ("Passages", f"{facts.passages:,}"),
        ("Corpus", isolated(facts.corpus)),
        ("Model", isolated(facts.model)),
        ("Footnote", escaped(facts.footnote)),
        ("Date", f"{escaped(facts.date[:16].replace('T', ' '))} UTC"),
    )
    terms = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in told)
    notes = "".join(f'<p class="note">{escaped(note)}</p>' for note in report.notes)
    return (
        '<header><p class="brand">Footnote<sup>1</sup> evaluation</p>'
        f'<h1>{isolated(facts.source)}</h1><dl class="facts">{terms}</dl>{notes}</header>'
    )


def _changes(comparison: Comparison) -> str:
    buttons = "".join(
        f'<li><button type="button" class="count" data-show="{kind}">'
        f"<b>{comparison.count(kind):,}</b> {kind}</button></li>"
        for kind in CHANGES
        if comparison.count(kind)
    )
    left = [
        f"{count:,} asked only {when}"
        for count, when in ((comparison.only_before, "before"), (comparison.only_now, "now"))
        if count
    ]
    rest = f" ({', '.join(left)})" if left else ""
    nothing = "" if buttons else "<p>No question went otherwise than before.</p>"
    return (
        f'<section aria-labelledby="changed"><h2 id="changed">What changed</h2><p class="quiet">Against '
        f"{isolated(comparison.earlier)}, over the {comparison.common:,} questions that both asked{rest}.</p>"
        f'<ul class="counts">{buttons}</ul>{nothing}</section>'
    )


def _plots(report: Report) -> str:
    plots = [
        plot
        for plot in (
            risk_coverage_plot(report.curve),
            reliability_plot(report.reliability),
            confidence_plot(report.outcomes),
            latency_plot([o.seconds for o in report.outcomes if o.seconds is not None]),
        )
        if plot
    ]
    if not plots:
        return ""
    return (
        '<section aria-labelledby="plots"><h2 id="plots">Confidence and time</h2>'
        f'<div class="plots">{"".join(plots)}</div></section>'
    )


def _footer(report: Report) -> str:
    return (
        f'<footer><details><summary>What the figures mean</summary><dl class="meanings">{"".join(_terms(report))}</dl>'
        "<p>Intervals: the middle 95 % of 1,000 bootstrap resamples over questions. With few questions they are wide, "
        "and small differences mean nothing.</p></details></footer>"
    )


def _terms(report: Report) -> Iterator[str]:
    for figure in report.figures:
        yield f"<div><dt>{escaped(figure.name)}</dt><dd>{escaped(meaning(figure.name))}</dd></div>"
