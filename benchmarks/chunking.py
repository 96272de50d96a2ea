"""How passages should be cut: measures settings of `index.splitting` and other splitters on questions with known spans.

    python -m benchmarks.chunking EVAL_FOLDER [--only NAME ...] [--squad]

EVAL_FOLDER holds `chunking/` (chunking_evaluation: five long documents, questions, reference spans with offsets) and
`squad2/dev-half.json`. For each way to cut, all passages of all documents are ranked for every question, by cosine
and by cosine and BM25 together (standardised, .65 and .35). Reported is the share of the reference characters that
is returned when the ranked list is cut at 2,000 and at 4,000 characters, so that long passages have no advantage,
and among the first five passages, with their precision and intersection over union.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.chunking_rivals import Piece, Splitter, recursive, windows
from index.analysis import terms
from index.documents import Block, BlockKind, Document, Place, Span
from index.embedding import Embedder, Vectors, load_embedder
from index.lexical import LexicalIndex
from index.segments import Segment
from index.splitting import DEFAULT, SplitSettings, embedding_text, split

DENSE = 0.65
BUDGETS = (2_000, 4_000)
FIRST = 5
OURS = f"{DEFAULT.target} tokens"
HEADING = re.compile(r" ?(=+ .+ =+|#+ .+) ?")


Figures = NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    """A question and where its answer stands."""

    text: str
    document: str
    spans: tuple[Span, ...]


# Reading ---------------------------------------------------------------------------------------------------------


def read(path: Path) -> Document:
    """A corpus file: each line a paragraph, " = Name = " a heading, and lines with bars the rows of a table."""
    text, start, header = path.read_text(encoding="utf-8"), 0, None
    blocks: list[Block] = []
    headings: list[str] = []
    for line in text.splitlines(keepends=True):
        end = start + len(line.rstrip())
        kind = _kind(line)
        if kind is BlockKind.HEADING:
            level = max(line.count("=") // 2, 1)
            headings = [*headings[: level - 1], line.strip(" =#\n")]
        header = (header or Span(start, end)) if kind is BlockKind.ROW else None
        if line.strip():
            own = None if header == (start, end) else header
            blocks.append(Block(kind, start, end, Place(heading=tuple(headings)), own))
        start += len(line)
    return Document(path.stem.replace("_", " "), "md", text, tuple(blocks))


def _kind(line: str) -> BlockKind:
    if HEADING.fullmatch(line.rstrip("\n")):
        return BlockKind.HEADING
    return BlockKind.ROW if " | " in line else BlockKind.PARAGRAPH


def read_questions(folder: Path) -> list[Question]:
    """The questions with the characters that answer them."""
    with (folder / "questions_df.csv").open(encoding="utf-8", newline="") as lines:
        return [
            Question(
                row["question"],
                row["corpus_id"].replace("_", " "),
                tuple(Span(found["start_index"], found["end_index"]) for found in json.loads(row["references"])),
            )
            for row in csv.DictReader(lines)
        ]


# Splitting and embedding -----------------------------------------------------------------------------------------


class Model:
    """The embedder with a memory: what two ways to cut have in common is embedded once."""

    def __init__(self, embedder: Embedder) -> None:
        self.max_tokens, self.token_spans = embedder.max_tokens, embedder.token_spans
        self._embedder, self._known = embedder, dict[str, Vectors]()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Vectors of the texts, which the model cuts at its limit when a rival's passages are longer."""
        new = sorted({text for text in texts if text not in self._known}, key=len)
        self._known.update(zip(new, self._embedder.embed_passages(new), strict=True) if new else ())
        return np.stack([self._known[text] for text in texts])


def ours(model: Model, settings: SplitSettings, headings: bool = True) -> Splitter:
    """The product's splitter; without `headings` their text stands in contexts only."""

    def pieces(document: Document) -> Iterator[Piece]:
        if not headings:
            body = tuple(block for block in document.blocks if block.kind is not BlockKind.HEADING)
            document = replace(document, blocks=body)
        for passage in split(document, model, settings):
            yield Piece(document.title, passage.start, passage.end, embedding_text(passage))

    return pieces


# Measuring -------------------------------------------------------------------------------------------------------


def ranked(model: Model, pieces: Sequence[Piece], questions: Sequence[Question]) -> tuple[Vectors, Vectors]:
    """Scores of every piece for every question, (questions, pieces): cosine, and cosine with BM25."""
    cosine = model.embed([question.text for question in questions]) @ model.embed([piece.text for piece in pieces]).T
    lexical = LexicalIndex.of([Segment.build((at, 0, at, terms(piece.text)) for at, piece in enumerate(pieces))])
    bm25 = np.stack([lexical.of_passages(lexical.score(terms(question.text)), lexical.ids) for question in questions])
    return cosine, DENSE * _standardised(cosine) + (1 - DENSE) * _standardised(bm25)


def _standardised(scores: Vectors) -> Vectors:
    deviation = scores.std(axis=1, keepdims=True)
    standard: Vectors = (scores - scores.mean(axis=1, keepdims=True)) / np.where(deviation > 0, deviation, 1)
    return standard


def covered(spans: Iterable[Span], returned: Iterable[Span]) -> int:
    """Characters of `spans` that lie in any of `returned`."""
    inside = {at for start, end in returned for at in range(start, end)}
    return sum(at in inside for start, end in spans for at in range(start, end))


def within(pieces: Iterable[Piece], budget: int) -> Iterator[Piece]:
    """The first pieces until `budget` characters are returned; the last is cut."""
    for piece in pieces:
        if budget <= 0:
            return
        yield piece._replace(end=min(piece.end, piece.start + budget))
        budget -= piece.end - piece.start


def figures(question: Question, ranking: Sequence[Piece]) -> list[float]:
    """Share of the reference returned within each budget and in the first passages; their precision and overlap."""
    wanted = sum(end - start for start, end in question.spans)
    lists = [*(list(within(ranking, budget)) for budget in BUDGETS), list(ranking[:FIRST])]
    hits = [
        covered(
            question.spans, [Span(piece.start, piece.end) for piece in found if piece.document == question.document]
        )
        for found in lists
    ]
    returned = sum(piece.end - piece.start for piece in lists[-1])
    return [*(hit / wanted for hit in hits), hits[-1] / returned, hits[-1] / (returned + wanted - hits[-1])]


def measured(scores: Vectors, pieces: Sequence[Piece], questions: Sequence[Question]) -> Figures:
    """The figures of every question: float64 (questions, 5)."""
    best = np.argsort(-scores, axis=1, kind="stable")[:, :200]
    rows = [figures(question, [pieces[at] for at in order]) for question, order in zip(questions, best, strict=True)]
    return np.array(rows)


def mean(rows: Figures, groups: Iterable[NDArray[np.int64]]) -> Figures:
    """Mean of the groups' means: each document counts alike, as there are 56 questions of one and 144 of another."""
    means: Figures = np.mean([rows[group].mean(axis=0) for group in groups], axis=0)
    return means


def interval(differences: Figures, groups: Sequence[NDArray[np.int64]]) -> list[str]:
    """Mean difference and its 95 % interval, from 2,000 draws of as many questions of each document."""
    dice = np.random.default_rng(0)
    draws = [mean(differences, [dice.choice(group, len(group)) for group in groups]) for _ in range(2_000)]
    ends = np.percentile(draws, [2.5, 97.5], axis=0)
    return [
        f"{middle:+.3f} ({low:+.3f} to {high:+.3f})"
        for middle, low, high in zip(mean(differences, groups), *ends, strict=True)
    ]


# SQuAD 2: short paragraphs, where no setting should do harm ---------------------------------------------------------


def squad(path: Path) -> tuple[list[Document], list[Question]]:
    """Each paragraph a document of one block under its article's title; the questions that have an answer."""
    documents, questions = [], []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for number, paragraph in enumerate(article["paragraphs"]):
            text, title = paragraph["context"], f"{article['title'].replace('_', ' ')} {number}"
            block = Block(BlockKind.PARAGRAPH, 0, len(text))
            documents.append(Document(title, "txt", text, (block,)))
            for asked in paragraph["qas"]:
                for answer in asked["answers"][:1]:
                    span = Span(answer["answer_start"], answer["answer_start"] + len(answer["text"]))
                    questions.append(Question(asked["question"], title, (span,)))
    return documents, questions


# The table -------------------------------------------------------------------------------------------------------


def ways(model: Model) -> dict[str, Splitter]:
    """Every way to cut that is compared, by name."""
    found: dict[str, Splitter] = {}
    for target, overlap in [*product((64, 96, 128, 160, 200, 240), (0, 1)), (64, 2), (128, 2)]:
        name = f"{target} tokens" + (f", {overlap} repeated" if overlap else "")
        found[name] = ours(model, replace(DEFAULT, target=target, overlap=overlap))
    found[f"{DEFAULT.target} tokens, headings only in context"] = ours(model, DEFAULT, headings=False)
    found[f"{DEFAULT.target} tokens, no context"] = ours(model, replace(DEFAULT, context=0))
    for size, step in ((200, 200), (200, 100), (400, 400), (400, 200)):
        found[f"windows of {size} tokens, every {step}"] = windows(model, size, step)
    for size, overlap in ((400, 0), (800, 0), (800, 400)):
        found[f"recursive, {size} characters" + (f", {overlap} again" if overlap else "")] = recursive(size, overlap)
    found["recursive, 600 characters, with title"] = recursive(600, 0, titled=True)
    return found


def main() -> None:
    """Print the table, a row as soon as it is measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="*", default=[], help="only the ways whose name holds one of these words")
    parser.add_argument("--squad", action="store_true", help="SQuAD 2 paragraphs instead of the long documents")
    chosen = parser.parse_args()
    model = Model(load_embedder())
    if chosen.squad:
        documents, questions = squad(chosen.folder / "squad2" / "dev-half.json")
    else:
        documents = [read(path) for path in sorted((chosen.folder / "chunking" / "corpora").glob("*.md"))]
        questions = read_questions(chosen.folder / "chunking")
    report(documents, questions, model, chosen.only)


def report(documents: Sequence[Document], questions: Sequence[Question], model: Model, only: Sequence[str]) -> None:
    """A row for each way; then, fused, what the default returns more than each other way, with intervals."""
    names = np.array([question.document for question in questions])
    groups = [np.flatnonzero(names == name) for name in np.unique(names)]
    columns = [*(f"{budget:,} chars" for budget in BUDGETS), f"first {FIRST}", "precision", "IoU"]
    print(
        "| way to cut | passages | mean chars |", " | ".join([*columns, *(f"{name}, fused" for name in columns)]), "|"
    )
    print("| --- |" + " --- |" * (2 + 2 * len(columns)))
    fused: dict[str, Figures] = {}
    for name, splitter in ways(model).items():
        if only and name != OURS and not any(word in name for word in only):
            continue
        pieces = [piece for document in documents for piece in splitter(document)]
        length = sum(piece.end - piece.start for piece in pieces) / len(pieces)
        cosine, fused[name] = (measured(scores, pieces, questions) for scores in ranked(model, pieces, questions))
        numbers = " | ".join(f"{value:.3f}" for value in [*mean(cosine, groups), *mean(fused[name], groups)])
        print(f"| {name} | {len(pieces):,} | {length:.0f} | {numbers} |", flush=True)
    print(f"\n| {OURS} minus |", " | ".join(columns), "|\n| --- |" + " --- |" * len(columns))
    for name, rows in fused.items():
        if name != OURS:
            print(f"| {name} |", " | ".join(interval(fused[OURS] - rows, groups)), "|")


if __name__ == "__main__":
    main()
