"""Plots as inline SVG, coloured by the style sheet: what they show is also said in words below them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from qa.evaluation.abstention import Bin
from qa.evaluation.outcomes import Outcome

__all__ = ["confidence_plot", "latency_plot", "reliability_plot", "risk_coverage_plot"]

WIDTH, HEIGHT = 440, 280
LEFT, RIGHT, TOP, BOTTOM = 60, 22, 14, 42
QUARTERS = (0.0, 0.25, 0.5, 0.75, 1.0)
BARS = 20


@dataclass(frozen=True, slots=True)
class _Frame:
    """From values to places in the picture."""

    x_end: float = 1.0
    y_end: float = 1.0

    def x(self, value: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * value / self.x_end

    def y(self, value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.y_end

    def axes(self, x_name: str, y_name: str, x_labels: Sequence[str], y_labels: Sequence[str]) -> str:
        """Grid, labels at equal distances from 0 to the end, and the names of both axes."""
        lines, across, up = [], len(x_labels) - 1, len(y_labels) - 1
        for at, label in enumerate(y_labels):
            y = self.y(self.y_end * at / up)
            lines.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
            lines.append(f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>')
        for at, label in enumerate(x_labels):
            x = self.x(self.x_end * at / across)
            lines.append(
                f'<text class="tick" x="{x:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{label}</text>'
            )
        middle = (LEFT + WIDTH - RIGHT) / 2
        lines.append(f'<text class="axis-name" x="{middle:.0f}" y="{HEIGHT - 6}" text-anchor="middle">{x_name}</text>')
        upright = f'transform="translate(13 {(TOP + HEIGHT - BOTTOM) / 2:.0f}) rotate(-90)"'
        lines.append(f'<text class="axis-name" {upright} text-anchor="middle">{y_name}</text>')
        return "".join(lines)


_PERCENT = [f"{100 * share:.0f} %" for share in QUARTERS]


def risk_coverage_plot(curve: Sequence[tuple[float, float]]) -> str:
    """How many answers are wrong, when only the surest share of the questions is answered."""
    if not curve:
        return ""
    top = _round_up(max(risk for _, risk in curve))
    frame = _Frame(y_end=top)
    points = [(0.0, curve[0][1]), *curve]
    line = "L".join(f"{frame.x(coverage):.1f} {frame.y(risk):.1f}" for coverage, risk in points)
    area = f"M{line}L{frame.x(points[-1][0]):.1f} {frame.y(0):.1f}L{frame.x(0):.1f} {frame.y(0):.1f}Z"
    labels = [f"{100 * top * share:.3g} %" for share in QUARTERS]
    half = next(risk for coverage, risk in curve if coverage >= 0.5)
    at_all = _percent(curve[-1][1])
    words = f"Answering the surer half of the questions, {_percent(half)} are wrong; answering all, {at_all}."
    shapes = f'<path class="area" d="{area}"/><path class="line" d="M{line}"/>'
    axes = frame.axes("coverage: share of questions answered", "risk: share wrong", _PERCENT, labels)
    return _figure("Risk and coverage", words, axes + shapes)


def reliability_plot(bins: Sequence[Bin]) -> str:
    """How often sentences are right, by the confidence they were given."""
    if not bins:
        return ""
    frame = _Frame()
    most = max(part.n for part in bins)
    shapes, dots = [], [f'<path class="ideal" d="M{frame.x(0)} {frame.y(0)}L{frame.x(1)} {frame.y(1)}"/>']
    for part in bins:
        x, width = frame.x(part.low), frame.x(part.high) - frame.x(part.low)
        y = frame.y(part.right)
        told = f"<title>said {_percent(part.confidence)}, right {_percent(part.right)}, {part.n:,} questions</title>"
        shapes.append(
            f'<rect class="bar" x="{x + 2:.1f}" y="{y:.1f}" width="{width - 4:.1f}" height="{frame.y(0) - y:.1f}" '
            f'rx="2">{told}</rect>'
        )
        radius = 2.5 + 5 * math.sqrt(part.n / most)
        dots.append(f'<circle class="dot" cx="{frame.x(part.confidence):.1f}" cy="{y:.1f}" r="{radius:.1f}"/>')
    total = sum(part.n for part in bins)
    said = sum(part.n * part.confidence for part in bins) / total
    true = sum(part.n * part.right for part in bins) / total
    words = (
        f"On average {_percent(said)} was said and {_percent(true)} were right. "
        "On the dotted line both agree; dots grow with the number of questions."
    )
    axes = frame.axes("confidence", "share right", _PERCENT, _PERCENT)
    return _figure("Reliability", words, axes + "".join([*shapes, *dots]))


def confidence_plot(outcomes: Sequence[Outcome]) -> str:
    """How sure answers to answerable and to unanswerable questions are."""
    sides = [
        ("answerable", [o.confidence for o in outcomes if o.is_answerable]),
        ("unanswerable", [o.confidence for o in outcomes if not o.is_answerable]),
    ]
    if not all(values for _, values in sides):
        return ""
    shares = {name: _shares(values, 1.0) for name, values in sides}
    top = _round_up(max(max(values) for values in shares.values()))
    frame = _Frame(y_end=top)
    shapes = [_bars(frame, values, f"bar {name}") for name, values in shares.items()]
    labels = [f"{100 * top * share:.3g} %" for share in QUARTERS]
    means = [f"{_percent(sum(values) / len(values))} for {name} ones" for name, values in sides]
    keys = "".join(f'<span class="key {name}">{name} ({len(values):,})</span>' for name, values in sides)
    axes = frame.axes("confidence", "share of questions", _PERCENT, labels)
    words = f"Mean confidence: {means[0]}, {means[1]}. The less the two overlap, the better."
    return _figure("Confidence by kind of question", words, axes + "".join(shapes), keys)


def latency_plot(seconds: Sequence[float]) -> str:
    """How long questions take, up to the 99th percentile."""
    if not seconds:
        return ""
    ranked = sorted(seconds)
    marks = [(p, ranked[min(len(ranked) - 1, math.ceil(len(ranked) * p / 100) - 1)]) for p in (50, 95)]
    last = ranked[min(len(ranked) - 1, math.ceil(len(ranked) * 0.99) - 1)]
    end = _round_up(1000 * last)
    values = _shares([1000 * s for s in ranked if 1000 * s <= end], end, of=len(ranked))
    top = _round_up(max(values))
    frame = _Frame(x_end=end, y_end=top)
    shapes = [_bars(frame, values, "bar")]
    for p, value in marks:
        x = frame.x(min(1000 * value, end))
        shapes.append(f'<path class="mark" d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        shapes.append(f'<text class="mark-name" x="{x + 4:.1f}" y="{TOP + 10}">p{p}</text>')
    x_labels = [f"{end * share:.4g} ms" for share in QUARTERS]
    y_labels = [f"{100 * top * share:.3g} %" for share in QUARTERS]
    beyond = sum(1000 * s > end for s in ranked)
    more = f" {beyond:,} took longer than is drawn, {1000 * ranked[-1]:.0f} ms at most." if beyond else ""
    half, nearly_all = (f"{1000 * value:.0f} ms" for _, value in marks)
    words = f"Half of the questions took at most {half}, 95 % at most {nearly_all}.{more}"
    axes = frame.axes("time of one question", "share of questions", x_labels, y_labels)
    return _figure("Latency", words, axes + "".join(shapes))


def _shares(values: Sequence[float], end: float, of: int | None = None) -> list[float]:
    """The share of values in each of `BARS` equal parts from 0 to `end`."""
    counts = [0] * BARS
    for value in values:
        counts[min(BARS - 1, int(value / end * BARS))] += 1
    return [count / (of or len(values)) for count in counts]


def _bars(frame: _Frame, values: Sequence[float], kind: str) -> str:
    step = frame.x_end / len(values)
    width = frame.x(step) - frame.x(0)
    return "".join(
        f'<rect class="{kind}" x="{frame.x(at * step) + 1:.1f}" y="{frame.y(value):.1f}" width="{width - 2:.1f}" '
        f'height="{frame.y(0) - frame.y(value):.1f}" rx="2"/>'
        for at, value in enumerate(values)
        if value
    )


def _round_up(value: float) -> float:
    """The next of 1, 2, 4, 6, 8, 10 times a power of ten, which quarters well: 0.31 -> 0.4."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= value - 1e-12)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _figure(title: str, words: str, shapes: str, keys: str = "") -> str:
    legend = f'<p class="keys">{keys}</p>' if keys else ""
    return (
        f'<figure><h3>{title}</h3>{legend}<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}. {words}">'
        f"{shapes}</svg><figcaption>{words}</figcaption></figure>"
    )
