"""Folders as they were and as they are, and what must hold of their index after any fault."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from index import Index, State
from index.checking import Verdict
from index.store import Store
from qa import Corpus
from tests.fake_embedder import CountingEmbedder

__all__ = ["EDITIONS", "assert_in_order", "assert_whole", "passages_of", "put", "state_of"]

LONG_AGO = 1_500_000_000
QUESTIONS = ["What does subject4 say?", "topic8 edition", "note of the harbour", "subject9 topic3 section2"]
IN_AN_INDEX = re.compile(r"index\.db(-wal|-shm)?|\.gitignore|writer\.(lock|json)|(vectors|lexical)(-\d+-\d+-\d+)?\.fn")


def text_of(number: int, edition: int) -> str:
    """One note; every fourth is long."""
    parts = [f"# Note {number}\n\nEdition{edition} of note {number} speaks of subject{number} in the harbour.\n"]
    for section in range(6 if number % 4 == 0 else 1):
        sentences = " ".join(f"Sentence {n} of edition{edition} is about topic{number}." for n in range(12))
        parts.append(f"## Section{section}\n\n{sentences}\n")
    return "\n".join(parts)


def _editions() -> list[dict[str, str]]:
    first = {f"note{n}.md": text_of(n, 0) for n in range(12)}
    later = {name: text for name, text in first.items() if name not in {"note1.md", "note2.md", "note9.md", "note4.md"}}
    later |= {f"note{n}.md": text_of(n, 1) for n in (3, 4, 8)}
    later |= {"moved/note9.md": first["note9.md"], "renamed.md": first["note2.md"], "empty.md": ""}
    later |= {f"new/note{n}.md": text_of(n, 1) for n in (20, 21)}
    return [first, later, {"note0.md": first["note0.md"], "note5.md": first["note5.md"]}]


EDITIONS = _editions()
"""A folder of 12 notes; with some changed, renamed, gone, new and one that cannot be read; with two of them left."""


def put(folder: Path, files: Mapping[str, str]) -> None:
    """Make the folder hold exactly these files; what is the same already is left alone."""
    folder.mkdir(exist_ok=True)
    for path in sorted(folder.rglob("*.md")):
        if path.relative_to(folder).as_posix() not in files:
            path.unlink()
    for name, text in files.items():
        path = folder / name
        if path.exists() and path.read_text("utf-8") == text:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        os.utime(path, (LONG_AGO, LONG_AGO + len(text)))


def state_of(folder: Path, index: Path, model: str = "counting") -> dict[str, Any]:
    """Everything that can be found, without numbers that depend on what happened before."""
    embedder = CountingEmbedder(name=model)
    corpus = Corpus(folder, index=index, embedder=embedder)
    with Index(folder, index=index, embedder=embedder).snapshot() as snapshot:
        documents = [(d.path, d.state, d.reason, d.title, d.format, d.passages) for d in snapshot.documents()]
        by_words_only = snapshot.by_words_only
    hits = [[(h.path, h.start, h.end, round(h.score, 4)) for h in corpus.search(q, 60)] for q in QUESTIONS]
    answers = [(a.text, round(a.confidence, 4)) for a in map(corpus.ask, QUESTIONS)]
    found = [sorted(each, key=lambda h: (-h[3], h)) for each in hits]
    return {"documents": documents, "found": found, "answers": answers, "by words only": by_words_only}


def passages_of(index: Path) -> dict[str, list[tuple[int, int, str]]]:
    """Start, end and text of the passages of each document."""
    store = Store.open(index / "index.db")
    try:
        ids = store.passage_ids([record.id for record in store.documents()])
        found: dict[str, list[tuple[int, int, str]]] = {}
        for passage in store.passages(ids.tolist()):
            found.setdefault(passage.document.path, []).append((passage.start, passage.end, passage.text))
        return {path: sorted(passages) for path, passages in found.items()}
    finally:
        store.close()


def assert_whole(
    folder: Path, index: Path, told: list[dict[str, Any]], editions: list[Mapping[str, list[tuple[int, int, str]]]]
) -> None:
    """The index opens, is as of its last commit, holds whole documents, and answers from them.

    `told`: what the writer said after each of its commits; `editions`: passages of whole documents by path, of the
    folder before and after.
    """
    store = Store.open(index / "index.db")
    try:
        change, known = store.change(), {k.facts.path: k.digest.hex() for k in store.known_files().values()}
        model = store.meta("model") or "counting"
    finally:
        store.close()
    if told:
        last = told[-1]
        assert change in (last["change"], last["change"] + 1), "the index is not as of its last commit"
        if change == last["change"]:
            assert known == last["documents"], "what was committed is not there"
    held = passages_of(index)
    for path, passages in held.items():
        assert any(edition.get(path) == passages for edition in editions), f"{path} is no whole document"
    corpus = Corpus(folder, index=index, embedder=CountingEmbedder(name=model))
    indexed = [record for record in corpus.documents() if record.state == State.INDEXED]
    assert sorted(held) == sorted(record.path for record in indexed)
    for record in indexed[::4]:
        start, end, text = held[record.path][0]
        assert corpus.document_text(record.path)[start:end] == text
        subject = re.search(r"subject\d+", text)
        assert subject
        assert record.path in {hit.path for hit in corpus.search(subject[0], 12)}, f"{record.path} is not found"


def assert_in_order(folder: Path, index: Path, model: str = "counting") -> None:
    """Nothing is wrong with the index, and nothing lies in its folder that does not belong there."""
    findings = Index(folder, index=index, embedder=CountingEmbedder(name=model)).check(20)
    assert [str(finding) for finding in findings if finding.verdict == Verdict.WRONG] == []
    left = sorted(path.name for path in index.iterdir() if path.is_file() and not IN_AN_INDEX.fullmatch(path.name))
    assert left == [], "files are left behind"
    arrived = [path.name for path in folder.rglob(".*") if path.is_file() and path.parent != index]
    assert arrived == [], "files are left behind among the documents"
