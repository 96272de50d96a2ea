"""Makes the binary files of the sample corpus from the texts in `sources/`.

    python -m tests.corpus_files.make_corpus            # writes into corpus/
    python -m tests.corpus_files.make_corpus /tmp/out   # or elsewhere

The same sources give the same bytes on every run with the same versions of the libraries.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tests.corpus_files.book_file import book_file
from tests.corpus_files.note_file import note_file
from tests.corpus_files.open_document_file import open_document_file
from tests.corpus_files.paper_file import paper_file
from tests.corpus_files.sheet_file import sheet_file
from tests.corpus_files.slide_file import slide_file
from tests.corpus_files.source_text import read_source
from tests.corpus_files.word_file import word_file

CORPUS = Path(__file__).parents[2] / "corpus"
DESK = "Frontera Information Desk"

Maker = Callable[[str], bytes]
"""From the name of a source text to the bytes of a document."""


def _by_desk(writer: Callable[..., bytes]) -> Maker:
    """A maker that hands the source's blocks to `writer`, signed by the desk."""
    return lambda source: writer(read_source(source), author=DESK)


def _ledger(source: str) -> bytes:
    return sheet_file(source, author=DESK)


def _briefing(source: str) -> bytes:
    return paper_file(
        read_source(source),
        title="Open Border, Empty Purse",
        subtitle="A regional briefing on the departure of Venezuelans",
        author=DESK,
    )


def _handbook(source: str) -> bytes:
    title = "At the Bridges: A Handbook for Aid Workers"
    return book_file(read_source(source), title=title, author=DESK, identifier="handbook-2019")


DOCUMENTS: dict[str, tuple[str, Maker]] = {
    "data/aid-pledges.xlsx": ("aid-pledges.json", _ledger),
    "data/border-crossings.xlsx": ("border-crossings.json", _ledger),
    "reference/aid-worker-handbook.epub": ("aid-worker-handbook.md", _handbook),
    "reports/border-health-note.pdf": ("border-health-note.md", _by_desk(note_file)),
    "reports/coordination-minutes.docx": ("coordination-minutes.md", _by_desk(word_file)),
    "reports/host-country-fact-sheet.docx": ("host-country-fact-sheet.md", _by_desk(word_file)),
    "reports/islands-and-guyana.odt": ("islands-and-guyana.md", _by_desk(open_document_file)),
    "reports/regional-briefing.pdf": ("regional-briefing.md", _briefing),
    "slides/donor-briefing.pptx": ("donor-briefing.md", _by_desk(slide_file)),
}
"""Each binary document of the corpus: the source text it is made from, and how."""


def make_corpus(folder: Path) -> list[Path]:
    """Write every binary document below `folder` and return their paths."""
    written = []
    for name, (source, make) in DOCUMENTS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(make(source))
        written.append(path)
    return written


def main() -> None:
    """Write the documents into the folder given, or into `corpus/`, and name each."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS
    for path in make_corpus(folder):
        print(f"{path.stat().st_size:>8,} bytes  {path}")


if __name__ == "__main__":
    main()
