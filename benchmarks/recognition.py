"""Text recognition: how much of a page's words comes back from a picture of it, and how long that takes.

    python -m benchmarks.recognition FOLDER_OF_PDFS [--pages 20] [--dpi 200]

Pages with text are chosen at random (seeded), drawn as a scanner would, and read again with `--ocr`. Words are compared
as bags, so that the order of columns does not count: recall is the share of the page's words found, precision that of
the words found that stand on the page.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import tempfile
import time
from collections import Counter
from pathlib import Path

import pypdfium2 as pdfium

from index.errors import ReadError
from index.reading import Reader, Tesseract

FEWEST_WORDS = 100


def main() -> None:
    """Print a line for each page, then the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--dpi", type=int, default=200)
    parser.add_argument("--languages", default="eng")
    options = parser.parse_args()
    chance = random.Random(1966)
    files = sorted(options.folder.rglob("*.pdf"))
    recalls, precisions, seconds = list[float](), list[float](), list[float]()
    with tempfile.TemporaryDirectory() as temporary, Reader(recogniser=Tesseract(options.languages)) as reader:
        while len(recalls) < options.pages:
            found = a_page(chance.choice(files), chance, options.dpi, Path(temporary) / "scan.pdf")
            if found is None:
                continue
            name, words = found
            started = time.perf_counter()
            try:
                read = words_of(reader.read(Path(temporary) / "scan.pdf").text)
            except ReadError as error:
                print(f"{name}: {error}")
                read = Counter()
            seconds.append(time.perf_counter() - started)
            same = (words & read).total()
            recalls.append(same / words.total())
            precisions.append(same / max(1, read.total()))
            print(f"{name}: recall {recalls[-1]:.3f}, precision {precisions[-1]:.3f}, {seconds[-1]:.1f} s", flush=True)
    for what, values in (("recall", recalls), ("precision", precisions), ("seconds", seconds)):
        print(f"{what}: median {statistics.median(values):.3f}, least {min(values):.3f}, most {max(values):.3f}")


def a_page(path: Path, chance: random.Random, dpi: int, out: Path) -> tuple[str, Counter[str]] | None:
    """Write a random page of the PDF as a picture; its name and words, or None when it has hardly any."""
    document = pdfium.PdfDocument(path)
    try:
        index = chance.randrange(len(document))
        words = words_of(document[index].get_textpage().get_text_range())
        if words.total() < FEWEST_WORDS:
            return None
        document[index].render(scale=dpi / 72, grayscale=True).to_pil().save(out, "PDF", resolution=dpi)
        return f"{path.name} page {index + 1}", words
    finally:
        document.close()


def words_of(text: str) -> Counter[str]:
    """Words and figures, in lower case, with how often each stands there; divided words count as two."""
    return Counter(re.findall(r"\w+", text.casefold()))


if __name__ == "__main__":
    main()
