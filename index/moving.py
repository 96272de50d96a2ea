"""An index moved to another store: what is in it is copied, nothing is read or embedded anew.

Document after document is copied in commits of their own, so that a move that was broken off goes on where it stopped.
In the end both stores are compared: every document's facts, text, passages and vectors.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.documents import Document
from index.errors import ChangedMeanwhile, IndexMismatch, StoreError
from index.known_files import KnownFile
from index.layout import document_layout, passage_layout
from index.scanning import about
from index.schema import PassageRecord, State
from index.sentence_vectors import unpacked
from index.splitting import Passage
from index.stores import Facts, Ids, Writer
from index.writing import passage_key

__all__ = ["Kept", "MoveReport", "OnMove", "Source", "moved"]

AT_ONCE = 2000
"""Passages copied in one commit, or one document of more."""

OnMove = Callable[[str, int, int], None]
"""Told what is being done, how many documents of how many are done."""

TRIES = 10
"""How often a move is begun again because its source changed under it: what was copied stays."""

COPIED = ("ocr",)
"""Facts that go along, beside the model."""


class Source(Facts, Protocol):
    """A store that is copied from."""

    def document(self, path: str) -> Document:
        """The stored text and layout of one document."""

    def passage_ids(self, documents: Iterable[int]) -> Ids:
        """Ids of all passages of some documents, ascending."""

    def passages(self, ids: Sequence[int]) -> list[PassageRecord]:
        """The passages of `ids`, in that order."""

    def vectors_of(self, ids: Sequence[int]) -> dict[int, NDArray[np.float16]]:
        """Vectors of passages: float16 (dimension,) each."""

    def packed_sentences(self, ids: Sequence[int]) -> dict[int, bytes]:
        """The vectors of their sentences, packed."""


class Kept(Protocol):
    """An index, wherever it is kept."""

    def source(self) -> AbstractContextManager[Source]:
        """What is in it, held still for the length of the `with` block. Raises `IndexMissing` and the like."""

    def target(self, dimension: int, *, passages: int, only_if_empty_or_of: str) -> AbstractContextManager[Writer]:
        """To be written into; only if there is nothing, or what a model of that fingerprint made.

        `passages`: about so many are coming.
        """


@dataclass(frozen=True, slots=True)
class MoveReport:
    """What a move did."""

    documents: int
    """Of the index, those that failed to be read included."""
    copied: int
    """Of these, now; the others were there from a move that was broken off."""
    removed: int
    """Taken out of the target, because the source has them no more."""
    passages: int
    digest: str
    """SHA-256 over all that was compared, the same in both stores."""


def moved(source: Kept, target: Kept, tell: OnMove) -> MoveReport:
    """Copy the index in `source` to `target`, and compare them.

    Where documents of the source change meanwhile, these are copied again. Raises `IndexMissing`, `IndexMismatch` when
    the target holds an index of another model, `IndexLocked`, and `StoreError` when what was read back is not what was
    copied, or the source does not come to rest.
    """
    copied = removed = 0

    def note(more: int, gone: int) -> None:
        nonlocal copied, removed
        copied, removed = copied + more, removed + gone

    for _ in range(TRIES):
        with suppress(ChangedMeanwhile):
            documents, passages, digest = _moved_once(source, target, tell, note)
            return MoveReport(documents, copied, removed, passages, digest)
    raise StoreError(
        "the documents change faster than they are moved: move again when no sync is under way, which copies what is "
        "missing"
    )


def _moved_once(source: Kept, target: Kept, tell: OnMove, note: Callable[[int, int], None]) -> tuple[int, int, str]:
    """Documents, passages and digest of what was moved; `note` is told how many were copied and removed."""
    with source.source() as read:
        dimension, fingerprint = int(read.meta("dimension") or 0), read.meta("fingerprint")
        if read.meta("under_way") or not fingerprint:
            raise StoreError(
                "the index is not whole, because a sync is under way or was broken off: let it end, or run `footnote "
                "sync`, then move it"
            )
        known = read.known_files()
        coming = about(sum(file.facts.size for file in known.values()))
        with target.target(dimension, passages=coming, only_if_empty_or_of=fingerprint) as write:
            _note(write, read)
            there = write.known_files()
            gone = [file for name, file in there.items() if name not in known]
            due = [file for name, file in known.items() if not _is_same(file, there.get(name))]
            _remove(write, gone)
            note(0, len(gone))
            for done, some in _grouped(read, due):
                tell("copying", len(known) - len(due) + done, len(known))
                _copy(read, write, some, dimension)
                note(len(some), 0)
            with write.committing():
                write.set_meta("under_way", "")
        with target.source() as back:
            theirs = back.known_files()
            digest, passages = _compared(read, back, known, theirs, tell)
    return len(known), passages, digest


def _note(write: Writer, read: Source) -> None:
    with write.committing():
        for name in ("model", "fingerprint", "dimension", *COPIED):
            write.set_meta(name, read.meta(name) or "")
        write.set_meta("under_way", "moving")


def _remove(write: Writer, gone: Sequence[KnownFile]) -> None:
    for at in range(0, len(gone), AT_ONCE):
        with write.committing():
            for file in gone[at : at + AT_ONCE]:
                write.remove(file.id)


def _grouped(read: Source, files: Sequence[KnownFile]) -> Iterator[tuple[int, list[tuple[KnownFile, list[int]]]]]:
    """(files given before, some files with the ids of their passages)."""
    some: list[tuple[KnownFile, list[int]]] = []
    size = 0
    for done, file in enumerate(files):
        ids = read.passage_ids([file.id]).tolist() if file.state is State.INDEXED else []
        if some and (size + len(ids) > AT_ONCE or len(some) >= AT_ONCE):
            yield done - len(some), some
            some, size = [], 0
        some.append((file, ids))
        size += len(ids)
    if some:
        yield len(files) - len(some), some


def _copy(read: Source, write: Writer, files: Sequence[tuple[KnownFile, list[int]]], dimension: int) -> None:
    ids = [id_ for _, of_file in files for id_ in of_file]
    records = {record.id: record for record in read.passages(ids)}
    keys = {id_: passage_key(record) for id_, record in records.items()}
    vectors, sentences = read.vectors_of(ids), read.packed_sentences(ids)
    with write.committing():
        if ids:
            write.put_vectors([keys[id_] for id_ in ids], np.array([vectors[id_] for id_ in ids], np.float32))
            write.put_sentences((keys[id_], unpacked(data, dimension)) for id_, data in sentences.items())
        for file, of_file in files:
            if file.state is State.INDEXED:
                document = read.document(file.facts.path)
                passages = [(keys[id_], _passage(records[id_])) for id_ in of_file]
                write.put_document(file.facts, file.digest, file.recipe, document, passages)
            else:
                write.put_failed(file.facts, file.digest, file.recipe, file.reason)


def _passage(record: PassageRecord) -> Passage:
    return Passage(record.start, record.end, record.text, record.context, record.place, record.sentences, record.blocks)


def _is_same(file: KnownFile, other: KnownFile | None) -> bool:
    """Whether the same bytes were read in the same way, with the same outcome."""
    return other is not None and file._replace(id=0) == other._replace(id=0)


def _compared(
    read: Source, back: Source, known: dict[bytes, KnownFile], theirs: dict[bytes, KnownFile], tell: OnMove
) -> tuple[str, int]:
    """The digest over all of an index, and its passages. Raises `StoreError` where the two differ."""
    if known.keys() != theirs.keys():
        raise StoreError("the documents changed while they were moved: move again, which copies what is missing")
    whole, passages = hashlib.sha256(), 0
    for done, some in _grouped(read, [known[name] for name in sorted(known)]):
        tell("comparing", done, len(known))
        ours, others = [file for file, _ in some], [theirs[file.facts.name] for file, _ in some]
        for file, other, digest, its in zip(ours, others, _digests(read, ours), _digests(back, others), strict=True):
            if digest != its or not _is_same(file, other):
                raise StoreError(
                    f"{file.facts.path} is not in the new store as it is in the old one: move again; if that does not "
                    "help, run `footnote sync --rebuild` there"
                )
            whole.update(digest)
        passages += sum(len(ids) for _, ids in some)
    return whole.hexdigest(), passages


def _digests(store: Source, files: Sequence[KnownFile]) -> list[bytes]:
    """SHA-256 over each document: its text, passages and vectors; of one that was not read, over the reason."""
    ids = store.passage_ids([file.id for file in files if file.state is State.INDEXED]).tolist()
    vectors, sentences = store.vectors_of(ids), store.packed_sentences(ids)
    records: dict[int, list[PassageRecord]] = {}
    for record in store.passages(ids):
        records.setdefault(record.document.id, []).append(record)
    found = []
    for file in files:
        if file.state is not State.INDEXED:
            found.append(hashlib.sha256(file.reason.encode()).digest())
            continue
        document = store.document(file.facts.path)
        digest = hashlib.sha256(document.text.encode())
        digest.update(document_layout(document))
        for record in records.get(file.id, []):
            place = f"{record.start} {record.end} {passage_layout(_passage(record))}"
            digest.update(passage_key(record) + place.encode() + vectors[record.id].tobytes())
            digest.update(str(len(sentences.get(record.id, b""))).encode())
        found.append(digest.digest())
    return found


def refuse_other(fingerprint: str | None, wanted: str, place: str) -> None:
    """Raise `IndexMismatch` for a target that holds an index made by another model."""
    if fingerprint and fingerprint != wanted:
        raise IndexMismatch(
            f"{place} holds an index made by {fingerprint}, this one was made by {wanted}: name another collection or "
            "corpus, or delete that index first"
        )
