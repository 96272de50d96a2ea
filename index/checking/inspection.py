"""All that can be checked of one index without asking it anything, in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from index import derived
from index.checking.database import CheckedStore
from index.checking.findings import REPAIR, CheckProgress, Finding, OnCheck, Verdict, judged, not_checked
from index.checking.kept import kept_finding
from index.checking.searchable import derived_finding, file_finding
from index.checking.sentences import sentence_finding
from index.checking.stored import count_finding, model_finding, passage_finding, vector_finding
from index.embedding import Embedder
from index.errors import StoreError
from index.planning import Plan
from index.schema import FORMAT_VERSION
from index.splitting import SplitSettings
from index.sync import due

__all__ = ["folder_finding", "inspected"]

AFTER_STORE = ("rows", "model", "counts", "passages", "vectors", "sentences", "derived", "files", "folder")
"""What is looked at once the file itself is sound."""


def inspected(
    corpus: Path, database: Path, embedder: Embedder, settings: SplitSettings, *, sample: int, tell: OnCheck
) -> Iterator[Finding]:
    """Findings on the index in the file `database`, which was built of the folder `corpus`.

    What builds on something that is wrong is not checked. `sample`: how many passages are looked at where looking at
    all would take long.
    """
    tell(CheckProgress("reading the whole index", 0, 1))
    try:
        store = CheckedStore.at(database)
    except StoreError as error:
        yield _unreadable(error)
        yield from (not_checked(name, "mend first: store") for name in AFTER_STORE)
        yield kept_finding(database.parent)
        return
    try:
        with store.reading():
            yield from _of_store(corpus, database.parent, store, embedder, settings, sample=sample, tell=tell)
        yield kept_finding(database.parent)
    finally:
        store.close()


def _of_store(
    corpus: Path,
    folder: Path,
    store: CheckedStore,
    embedder: Embedder,
    settings: SplitSettings,
    *,
    sample: int,
    tell: OnCheck,
) -> Iterator[Finding]:
    sound = _store_finding(folder, store)
    yield sound
    if sound.verdict == Verdict.WRONG:
        yield from (not_checked(name, "mend first: store") for name in AFTER_STORE)
        return
    rows = _row_finding(store)
    yield rows
    if rows.verdict == Verdict.WRONG:
        yield from (not_checked(name, "mend first: rows") for name in AFTER_STORE[1:])
        return
    yield (model := model_finding(store, embedder))
    yield (counts := count_finding(store))
    yield (passages := passage_finding(store, tell))
    wrong = [finding.name for finding in (model, counts, passages) if finding.verdict == Verdict.WRONG]
    if wrong:
        yield from (
            not_checked(name, f"mend first: {', '.join(wrong)}") for name in ("vectors", "sentences", "derived")
        )
    else:
        yield vector_finding(store, embedder, sample, tell)
        yield sentence_finding(store, embedder, sample, tell)
        yield derived_finding(derived.load(folder, store, embedder.dimension), store, sample, tell)
    yield file_finding(folder, store)
    yield folder_finding(due(corpus, store, embedder, settings))


def _unreadable(error: StoreError) -> Finding:
    """The message of a `StoreError` as a finding: what is wrong, and after the colon what to do."""
    said, _, remedy = str(error).partition(": ")
    return Finding("store", Verdict.WRONG, said, remedy or REPAIR)


def _store_finding(folder: Path, store: CheckedStore) -> Finding:
    size = sum(path.stat().st_size for path in (folder / "index.db", folder / "index.db-wal") if path.exists())
    well = f"the SQLite file is sound, format {FORMAT_VERSION}, change {store.change():,}, {size / 1e6:,.1f} MB"
    return judged("store", store.problems(), well, facts={"bytes": size, "format": FORMAT_VERSION})


def _row_finding(store: CheckedStore) -> Finding:
    damaged = store.damaged_rows()
    problems = [f"row {row.number} of {table} differs from its checksum" for table in damaged for row in damaged[table]]
    return judged("rows", problems, "every row has the checksum of its values")


def folder_finding(plan: Plan) -> Finding:
    """How far the folder has moved on since the last sync."""
    kinds = ("new", "changed", "renamed", "removed")
    facts: dict[str, int | float | str] = {kind: len(getattr(plan, kind)) for kind in kinds}
    facts |= {"unchanged": len(plan.unchanged) + len(plan.touched), "failed": len(plan.failed)}
    if not any(facts[kind] for kind in kinds):
        return Finding("folder", Verdict.NOTE, f"in step: {facts['unchanged']:,} documents as indexed", facts=facts)
    said = ", ".join(f"{facts[kind]:,} {kind}" for kind in kinds if facts[kind])
    return Finding("folder", Verdict.NOTE, f"{said} since the last sync", "run `footnote sync`", facts=facts)
