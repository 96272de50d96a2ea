"""Whether what the store holds fits together: texts, passages, places, vectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from index.checking.database import CheckedStore
from index.checking.findings import NAMED, CheckProgress, Finding, OnCheck, Verdict, judged
from index.documents import Block, Document, Place
from index.embedding import Embedder
from index.errors import StoreError
from index.schema import DocumentRecord, PassageRecord, State
from index.splitting import embedding_text
from index.writing import passage_key

__all__ = ["count_finding", "model_finding", "passage_finding", "spread", "vector_finding"]

LENGTH_TOLERANCE = 0.01
"""How far a vector may be from length 1: half precision rounds 384 components to about 0.0005 together."""

SAME_COSINE = 0.97
"""Least cosine of a stored vector to that of the same text now. The least between int8 and the original model is .992
(`benchmarks/embedding.py`); vectors of two different passages are rarely above .9."""

SYNC_GOES_ON = "a sync that was interrupted or is under way has embedded them"

EMBEDDED_AGAIN = 64
"""Passages embedded again at most: half a second on two cores."""


def count_finding(store: CheckedStore) -> Finding:
    """Whether documents, texts, passages and vectors are as many as each other say."""
    tally = store.tally()
    problems = [
        f"{path} should have {listed:,} passages and has {found:,}" for path, listed, found in store.miscounted()
    ]
    problems += [f"the text of {path} is missing" for path in store.textless()]
    if tally.texts > tally.documents:
        problems.append(f"{tally.texts:,} texts for {tally.documents:,} documents")
    missing, under_way = tally.keys - (tally.vectors - tally.unused_vectors), store.meta("under_way")
    if missing and not under_way:
        problems.append(f"{missing:,} of {tally.keys:,} different passages have no vector")
    unused = tally.unused_vectors + tally.unused_sentences
    if unused and not under_way:
        problems.append(f"{unused:,} vectors belong to no passage")
    said = f"{tally.documents:,} documents, {tally.passages:,} passages, {tally.vectors:,} vectors"
    if tally.keys != tally.passages:
        said += f" ({tally.passages - tally.keys:,} passages repeat the text of another)"
    if unused:
        said += f"; {unused:,} vectors wait for a sync that was interrupted or is under way"
    if missing:
        said += f"; {missing:,} passages are searched by their words until {SYNC_GOES_ON}"
    return judged("counts", problems, said, facts=tally._asdict())


def passage_finding(store: CheckedStore, tell: OnCheck) -> Finding:
    """Whether every passage is a slice of its document, with sentences, blocks and places that resolve."""
    records = [record for record in store.documents() if record.state == State.INDEXED]
    problems: list[str] = []
    passages = sentences = 0
    for done, record in enumerate(records):
        tell(CheckProgress("comparing passages with their documents", done, len(records)))
        try:
            document, found = store.stored_text(record.id), store.passages_of(record)
        except StoreError as error:
            problems.append(f"{record.path}: {error}")
            continue
        passages += len(found)
        for passage, key in found:
            sentences += len(passage.sentences)
            problems.extend(f"{_named(record, passage)} {what}" for what in _wrong_with(passage, key, document))
    well = f"{passages:,} passages and {sentences:,} sentences are slices of their documents, each with its place"
    return judged("passages", problems, well, facts={"passages": passages, "sentences": sentences})


def vector_finding(store: CheckedStore, embedder: Embedder, sample: int, tell: OnCheck) -> Finding:
    """Whether every passage has a whole vector of length 1, and a sample of them is what the model gives today."""
    bad: list[tuple[int, str]] = []
    total, done, waiting = store.tally().passages, 0, 0
    may_wait = bool(store.meta("under_way"))
    again = spread(store.all_passage_ids(), min(sample, EMBEDDED_AGAIN))
    kept: list[tuple[NDArray[np.int64], NDArray[np.float32]]] = []
    for some in store.all_vectors(embedder.dimension):
        tell(CheckProgress("looking at the vectors", done, total))
        done += len(some.ids) + len(some.unreadable) + len(some.missing)
        lengths = np.linalg.norm(some.vectors, axis=1)
        waiting += len(some.missing) if may_wait else 0
        bad += [(passage, "has no whole vector") for passage in ([] if may_wait else some.missing) + some.unreadable]
        bad += [
            (int(passage), "has a vector not of length 1")
            for passage in some.ids[~(abs(lengths - 1) < LENGTH_TOLERANCE)]
        ]
        kept.append((some.ids[chosen := np.isin(some.ids, again)], some.vectors[chosen]))
    problems = [f"{_of(store, p) if at < NAMED else f'passage {p}'} {what}" for at, (p, what) in enumerate(bad)]
    again = np.concatenate([np.zeros(0, np.int64), *(ids for ids, _ in kept)])
    if not problems and len(again):
        passages = store.passages(again.tolist())
        vectors = embedder.embed_passages([embedding_text(passage) for passage in passages])
        cosines = np.sum(vectors * np.concatenate([found for _, found in kept]), axis=1)
        problems = [
            f"the vector of {_named(passage.document, passage)} is not what the model gives (cosine {cosine:.2f})"
            for passage, cosine in zip(passages, cosines.tolist(), strict=True)
            if not cosine >= SAME_COSINE
        ]
    well = f"{done - waiting:,} passages have theirs; {len(again):,} were embedded again and agree"
    if waiting:
        well += f"; {waiting:,} have none until {SYNC_GOES_ON}"
    return judged(
        "vectors", problems, well, facts={"passages": done, "passages_waiting": waiting, "embedded_again": len(again)}
    )


def model_finding(store: CheckedStore, embedder: Embedder) -> Finding:
    """Whether the index was made with the model that questions are embedded with."""
    made_with, name = store.meta("fingerprint"), store.meta("model")
    same = made_with == embedder.fingerprint and store.meta("dimension") == str(embedder.dimension)
    facts: dict[str, int | float | str] = {"model": embedder.name, "fingerprint": embedder.fingerprint}
    if same:
        return Finding("model", Verdict.OK, f"{embedder.name}, {embedder.dimension} dimensions", facts=facts)
    return Finding(
        "model",
        Verdict.WRONG,
        f"the index was made with {name} ({made_with}), this is {embedder.name} ({embedder.fingerprint})",
        f"check with --model {name}, or run `footnote sync --model {embedder.name}` to embed the documents with it",
        facts=facts,
    )


def spread(ids: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """`count` of `ids` at even distances, the first and the last among them; all when there are no more."""
    if len(ids) <= count:
        return ids
    return ids[np.linspace(0, len(ids) - 1, count).round().astype(np.int64)]


def _wrong_with(passage: PassageRecord, key: bytes, document: Document) -> Iterator[str]:
    if not passage.text or document.text[passage.start : passage.end] != passage.text:
        yield f"is not the text at its characters {passage.start:,} to {passage.end:,}"
    for span in passage.sentences:
        if not passage.start <= span.start < span.end <= passage.end:
            yield f"has a sentence outside it, at {span.start:,} to {span.end:,}"
    for block in passage.blocks:
        if not passage.start <= block.start < block.end <= passage.end:
            yield f"has a block outside it, at {block.start:,} to {block.end:,}"
        elif not _resolves(block, document):
            yield f"has a block at {block.start:,} whose place is not the document's"
    if not _on_a_page(passage.place, document):
        yield f"stands on page {passage.place.page} of {document.pages}"
    if key != passage_key(passage):
        yield "was embedded with another text or context"


def _resolves(block: Block, document: Document) -> bool:
    """Whether the document has the block's place at the block's first character.

    A block may be cut to its passage, so its line is left to the document.
    """
    whole = document.block_at(block.start)
    header = block.header is None or 0 <= block.header.start < block.header.end <= len(document.text)
    if whole is None or not header or block.end > whole.end:
        return False
    return replace(block.place, line=None) == replace(whole.place, line=None)


def _on_a_page(place: Place, document: Document) -> bool:
    return place.page is None or document.pages is None or 1 <= place.page <= document.pages


def _of(store: CheckedStore, passage: int) -> str:
    [record] = store.passages([passage])
    return _named(record.document, record)


def _named(document: DocumentRecord, passage: PassageRecord) -> str:
    return f"passage {passage.id} of {document.path}"
