"""The table and the plot of what `benchmarks.curve` wrote: the last line of each size counts.

python -m benchmarks.curve_table CURVE.jsonl [CURVE.jsonl ...] [--plot curve.svg]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

__all__ = ["plot", "read", "table"]

ROWS: tuple[tuple[str, Callable[[dict[str, Any]], str]], ...] = (
    ("search in the folder: median; p95, ms", lambda p: _spread(p["folder"], "median", "p95")),
    ("the same, first round", lambda p: _spread(p["folder"], "first_median", "first_p95")),
    ("opened and asked once, s", lambda p: f"{p['folder']['opened']:.2f}"),
    ("resident: its own; mapped files, MB", lambda p: f"{p['folder']['own']:,.0f}; {p['folder']['mapped']:,.0f}"),
    ("one document changed, until a search finds it, ms", lambda p: _milliseconds(p["folder"]["changed"])),
    ("SQLite; derived files, MB", lambda p: f"{p['store_mb']:,.0f}; {p['derived_mb']:,.0f}"),
    ("derived from SQLite, s", lambda p: f"{p['derived']:,.1f}"),
    ("search on the server: median; p95, ms", lambda p: _spread(p["server"], "median", "p95")),
    ("the same, first round", lambda p: _spread(p["server"], "first_median", "first_p95")),
    ("opened and asked once, s", lambda p: f"{p['server']['opened']:.2f}"),
    ("resident: front end; server, MB", lambda p: f"{_resident(p['server']):,.0f}; {p['moved']['server'] or 0:,.0f}"),
    ("one document changed, until a search finds it, ms", lambda p: _milliseconds(p["server"]["changed"])),
    ("moved and compared, passages/s", lambda p: f"{p['passages'] / p['moved']['seconds']:,.0f}"),
    (
        "best passage, and best ten, as in the folder",
        lambda p: f"{p['moved']['same_best']:.3f}; {p['moved']['same_ten']:.3f}",
    ),
)
"""What a line says, and how it follows from a point."""


def main() -> None:
    """Print the table; write the plot."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", type=Path, nargs="+")
    parser.add_argument("--plot", type=Path, help="an SVG file to write")
    options = parser.parse_args()
    points = read(options.lines)
    print(table(points))
    if options.plot:
        plot(points, options.plot)


def read(files: Sequence[Path]) -> list[dict[str, Any]]:
    """The newest point of each size, smallest first; what only an earlier one has is kept."""
    found: dict[int, dict[str, Any]] = {}
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            point = json.loads(line)
            before = found.get(point["passages"], {})
            found[point["passages"]] = before | {name: value for name, value in point.items() if value is not None}
    return [found[size] for size in sorted(found)]


def table(points: Sequence[dict[str, Any]]) -> str:
    """Markdown, a column for each size."""
    head = ["passages", *(f"{point['passages']:,}" for point in points)]
    lines = [head, ["---"] + ["---:"] * len(points)]
    for name, said in ROWS:
        cells = []
        for point in points:
            try:
                cells.append(said(point))
            except (KeyError, TypeError):
                cells.append("")  # not measured at this size
        if any(cells):
            lines.append([name, *cells])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plot(points: Sequence[dict[str, Any]], file: Path) -> None:
    """Search times and memory over the number of passages, both axes logarithmic."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "footnote", "font.size": 10, "axes.spines.top": False, "axes.spines.right": False}
    from matplotlib import pyplot, ticker

    figure, (times, memory) = pyplot.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    for where, colour in (("folder", "#0b6e6e"), ("server", "#c2571a")):
        with_it = [point for point in points if point.get(where)]
        sizes = [point["passages"] for point in with_it]
        for name, style in (("median", "-o"), ("p95", "--o")):
            values = [1e3 * point[where][name] for point in with_it]
            times.plot(sizes, values, style, color=colour, markersize=4, label=f"{where}, {name}")
        memory.plot(
            sizes, [_resident(point[where]) for point in with_it], "-o", color=colour, markersize=4,
            label="folder" if where == "folder" else "front end of a server",
        )  # fmt: skip
    on_server = [point for point in points if point.get("moved") and point["moved"]["server"]]
    memory.plot(
        [point["passages"] for point in on_server], [point["moved"]["server"] for point in on_server],
        "--o", color="#c2571a", markersize=4, label="the server itself",
    )  # fmt: skip
    for axis, title, unit in ((times, "A search, warm", "ms"), (memory, "Resident memory", "MB")):
        axis.set(xscale="log", yscale="log", title=title, xlabel="passages", ylabel=unit)
        for each, steps in ((axis.xaxis, (1.0,)), (axis.yaxis, (1.0, 2.0, 5.0))):
            each.set_major_locator(ticker.LogLocator(subs=steps))
            each.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:,.0f}"))
            each.set_minor_formatter(ticker.NullFormatter())
        axis.grid(visible=True, color="#dddddd", linewidth=0.6)
        axis.legend(frameon=False, fontsize=8)
    figure.savefig(file, metadata={"Date": None})


def _spread(store: dict[str, Any], *names: str) -> str:
    return "; ".join(f"{1e3 * store[name]:,.1f}" for name in names)


def _milliseconds(seconds: float) -> str:
    return f"{1e3 * seconds:,.0f}"


def _resident(store: dict[str, Any]) -> float:
    return float(store["own"] + store["mapped"])


if __name__ == "__main__":
    main()
