"""How well the main text of web pages is found: tokens in common with what a person marked as main text.

    python benchmarks/html_main_text.py FOLDER

FOLDER holds `ground-truth.json` (name -> {"articleBody": text}) and `pages/<name>.html.gz`, as in
github.com/scrapinghub/article-extraction-benchmark. Prints the means of precision, recall and F1 over the pages, and
the pages below F1 .8.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tempfile
from collections import Counter
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from index.errors import ReadError
from index.reading import Reader


def scores(found: str, wanted: str) -> tuple[float, float, float]:
    """Precision, recall and F1 of the tokens, each counted as often as it occurs."""
    ours, theirs = (Counter(re.findall(r"\w+", text)) for text in (found, wanted))
    common = (ours & theirs).total()
    precision, recall = common / max(1, ours.total()), common / max(1, theirs.total())
    return precision, recall, 2 * precision * recall / (precision + recall) if common else 0.0


def text_of(reader: Reader, page: bytes, folder: Path) -> str:
    """What Footnote reads from a page; "" when it reads nothing."""
    path = folder / "page.html"
    path.write_bytes(page)
    try:
        return reader.read(path).text
    except ReadError:
        return ""


def main(folder: Path) -> None:
    """Read every page of the folder and print how well it went."""
    truth = json.loads((folder / "ground-truth.json").read_text("utf-8"))
    results = {}
    with Reader() as reader, tempfile.TemporaryDirectory() as scratch:
        for name, expected in truth.items():
            page = gzip.decompress((folder / "pages" / f"{name}.html.gz").read_bytes())
            results[name] = scores(text_of(reader, page, Path(scratch)), expected["articleBody"])
    for name, (precision, recall, f1) in sorted(results.items(), key=lambda item: item[1][2]):
        if f1 < 0.8:
            print(f"  {name[:12]}  precision {precision:.3f}  recall {recall:.3f}  F1 {f1:.3f}")
    precision, recall, f1 = (mean(column) for column in zip(*results.values(), strict=True))
    print(f"{len(results)} pages: precision {precision:.3f}, recall {recall:.3f}, F1 {f1:.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
