"""What is fuzzed: each takes any bytes, and raises when they bring something about that must not be.

A reader may refuse a file, and a question may be refused, with one of our own errors. What it gives has to be sound.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from index.errors import FootnoteError, ReadError
from index.reading.limits import ReadingLimits
from index.reading.opening import document_of
from qa import Corpus, Turn
from tests.fake_embedder import CountingEmbedder
from tests.index.reading.samples import check

__all__ = ["QUESTIONS", "READERS", "TARGETS"]

LIMITS = ReadingLimits(unpacked_bytes=64 << 20, cells=100_000, blocks=100_000)
OURS = f"{Path(__file__).resolve().parents[2]}/index/"

READERS = ("txt", "md", "html", "xml", "csv", "tsv", "json", "jsonl", "tex", "rst", "org", "rtf", "py", "pdf", "docx")
READERS += ("xlsx", "pptx", "epub", "eml")

QUESTIONS = ("question", "conversation", "within")

DOCUMENTS = {
    "harbour.md": "# Harbour\n\nThe master counted forty-one barges on Tuesday. Nine carried grain (No. A-17/b).\n",
    "ferry.txt": "The ferry to Saltmarsh Island leaves at 7:30.\n\nIt returns before the tide, at 18 °C or less.\n",
    "ships/list.csv": "name,tons\nMinna,41\nÅsa,1.5e3\n",
}


def reads(suffix: str) -> Callable[[bytes], None]:
    """The reader of a kind, as the worker calls it."""

    def read(data: bytes) -> None:
        try:
            document = document_of(data, f"a.{suffix}", LIMITS)
        except (ReadError, RecursionError, MemoryError):
            return  # one line for a person, here or in the worker
        except Exception as error:
            if _is_ours(error):
                raise
            return  # a parser of others gave up: the worker says so in one line
        check(document)

    return read


def question(data: bytes) -> None:
    """Ask it, and look at each citation."""
    _ask(data.decode("utf-8", "surrogateescape"))


def conversation(data: bytes) -> None:
    """Two questions, the second going on from the first; what is carried over is asked for by hand, too."""
    first, _, rest = data.decode("utf-8", "replace").partition("\n")
    second, _, carried = rest.partition("\n")
    try:
        answer = _corpus().ask(first)
    except FootnoteError:
        return
    _ask(second, history=[Turn(first, answer.text)])
    _ask(second, carry=carried.split(","))


def within(data: bytes) -> None:
    """Which documents are asked."""
    _ask("When does the ferry leave?", within=data.decode("utf-8", "surrogateescape").split("\n"))


TARGETS: dict[str, Callable[[bytes], None]] = {
    **{suffix: reads(suffix) for suffix in READERS},
    "question": question,
    "conversation": conversation,
    "within": within,
}


def _ask(text: str, **options: object) -> None:
    corpus = _corpus()
    try:
        answer = corpus.ask(text, **options)  # type: ignore[arg-type]
    except FootnoteError:
        return
    assert 0.0 <= answer.confidence <= 1.0
    for cited in answer.citations:
        assert _text(cited.path)[cited.start : cited.end] == cited.quote
        assert all(cited.start <= mark.start < mark.end <= cited.end for mark in cited.marks)
    if answer.found:
        assert any(answer.text in _text(cited.path) for cited in answer.citations)


@lru_cache(maxsize=1)
def _corpus() -> Corpus:
    folder = Path(tempfile.mkdtemp(prefix="footnote-fuzz-"))
    for name, text in DOCUMENTS.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    corpus = Corpus(folder, embedder=CountingEmbedder())
    corpus.sync()
    return corpus


@lru_cache(maxsize=8)
def _text(path: str) -> str:
    return _corpus().document_text(path)


def _is_ours(error: Exception) -> bool:
    """Whether it was raised by a line of Footnote."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_code.co_filename.startswith(OURS)
