"""What can be checked of an index on a Milvus server without asking it anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from index.checking.findings import Finding, Verdict, judged
from index.checking.inspection import folder_finding
from index.embedding import Embedder
from index.errors import ChangedMeanwhile
from index.milvus.encoding import PASSAGES_OF_DOCUMENT
from index.milvus.lease import is_at_work
from index.milvus.reading import MilvusReader
from index.milvus.rows import DOCUMENT_FIELDS
from index.schema import State
from index.splitting import SplitSettings, embedding_text
from index.sync import due
from index.writing import passage_key

__all__ = ["inspected"]

SAME = 0.98
"""Cosine of a stored vector and one made now, from which on they are the same."""

EMBEDDED = 64
"""Passages embedded again at most."""

MEND = "run `footnote sync --rebuild`"


def inspected(
    corpus: Path, reader: MilvusReader, embedder: Embedder, settings: SplitSettings, *, sample: int
) -> Iterator[Finding]:
    """Findings on the index that `reader` reads. `sample`: how many passages are looked at."""
    fetched, names = reader.fetched, reader.fetched.names
    rows = fetched.query(names.documents, fetched.but_hidden("id >= 0"), DOCUMENT_FIELDS)
    twice = len(rows) - len({row["name"] for row in rows})
    said = f"Milvus {fetched.connection.version} at {fetched.connection.address} answers"
    broken_off = bool(fetched.hidden) and not is_at_work(fetched)
    problems = ["a commit was broken off"] * broken_off + ["documents stand there twice"] * bool(twice)
    yield judged("store", problems, said, remedy="run `footnote sync`, which ends what was broken off")
    expected = {row["id"]: row["passages"] for row in rows if row["state"] == State.INDEXED}
    held = fetched.query(names.passages, fetched.but_hidden("id >= 0", "document"), ["id"])
    if not fetched.is_current():
        raise ChangedMeanwhile("documents were changed while they were counted: check again")
    ids = np.sort(np.array([row["id"] for row in held], np.int64))
    documents, counts = np.unique(ids // PASSAGES_OF_DOCUMENT, return_counts=True)
    found = dict(zip(documents.tolist(), counts.tolist(), strict=True))
    by_id = {row["id"]: row["path"] for row in rows}
    wrong = [
        f"{by_id.get(id_, f'document {id_}')} has {found.get(id_, 0):,} passages instead of {expected.get(id_, 0):,}"
        for id_ in sorted({*expected, *found})
        if found.get(id_, 0) != expected.get(id_, 0)
    ]
    whole = f"{len(expected):,} documents with {len(ids):,} passages, as many as their rows say"
    facts: dict[str, int | float | str] = {"documents": len(expected), "passages": len(ids)}
    yield judged("counts", wrong, whole, remedy=MEND, facts=facts)
    if not wrong:
        chosen = ids[np.linspace(0, len(ids) - 1, min(sample, len(ids))).astype(int)].tolist() if len(ids) else []
        yield _passages(reader, chosen)
        yield _vectors(reader, embedder, chosen[:: max(1, len(chosen) // EMBEDDED)])
    yield folder_finding(due(corpus, reader, embedder, settings))


def _passages(reader: MilvusReader, ids: list[int]) -> Finding:
    """Whether passages are slices of their documents' texts, with the keys of what they say."""
    keys = reader.fetched.values("search", ids)
    wrong, texts = [], dict[str, str]()
    for passage in reader.passages(ids):
        path = passage.document.path
        if path not in texts:
            texts[path] = reader.document(path).text
        if texts[path][passage.start : passage.end] != passage.text:
            wrong.append(f"a passage of {path} is not its characters {passage.start:,} to {passage.end:,}")
        elif keys[passage.id][0] != passage_key(passage):
            wrong.append(f"a passage of {path} at {passage.start:,} has the key of another text")
    return judged("passages", wrong, f"{len(ids):,} passages are the text of their documents", remedy=MEND)


def _vectors(reader: MilvusReader, embedder: Embedder, ids: list[int]) -> Finding:
    """Whether vectors are those that the model makes now."""
    if not ids:
        return Finding("vectors", Verdict.NOTE, "there are no passages")
    passages = reader.passages(ids)
    stored = reader.fetched.values("vector", ids)
    made = embedder.embed_passages([embedding_text(passage) for passage in passages])
    cosines = [float(np.dot(stored[id_].astype(np.float32), row)) for id_, row in zip(ids, made, strict=True)]
    wrong = [
        f"the vector of a passage of {passage.document.path} at {passage.start:,} is another's (cosine {cosine:.2f})"
        for passage, cosine in zip(passages, cosines, strict=True)
        if cosine < SAME
    ]
    return judged("vectors", wrong, f"{len(ids):,} vectors are those that the model makes", remedy=MEND)
