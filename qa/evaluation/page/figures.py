"""The figures of a report as HTML: the most telling ones large, then all in a table with their intervals drawn."""

from __future__ import annotations

from qa.escaping import escaped
from qa.evaluation.comparing import Comparison, Difference
from qa.evaluation.figures import Figure
from qa.evaluation.meanings import meaning
from qa.evaluation.report import Report
from qa.evaluation.wording import change_in_words, in_words, interval_in_words

__all__ = ["figures_html", "headline_html"]

HEADLINES = ("answer-sentence accuracy", "nDCG@10", "MRR@10", "AUROC", "ECE", "citation exactness", "latency p50")
"""The first of these that a report has are shown large."""

SHOWN_LARGE = 6


def headline_html(report: Report, comparison: Comparison | None) -> str:
    """The most telling figures."""
    differences = _by_name(comparison)
    found = [figure for name in HEADLINES if (figure := report.figure(name)) is not None][:SHOWN_LARGE]
    cards = "".join(_card(figure, differences.get(figure.name)) for figure in found)
    return f'<ul class="headlines">{cards}</ul>'


def figures_html(report: Report, comparison: Comparison | None) -> str:
    """Every figure, grouped; with what it was before when there is something to compare with."""
    differences = _by_name(comparison)
    before = '<th scope="col" class="before">before</th><th scope="col">difference</th>' if comparison else ""
    kind = " compared" if comparison else ""
    rows, group = [], ""
    for figure in report.figures:
        if figure.group != group:
            group = figure.group
            span = 7 if comparison else 5
            rows.append(f'<tr class="group"><th scope="rowgroup" colspan="{span}">{escaped(group)}</th></tr>')
        rows.append(_row(figure, differences.get(figure.name), compares=comparison is not None))
    return (
        '<section aria-labelledby="figures"><h2 id="figures">Figures</h2><div class="wide">'
        f'<table class="figures{kind}">'
        '<thead><tr><th scope="col">figure</th><th scope="col">value</th><th scope="col" class="drawn">'
        '<span class="unseen">interval drawn from 0 to 100 %</span></th>'
        '<th scope="col" class="range">95 % interval</th>'
        f'{before}<th scope="col" class="count-of">questions</th></tr></thead><tbody>{"".join(rows)}</tbody></table>'
        "</div></section>"
    )


def _card(figure: Figure, difference: Difference | None) -> str:
    changed = ""
    if difference is not None:
        verdict = difference.verdict or "same"
        words = change_in_words(difference)
        changed = f'<span class="change {verdict}">{"as before" if words == "=" else words}</span>'
    return (
        f'<li title="{escaped(meaning(figure.name))}"><span class="name">{escaped(figure.name)}</span>'
        f'<span class="value">{in_words(figure.value, figure.unit)}</span>'
        f'<span class="quiet">{interval_in_words(figure)}</span>{changed}</li>'
    )


def _row(figure: Figure, difference: Difference | None, *, compares: bool) -> str:
    before = ""
    if compares and difference is None:
        before = '<td class="before">–</td><td>–</td>'
    elif difference is not None:
        told = f"{change_in_words(difference)} <small>{interval_in_words(difference)}</small>"
        before = (
            f'<td class="before">{in_words(difference.before, difference.unit)}</td>'
            f'<td class="change {difference.verdict or "same"}">{told}</td>'
        )
    return (
        f'<tr><th scope="row" title="{escaped(meaning(figure.name))}">{escaped(figure.name)}</th>'
        f'<td class="value">{in_words(figure.value, figure.unit)}</td><td class="drawn">{_whisker(figure)}</td>'
        f'<td class="range">{interval_in_words(figure)}</td>{before}<td class="count-of">{figure.n:,}</td></tr>'
    )


def _whisker(figure: Figure) -> str:
    """Value and interval on a line from 0 to 1; nothing for times."""
    if figure.unit == "seconds" or figure.value is None:
        return ""
    interval = ""
    if figure.low is not None and figure.high is not None:
        x, width = 4 + 112 * figure.low, max(1.0, 112 * (figure.high - figure.low))
        interval = f'<rect class="interval" x="{x:.1f}" y="5" width="{width:.1f}" height="6" rx="3"/>'
    return (
        '<svg class="whisker" viewBox="0 0 120 16" aria-hidden="true"><path class="axis" d="M4 8H116"/>'
        f'{interval}<circle class="dot" cx="{4 + 112 * figure.value:.1f}" cy="8" r="3.5"/></svg>'
    )


def _by_name(comparison: Comparison | None) -> dict[str, Difference]:
    return {difference.name: difference for difference in comparison.differences} if comparison else {}
