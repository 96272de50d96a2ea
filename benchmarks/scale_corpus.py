"""A corpus of millions of passages, made of real ones: real files, an index in step with them, and real vectors.

    python -m benchmarks.scale_corpus SOURCE OUT --passages 1000000 [--without-sentences]

`SOURCE` is a folder that Footnote has indexed. Each new document follows a run of ten passages of it: their sentences
in another order, one word in five replaced by another word of the corpus, as often as that is used, and some by new
ones, as in a corpus that grows (Heaps' law). A passage's vector is the real one with noise added, its cosine to the
real one between .80 and .97, and so are those of its sentences. What comes out is deterministic (`--seed`).
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import shutil
import sqlite3
import time
import uuid
import zlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from index.documents import Block, BlockKind, Document, Place, Span
from index.layout import document_layout, passage_layout
from index.row_sums import COLUMNS, row_sum
from index.sentence_vectors import packed, unpacked
from index.splitting import Passage
from index.writing import WritableStore, passage_key

RUN = 10
"""Passages of a document."""

IN_FOLDER = 100
"""Documents of a folder."""

REPLACED, NEW = 0.2, 0.004
"""Share of words that are replaced by one of the corpus, and of those that no passage had before."""

COSINES = (0.80, 0.97)
"""How near a passage stays to the one it is made of."""

CACHE_KB = 2_000_000
"""Of SQLite's pages in memory: vectors are kept by hashes, so that each goes to another page of their index."""

BLOCK = 500
"""Documents made at a time."""

Floats = NDArray[np.float32]


class Made(NamedTuple):
    """One document ready to be stored."""

    name: str
    text: str
    document: Document
    passages: list[tuple[bytes, Passage]]
    vectors: Floats
    """float32 (passages, d), unit rows."""
    sentences: list[bytes]
    """Packed vectors of the sentences of each passage; empty when they are left out."""


@dataclass(slots=True)
class Source:
    """Real passages to make others of."""

    sentences: list[list[list[int]]]
    """Numbers of the words of each sentence of each passage."""
    words: list[str]
    shares: NDArray[np.float64]
    """Cumulative share of each word in the text."""
    vectors: Floats
    sentence_vectors: list[Floats]


def main() -> None:
    """Make the corpus named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="folder with an index to widen")
    parser.add_argument("out", type=Path, help="folder to make; what it holds is deleted")
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=20261125)
    parser.add_argument(
        "--without-sentences", action="store_true", help="no vectors of sentences: 1.6 KB less a passage"
    )
    parser.add_argument("--without-files", action="store_true", help="an index only, for asking")
    options = parser.parse_args()
    make(
        options.source / ".footnote" / "index.db",
        options.out,
        options.passages,
        options.seed,
        sentences=not options.without_sentences,
        files=not options.without_files,
    )


def make(source: Path, out: Path, passages: int, seed: int, *, sentences: bool, files: bool) -> None:
    """Write the documents below `out` and their index into `out/.footnote`, with what the index at `source` says."""
    started = time.monotonic()
    shutil.rmtree(out, ignore_errors=True)
    (out / ".footnote").mkdir(parents=True)
    (out / ".footnote" / ".gitignore").write_text("*\n")
    (out / ".footnote" / "writer.lock").touch()
    path = out / ".footnote" / "index.db"
    WritableStore.create(path).close()
    connection = sqlite3.connect(path, isolation_level=None)
    for setting in ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", f"cache_size = -{CACHE_KB}"):
        connection.execute(f"PRAGMA {setting}")  # what is broken off is made anew
    later = _without_indexes(connection)
    recipe = _copy_facts(source, connection)
    blocks = range(-(-passages // (RUN * BLOCK)))
    done = 0
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), spawned, initializer=_start, initargs=(source, seed, sentences)) as pool:
        connection.execute("BEGIN")
        for some in _ahead(pool, list(blocks)):
            for made in some[: -(-(passages - done) // RUN)]:
                _put(connection, out if files else None, made, recipe)
                done += len(made.passages)
            rate = done / (time.monotonic() - started)
            print(f"\r{done:,} of {passages:,} passages, {rate:,.0f} a second", end="", flush=True)
        connection.execute("COMMIT")
    for statement in later:
        connection.execute(statement)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    # without it an index whose sentences lack their vectors is a damaged one
    with closing(WritableStore.create(path)) as store, store.committing(visible=False):
        store.set_meta("under_way", "" if sentences else "yes")
    print(f"\n{path.stat().st_size / 1e9:.1f} GB in {time.monotonic() - started:.0f} s")


def _without_indexes(connection: sqlite3.Connection) -> list[str]:
    """Leave out the indexes that can be made at the end, in order, which is far quicker: what makes them again."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    found = connection.execute(query).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")
    return [statement for _, statement in found]


_SOURCE: list[Any] = []


def _start(source: Path, seed: int, sentences: bool) -> None:
    _SOURCE[:] = [_read(source, sentences), seed]


def _ahead(pool: ProcessPoolExecutor, blocks: list[int]) -> Iterator[list[Made]]:
    waiting = [pool.submit(_made, block) for block in blocks[:4]]
    for block in [*blocks[4:], *[-1] * len(waiting)]:
        if not waiting:
            return
        yield waiting.pop(0).result()
        if block >= 0:
            waiting.append(pool.submit(_made, block))


def _read(path: Path, sentences: bool) -> Source:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    dimension = int(connection.execute("SELECT value FROM meta WHERE name = 'dimension'").fetchone()[0])
    rows = connection.execute(
        "SELECT p.text, v.vector, s.vectors FROM passages p JOIN vectors v USING (key) JOIN sentences s USING (key) "
        "ORDER BY p.document, p.start"
    ).fetchall()
    numbers: dict[str, int] = {}
    texts = [_sentences(text) for text, _, _ in rows]
    found = [[[numbers.setdefault(w, len(numbers)) for w in one.split()] for one in text] for text in texts]
    counts = np.bincount(np.array([word for text in found for one in text for word in one]))
    return Source(
        sentences=found,
        words=list(numbers),
        shares=np.cumsum(counts) / counts.sum(),
        vectors=np.frombuffer(b"".join(r[1] for r in rows), np.float16).reshape(-1, dimension).astype(np.float32),
        sentence_vectors=[unpacked(r[2], dimension) for r in rows] if sentences else [],
    )


def _sentences(text: str) -> list[str]:
    """Rough sentences: what is cut here only has to look like them."""
    return [part for part in text.replace("\n", " ").replace(". ", ".\0").split("\0") if part.split()]


def _made(block: int) -> list[Made]:
    source, seed = _SOURCE
    random = np.random.default_rng([seed, block])
    return [_document(source, random, block * BLOCK + at) for at in range(BLOCK)]


def _document(source: Source, random: np.random.Generator, number: int) -> Made:
    first = int(random.integers(len(source.sentences) - RUN))
    text, blocks, passages, packs = "", list[Block](), list[tuple[bytes, Passage]](), list[bytes]()
    cosines = random.uniform(*COSINES, RUN)
    for at in range(first, first + RUN):
        start, spans = len(text), list[Span]()
        for which in random.permutation(len(source.sentences[at])).tolist():
            words = _words(source, random, source.sentences[at][which])
            spans.append(Span(len(text), len(text) + len(words)))
            text += f"{words} "
        text = text[:-1]
        block = Block(BlockKind.PARAGRAPH, start, len(text), Place(line=2 * (at - first) + 1))
        passage = Passage(start, len(text), text[start:], "", block.place, tuple(spans), (block,))
        text += "\n\n"
        blocks.append(block)
        passages.append((passage_key(passage), passage))
        if source.sentence_vectors:
            real = source.sentence_vectors[at]
            real = real[np.arange(len(spans)) % len(real)] if len(real) else np.ones((len(spans), 1), np.float32)
            packs.append(packed(_noisy(real, random, cosines[at - first])))
    name = f"part-{number // IN_FOLDER:05d}/document-{number:07d}.txt"
    document = Document("", "txt", text, tuple(blocks))
    vectors = np.stack(
        [_noisy(source.vectors[first + at : first + at + 1], random, cosines[at])[0] for at in range(RUN)]
    )
    return Made(name, text, document, passages, vectors, packs)


def _words(source: Source, random: np.random.Generator, numbers: list[int]) -> str:
    words = [source.words[number] for number in numbers]
    chance = random.random(len(words))
    others = np.searchsorted(source.shares, random.random(len(words)))
    for at in np.flatnonzero(chance < REPLACED).tolist():
        words[at] = source.words[min(int(others[at]), len(source.words) - 1)]
    for at in np.flatnonzero(chance < NEW).tolist():
        words[at] = _new_word(random)
    return " ".join(words)


def _new_word(random: np.random.Generator) -> str:
    """One of a hundred million made-up words."""
    parts = ("ba", "ro", "ni", "te", "lo", "ka", "mi", "su", "ve", "do")
    return "".join(parts[digit] for digit in random.integers(0, 10, int(random.integers(3, 9))).tolist())


def _noisy(vectors: Floats, random: np.random.Generator, cosine: float) -> Floats:
    """Unit rows at about `cosine` from those of `vectors`, in random directions."""
    noise = random.standard_normal(vectors.shape).astype(np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    found = cosine * vectors + np.sqrt(1 - cosine * cosine) * noise
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), np.float32)


def _copy_facts(source: Path, connection: sqlite3.Connection) -> str:
    """The model that the source was made with; returns the recipe of its documents."""
    with sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True) as known:
        facts = dict(known.execute("SELECT name, value FROM meta").fetchall())
        recipe = known.execute("SELECT recipe FROM documents WHERE state = 'indexed' LIMIT 1").fetchone()[0]
    for name in ("model", "fingerprint", "dimension"):
        _insert(connection, "meta", [(name, facts[name])])
    _insert(connection, "meta", [("store", uuid.uuid4().hex), ("change", "1")])
    return str(recipe)


def _put(connection: sqlite3.Connection, out: Path | None, made: Made, recipe: str) -> None:
    content, stat = made.text.encode(), (0, 0)
    if out:
        file = out / made.name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
        found = file.stat()
        stat = (found.st_mtime_ns, found.st_ctime_ns)
    title = Path(made.name).stem.replace("-", " ")
    identity = 1 + connection.execute("SELECT coalesce(max(id), 0) FROM documents").fetchone()[0]
    facts = (identity, made.name.encode(), made.name, "indexed", "", recipe, len(content), *stat)
    rest = (hashlib.sha256(content).digest(), title, "txt", None, len(made.passages), time.time())
    _insert(connection, "documents", [(*facts, *rest)])
    _insert(connection, "texts", [(identity, zlib.compress(content, 1), document_layout(made.document))])
    first = 1 + connection.execute("SELECT coalesce(max(id), 0) FROM passages").fetchone()[0]
    rows = [
        (id_, identity, key, p.start, p.end, p.context, p.text, passage_layout(p))
        for id_, (key, p) in enumerate(made.passages, first)
    ]
    _insert(connection, "passages", rows)
    keys = [key for key, _ in made.passages]
    halves = made.vectors.astype(np.float16)
    _insert(connection, "vectors", [(k, v.tobytes()) for k, v in zip(keys, halves, strict=True)])
    if made.sentences:
        _insert(connection, "sentences", list(zip(keys, made.sentences, strict=True)))


def _insert(connection: sqlite3.Connection, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows with their checksums."""
    marks = ",".join("?" * (len(COLUMNS[table]) + 1))
    summed = [(*row, row_sum(*row)) for row in rows]
    connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", summed)


if __name__ == "__main__":
    main()
