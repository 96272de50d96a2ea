"""Bring the index in step with the folder, reading and embedding only what is new.

What is read can be found by its words at once; vectors follow (see `intake.py` and `following.py`). Every commit holds
whole documents: killed at any moment, the index is as of the last commit and the next sync goes on from there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from index.crew import settled
from index.embedding import EmbedsPassages
from index.errors import ReadError
from index.following import PASSAGES, SENTENCES, Following
from index.hands import Hands
from index.intake import Intake
from index.planning import Plan, plan
from index.reading import READABLE_SUFFIXES
from index.recipes import OCR, Recipe
from index.report import OnProgress, SyncProgress, SyncReport
from index.scanning import FileFacts, Scan, digest_of, scan, suffix_of
from index.splitting import SplitSettings
from index.stores import Facts, Writer
from index.telling import Telling

__all__ = ["due", "is_readable", "synced"]

OVERLAP_CORES = 3
"""With as many, passages are embedded while other files are still being read; with fewer, reading has them all, so that
everything is found by its words soon."""

SAVED_SECONDS = 30.0
"""Of a long sync between two writings of the derived indexes, so that who opens the index meanwhile need not make them.
More when writing takes long: nine tenths of the time are for the sync."""


def synced(
    corpus: Path,
    store: Writer,
    hands: Hands,
    on_progress: OnProgress,
    only: Iterable[str] | None = None,
    save: Callable[[], None] = lambda: None,
    ocr: str | None = None,
) -> SyncReport:
    """Sync the store with the folder `corpus`, or `only` with some of it; the caller holds the writer's lock.

    `hands` read, split and embed. `save` writes what is derived from the store; it is called now and then in a long
    sync. `ocr`: languages of text recognition for scanned pages, "" for none, None for those of the last time.
    """
    started, scanned_at_ns = time.monotonic(), time.time_ns()
    on_progress(SyncProgress("looking through the folder"))
    embedder = hands.embedder
    recipe = Recipe.of_now(store, embedder, hands.settings, ocr)
    rebuilt = _settle_model(store, embedder)
    found = scan(corpus, is_readable, None if rebuilt else only)
    todo = _planned(corpus, found, store, recipe)
    was_interrupted = _begin(store, recipe)
    _apply_bookkeeping(store, todo, scanned_at_ns)
    after = 0 if was_interrupted else store.last_passage()
    told, saving = Telling(on_progress), _Saving(save)
    intake = Intake(store, hands, recipe, todo.to_read, told)
    with Following(store, embedder, PASSAGES, after) as following:
        intake.run(following if hands.cores >= OVERLAP_CORES else None)
        _embed_passages(store, following, after, told, saving)
        embedded = intake.embedded + following.embedded
    _embed_sentences(store, embedder, after, told, saving)
    with store.committing(visible=False):
        store.drop_unused_vectors(all_of_them=was_interrupted)
        store.set_meta("under_way", "")
    documents, passages = store.counts()
    return SyncReport(
        new=_paths(facts for facts in todo.new if facts.name not in intake.failed),
        changed=_paths(facts for facts in todo.changed if facts.name not in intake.failed),
        renamed=tuple((known.facts.path, facts.path) for known, facts in todo.renamed),
        removed=_paths(known.facts for known in todo.removed),
        unchanged=_paths([k.facts for k in todo.unchanged] + [facts for _, facts in todo.touched]),
        failed=_failures(todo, intake),
        in_part=_in_part(todo, intake),
        skipped=tuple(sorted(found.skipped + [(os.fsdecode(name), why) for name, why in found.unlisted])),
        embedded=embedded,
        documents=documents,
        passages=passages,
        rebuilt=rebuilt,
        seconds=time.monotonic() - started,
    )


def due(corpus: Path, store: Facts, embedder: EmbedsPassages, settings: SplitSettings) -> Plan:
    """What a sync would have to do now. Raises `CorpusError` when the folder cannot be listed."""
    return _planned(corpus, scan(corpus, is_readable), store, Recipe.of_now(store, embedder, settings))


class _Saving:
    """Writes the derived indexes when it is time."""

    def __init__(self, save: Callable[[], None]) -> None:
        self._save, self._from, self._pause = save, time.monotonic(), SAVED_SECONDS

    def now_and_then(self) -> None:
        """Write them unless that was done not long ago."""
        began = time.monotonic()
        if began - self._from >= self._pause:
            self._save()
            self._from = time.monotonic()
            self._pause = max(SAVED_SECONDS, 9 * (self._from - began))


def _embed_passages(store: Writer, following: Following, after: int, told: Telling, saving: _Saving) -> None:
    """Embed the passages above `after`, which are found by their words already."""
    total = store.count_due(PASSAGES, after)
    if not total:
        return
    told.stage("embedding the passages")
    searchable, already = store.counts()[1], (told.at.embedded, following.embedded, following.passages)

    def tell() -> None:
        done = following.passages - already[2]
        progress = replace(
            told.at,
            embedded=already[0] + following.embedded - already[1],
            by_words=max(0, total - done),
            by_words_total=total,
            searchable=searchable,
        )
        told.tell(progress, done)
        saving.now_and_then()

    following.run(tell)


def _embed_sentences(store: Writer, embedder: EmbedsPassages, after: int, told: Telling, saving: _Saving) -> None:
    """Embed the sentences of the passages above `after`: they can be found already, and are now answered from faster.

    Passages whose text was known keep what they have.
    """
    total = store.count_due(SENTENCES, after)
    if not total:
        return
    told.stage("embedding the sentences")
    with Following(store, embedder, SENTENCES, after) as following:

        def tell() -> None:
            done = following.passages
            told.tell(replace(told.at, passages=min(done, total), passages_total=total, by_words=0), done)
            saving.now_and_then()

        following.run(tell)


def _settle_model(store: Writer, embedder: EmbedsPassages) -> str:
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


def _planned(corpus: Path, found: Scan, store: Facts, recipe: Recipe) -> Plan:
    return plan(found, store.known_files(found.scope), recipe, lambda facts: _digest_or_none(corpus, facts))


def is_readable(path: str) -> bool:
    """By its name; a file without a suffix may be anything and is judged by its content when read."""
    suffix = suffix_of(path)
    return not suffix or suffix in READABLE_SUFFIXES


def _begin(store: Writer, recipe: Recipe) -> bool:
    """Note that a sync is under way; True when an earlier one was interrupted and may have left vectors unused."""
    was_interrupted = bool(store.meta("under_way"))
    with store.committing(visible=False):
        store.set_meta("under_way", "yes")
        store.set_meta(OCR, recipe.languages)
    return was_interrupted


def _apply_bookkeeping(store: Writer, todo: Plan, scanned_at_ns: int) -> None:
    """Everything that needs no reading, in one commit."""
    if not (todo.removed or todo.renamed or todo.touched):
        return
    with store.committing():
        for known in todo.removed:
            store.remove(known.id)
        for known, facts in todo.renamed:
            store.renamed(known, settled(facts, scanned_at_ns))
        for known, facts in todo.touched:
            store.touched(known, settled(facts, scanned_at_ns))


def _digest_or_none(corpus: Path, facts: FileFacts) -> bytes | None:
    try:
        return digest_of(corpus / os.fsdecode(facts.name))
    except ReadError:
        return None


def _failures(todo: Plan, intake: Intake) -> tuple[tuple[str, str], ...]:
    return tuple(sorted([(known.facts.path, known.reason) for known in todo.failed] + list(intake.failed.values())))


def _in_part(todo: Plan, intake: Intake) -> tuple[tuple[str, str], ...]:
    """Documents with a note on their reading, those of earlier syncs included."""
    kept = [(known.facts.path, known.reason) for known in todo.unchanged if known.reason]
    kept += [(facts.path, known.reason) for known, facts in (*todo.touched, *todo.renamed) if known.reason]
    return tuple(sorted(kept + list(intake.noted.values())))


def _paths(files: object) -> tuple[str, ...]:
    return tuple(sorted(facts.path for facts in files))  # type: ignore[attr-defined]
