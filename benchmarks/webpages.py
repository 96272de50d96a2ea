"""How well the main text of web pages is found, as the article-extraction-benchmark counts it.

    python benchmarks/webpages.py FOLDER [--show NAME]

FOLDER holds `ground-truth.json` (name -> {"articleBody": text}) and `pages/<name>.html.gz`, as in
github.com/scrapinghub/article-extraction-benchmark. Prints precision and recall (the means over the pages, of runs of
four words in common with what a person marked as main text), their F1, and the pages below F1 .9. `--show` prints the
runs of words of one page (the beginning of its name) that are too many and that are missing.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from index.errors import ReadError
from index.reading import Reader

RUN = 4
"""Words; the benchmark's own number."""
RESAMPLES = 1000

Runs = Counter[tuple[str, ...]]
Score = tuple[float, float]
"""Precision and recall of one page."""


def words(text: str) -> list[str]:
    """Words and numbers, as they are written."""
    return re.findall(r"\w+", text)


def runs(text: str) -> Runs:
    """All runs of four words; a shorter text is one run."""
    tokens = words(text)
    return Counter(tuple(tokens[at : at + RUN]) for at in range(max(1, len(tokens) - RUN + 1)))


def score(found: Runs, wanted: Runs) -> Score:
    """Precision and recall of the runs, each counted as often as it occurs."""
    common = (found & wanted).total()
    return common / max(1, found.total()), common / max(1, wanted.total())


def f1(scores: Sequence[Score]) -> float:
    """Of the means of precision and recall."""
    precision, recall = (mean(column) for column in zip(*scores, strict=True))
    return float(2 * precision * recall / (precision + recall))


def read(reader: Reader, page: bytes, folder: Path) -> tuple[str, str]:
    """Title and text that Footnote reads from a page; two empty strings when it reads nothing."""
    path = folder / "page.html"
    path.write_bytes(page)
    try:
        document = reader.read(path)
    except ReadError:
        return "", ""
    return document.title, document.text


def differing(name: str, mine: str, other: str) -> None:
    """Print the stretches of one text whose runs the other lacks."""
    theirs, tokens = runs(other), words(mine)
    marked = [(tuple(tokens[at : at + RUN]) in theirs, token) for at, token in enumerate(tokens)]
    for is_common, stretch in groupby(marked, key=lambda pair: pair[0]):
        said = " ".join(token for _, token in stretch)
        if not is_common and len(said) > RUN:
            print(f"  {name}: {said[:400]}")


def main() -> None:
    """Read every page of the folder and print how well it went."""
    parser = argparse.ArgumentParser(description="How well the main text of web pages is found.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--show", metavar="NAME", default="-")
    given = parser.parse_args()
    truth = json.loads((given.folder / "ground-truth.json").read_text("utf-8"))
    results: dict[str, Score] = {}
    with Reader() as reader, tempfile.TemporaryDirectory() as scratch:
        for name, expected in truth.items():
            page = gzip.decompress((given.folder / "pages" / f"{name}.html.gz").read_bytes())
            title, text = read(reader, page, Path(scratch))
            results[name] = score(runs(text), runs(expected["articleBody"]))
            if name.startswith(given.show):
                print(f"{name[:12]} {title!r}")
                differing("too much", text, expected["articleBody"])
                differing("missing", expected["articleBody"], text)
    for name, (precision, recall) in sorted(
        results.items(), key=lambda item: f1([item[1]] if any(item[1]) else [(1e-9, 1e-9)])
    ):
        if precision + recall == 0 or f1([(precision, recall)]) < 0.9:
            print(f"  {name[:12]}  precision {precision:.3f}  recall {recall:.3f}")
    scores, chance = list(results.values()), random.Random(0)
    drawn = sorted(f1(chance.choices(scores, k=len(scores))) for _ in range(RESAMPLES))
    low, high = drawn[RESAMPLES // 40], drawn[-RESAMPLES // 40]
    precision, recall = (mean(column) for column in zip(*scores, strict=True))
    print(f"{len(scores)} pages: precision {precision:.3f}, recall {recall:.3f}, ", end="")
    print(f"F1 {f1(scores):.3f} ({low:.3f} to {high:.3f})")


if __name__ == "__main__":
    main()
