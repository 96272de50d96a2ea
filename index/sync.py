"""Bring the index in step with the folder, reading and embedding only what is new.

Files are read in a process of their own, one ahead of the embedding. Every commit holds whole documents with their
vectors: killed at any moment, the index is as of the last commit and the next sync goes on from there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from index.documents import Document
from index.embedding import Embedder
from index.errors import ReadError
from index.planning import Plan, plan
from index.reading import READABLE_SUFFIXES, READER_VERSION, Reader
from index.report import OnProgress, SyncProgress, SyncReport
from index.scanning import FileFacts, Scan, digest_of, scan, suffix_of
from index.sentence_vectors import sentence_texts
from index.splitting import Passage, SplitSettings, embedding_text, split
from index.store import Store
from index.writing import WritableStore, passage_key

__all__ = ["due", "is_readable", "synced"]

BATCH_PASSAGES = 256
"""Passages embedded between two commits: 2 to 4 seconds of work on two cores."""

READ_AHEAD = 8
"""Documents read before their turn."""

RECENT_NS = 2_000_000_000
"""A file modified this shortly before the scan may change again within one tick of its clock: its times are not kept,
so that the next sync compares its bytes."""


class _ReadFile(NamedTuple):
    facts: FileFacts
    digest: bytes
    outcome: Document | ReadError


class _Pending(NamedTuple):
    read: _ReadFile
    passages: list[tuple[bytes, Passage]]


def synced(
    corpus: Path,
    store: WritableStore,
    embedder: Embedder,
    settings: SplitSettings,
    on_progress: OnProgress,
    only: Iterable[str] | None = None,
) -> SyncReport:
    """Sync the store with the folder `corpus`, or `only` with some of it; the caller holds the writer's lock."""
    started = time.monotonic()
    on_progress(SyncProgress("looking through the folder"))
    rebuilt = _settle_model(store, embedder)
    recipe, found = _recipe(embedder, settings), scan(corpus, is_readable, None if rebuilt else only)
    todo = _planned(corpus, found, store, recipe)
    was_interrupted = _begin(store)
    _apply_bookkeeping(store, todo)
    work = _Work(corpus, store, embedder, settings, recipe, on_progress, todo.to_read)
    last = 0 if was_interrupted else store.last_passage()
    work.run()
    _embed_sentences(store, embedder, last, work)
    with store.committing(visible=False):
        store.drop_unused_vectors(all_of_them=was_interrupted)
        store.set_meta("under_way", "")
    documents, passages = store.counts()
    return SyncReport(
        new=_paths(facts for facts in todo.new if facts.name not in work.failed),
        changed=_paths(facts for facts in todo.changed if facts.name not in work.failed),
        renamed=tuple((known.facts.path, facts.path) for known, facts in todo.renamed),
        removed=_paths(known.facts for known in todo.removed),
        unchanged=_paths([k.facts for k in todo.unchanged] + [facts for _, facts in todo.touched]),
        failed=_failures(todo, work),
        skipped=tuple(sorted(found.skipped + [(os.fsdecode(name), why) for name, why in found.unlisted])),
        embedded=work.embedded,
        documents=documents,
        passages=passages,
        rebuilt=rebuilt,
        seconds=time.monotonic() - started,
    )


def due(corpus: Path, store: Store, embedder: Embedder, settings: SplitSettings) -> Plan:
    """What a sync would have to do now. Raises `CorpusError` when the folder cannot be listed."""
    return _planned(corpus, scan(corpus, is_readable), store, _recipe(embedder, settings))


@dataclass(slots=True)
class _Work:
    """Read, split, embed and commit the files of one sync."""

    corpus: Path
    store: WritableStore
    embedder: Embedder
    settings: SplitSettings
    recipe: str
    on_progress: OnProgress
    files: Sequence[FileFacts]
    failed: dict[bytes, tuple[str, str]] = field(default_factory=dict)
    embedded: int = 0
    _done: int = 0
    _bytes: int = 0
    _started: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        """Work through the files; each batch is committed as soon as it is embedded."""
        if not self.files:
            return
        pending: list[_Pending] = []
        with Reader() as reader:
            for read in _read_ahead(self.files, lambda facts: _read(self.corpus, reader, facts)):
                pending.append(self._split(read))
                if sum(len(item.passages) for item in pending) >= BATCH_PASSAGES or self._is_last(pending):
                    self._commit(pending)
                    pending = []

    def _is_last(self, pending: Sequence[_Pending]) -> bool:
        return self._done + len(pending) == len(self.files)

    def _split(self, read: _ReadFile) -> _Pending:
        if isinstance(read.outcome, ReadError):
            return _Pending(read, [])
        passages = split(read.outcome, self.embedder, self.settings)
        if not passages:
            return _Pending(read._replace(outcome=ReadError("no text in this file")), [])
        return _Pending(read, [(passage_key(passage), passage) for passage in passages])

    def _commit(self, pending: Sequence[_Pending]) -> None:
        self._embed({key: embedding_text(p) for item in pending for key, p in item.passages}, pending)
        with self.store.committing():
            for item in pending:
                self._put(item)
        self._done += len(pending)
        self._bytes += sum(item.read.facts.size for item in pending)
        self._tell(0)

    def _put(self, item: _Pending) -> None:
        facts, digest, outcome = item.read
        if isinstance(outcome, ReadError):
            self.store.put_failed(_settled(facts), digest, self.recipe, str(outcome))
            self.failed[facts.name] = (facts.path, str(outcome))
        else:
            self.store.put_document(_settled(facts), digest, self.recipe, outcome, item.passages)

    def _embed(self, texts: dict[bytes, str], pending: Sequence[_Pending]) -> None:
        missing = iter(self.store.missing_vectors(list(texts)))
        total, fresh = max(len(texts), 1), 0
        while keys := list(islice(missing, BATCH_PASSAGES)):
            vectors = self.embedder.embed_passages([texts[key] for key in keys])
            with self.store.committing(visible=False):
                self.store.put_vectors(keys, vectors)
            fresh += len(keys)
            self.embedded += len(keys)
            self._tell(int(sum(item.read.facts.size for item in pending) * fresh / total))

    def _tell(self, bytes_under_way: int) -> None:
        self.on_progress(
            SyncProgress(
                "reading and embedding",
                documents=self._done,
                documents_total=len(self.files),
                embedded=self.embedded,
                bytes=self._bytes + bytes_under_way,
                bytes_total=max(1, sum(facts.size for facts in self.files)),
                seconds=time.monotonic() - self._started,
            )
        )

    def tell_of_sentences(self, done: int, total: int) -> None:
        """Tell of how many passages the sentences are embedded: the last thing there is to do."""
        seconds = time.monotonic() - self._started
        self.on_progress(SyncProgress("embedding the sentences", passages=done, passages_total=total, seconds=seconds))


def _embed_sentences(store: WritableStore, embedder: Embedder, after: int, work: _Work) -> None:
    """Embed the sentences of the passages above `after`: they can be found already, and are now answered from faster.

    Passages whose text was known keep what they have.
    """
    waiting = iter((due := store.without_sentences(after)).items())
    done = 0
    while some := dict(islice(waiting, BATCH_PASSAGES)):
        passages = store.passages(list(some.values()))
        texts = [sentence_texts(passage) for passage in passages]
        vectors = embedder.embed_passages([text for of_one in texts for text in of_one])
        ends = np.cumsum([len(of_one) for of_one in texts])[:-1]
        with store.committing():
            store.put_sentences(zip(some, np.split(vectors, ends), strict=True))
        done += len(some)
        work.tell_of_sentences(done, len(due))


def _settle_model(store: WritableStore, embedder: Embedder) -> str:
    """Record the model; when the index was made with another, forget its content and say why."""
    made_with, name = store.meta("fingerprint"), store.meta("model")
    if made_with == embedder.fingerprint:
        return ""
    with store.committing():
        if made_with is not None:
            store.clear()
        store.set_meta("model", embedder.name)
        store.set_meta("fingerprint", embedder.fingerprint)
        store.set_meta("dimension", str(embedder.dimension))
    if made_with is None:
        return ""
    return f"the index was made with {name} ({made_with}), now it is {embedder.name} ({embedder.fingerprint})"


def _recipe(embedder: Embedder, settings: SplitSettings) -> str:
    """How documents are read and split now; a document of another recipe is read again."""
    return f"reader {READER_VERSION}, {settings}, {embedder.max_tokens} tokens"


def _planned(corpus: Path, found: Scan, store: Store, recipe: str) -> Plan:
    return plan(found, store.known_files(found.scope), recipe, lambda facts: _digest_or_none(corpus, facts))


def is_readable(path: str) -> bool:
    """By its name; a file without a suffix may be anything and is judged by its content when read."""
    suffix = suffix_of(path)
    return not suffix or suffix in READABLE_SUFFIXES


def _begin(store: WritableStore) -> bool:
    """Note that a sync is under way; True when an earlier one was interrupted and may have left vectors unused."""
    was_interrupted = bool(store.meta("under_way"))
    with store.committing(visible=False):
        store.set_meta("under_way", "yes")
    return was_interrupted


def _apply_bookkeeping(store: WritableStore, todo: Plan) -> None:
    """Everything that needs no reading, in one commit."""
    if not (todo.removed or todo.renamed or todo.touched):
        return
    with store.committing():
        for known in todo.removed:
            store.remove(known.id)
        for known, facts in todo.renamed:
            store.renamed(known, _settled(facts))
        for known, facts in todo.touched:
            store.touched(known, _settled(facts))


def _read_ahead(files: Sequence[FileFacts], read: Callable[[FileFacts], _ReadFile]) -> Iterator[_ReadFile]:
    """`read` each file in order, in another thread and up to `READ_AHEAD` files before they are asked for."""
    remaining = iter(files)
    with ThreadPoolExecutor(1, thread_name_prefix="footnote-read") as pool:
        queue: list[Future[_ReadFile]] = [pool.submit(read, facts) for facts in islice(remaining, READ_AHEAD)]
        try:
            while queue:
                yield queue.pop(0).result()
                queue.extend(pool.submit(read, facts) for facts in islice(remaining, 1))
        finally:
            for waiting in queue:
                waiting.cancel()


def _read(corpus: Path, reader: Reader, facts: FileFacts) -> _ReadFile:
    path = corpus / os.fsdecode(facts.name)
    digest = b""
    try:
        digest = digest_of(path)
        return _ReadFile(facts, digest, reader.read(path))
    except ReadError as error:
        return _ReadFile(facts, digest, error)


def _digest_or_none(corpus: Path, facts: FileFacts) -> bytes | None:
    try:
        return digest_of(corpus / os.fsdecode(facts.name))
    except ReadError:
        return None


def _settled(facts: FileFacts) -> FileFacts:
    """`facts`, with times that never match when the file is too fresh to trust them."""
    recent = time.time_ns() - max(facts.mtime_ns, facts.ctime_ns) < RECENT_NS
    return FileFacts(facts.name, facts.path, facts.size, 0, 0) if recent else facts


def _failures(todo: Plan, work: _Work) -> tuple[tuple[str, str], ...]:
    return tuple(sorted([(known.facts.path, known.reason) for known in todo.failed] + list(work.failed.values())))


def _paths(files: object) -> tuple[str, ...]:
    return tuple(sorted(facts.path for facts in files))  # type: ignore[attr-defined]
