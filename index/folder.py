"""The index of one folder: made, kept in step, and opened for asking."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from index import derived
from index.conversations import Conversations
from index.database import Recorded, file_identity, legible, missing_index, readable, recorded
from index.documents import PagePicture, Span
from index.drawing import page_picture
from index.embedding import Embedder
from index.errors import IndexMissing, StoreError
from index.hands import Hands, here
from index.hiring import Hiring
from index.judgements import Judgements
from index.listing import Held
from index.memory import VectorMemory
from index.reading import checked_languages, languages_wanted
from index.renewal import check_model, delete_index, ensure_identity, outdated
from index.report import OnProgress, SyncReport
from index.room import make_folder
from index.scanning import check_corpus
from index.snapshot import Snapshot
from index.splitting import SplitSettings
from index.store import Store
from index.sync import synced
from index.verifying import verify_later
from index.writer import writing
from index.writing import WritableStore

if TYPE_CHECKING:
    from index.checking import Finding, OnCheck
    from index.watching import Changed, Notice

__all__ = ["INDEX_FOLDER", "Index"]

INDEX_FOLDER = ".footnote"
"""Where the index of a folder lies: inside it, like `.git`."""


class Index:
    """The index of the folder `corpus`. Nothing is opened before it is needed; threads may share it."""

    warning = ""  # there is nothing to know of a folder
    copied_from = ""  # address that the folder is a copy of

    def __init__(
        self,
        corpus: str | Path,
        *,
        index: str | Path | None = None,
        model: str | None = None,
        device: str | None = None,
        embedder: Embedder | None = None,
        settings: SplitSettings | None = None,
        ocr: str | bool | None = None,
    ) -> None:
        """Name the folder and how to index it; nothing is opened yet.

        `index`: where to keep it (default: `.footnote` in the corpus). `model`: a sentence-transformers model by
        name or folder (default: what the index was made with, else the embedded model). `ocr`: languages of text
        recognition for scanned pages ("eng", "deu+eng"), True for those of the last time, "" for none (default: as the
        index was made).
        """
        self.corpus = Path(corpus).expanduser()
        self.folder = Path(index).expanduser() if index else self.corpus / INDEX_FOLDER
        self._ocr = "" if ocr is False else ocr
        self._settings = settings or SplitSettings()
        self._hiring = Hiring(
            self.corpus,
            self._settings,
            model=model,
            device=device,
            embedder=embedder,
            recorded=lambda: self._recorded().model,
        )
        self._memory = VectorMemory()
        self.judgements = Judgements(self.folder)
        self.conversations = Conversations(self.folder)
        self._derived: derived.Derived | None = None
        self._derived_from = ""
        self._verified: set[tuple[str, int]] = set()
        self._lock = threading.RLock()
        self._drawing = threading.Lock()  # one page at a time: each may take a lot of memory
        self._local = threading.local()

    @property
    def exists(self) -> bool:
        """Whether an index was built."""
        return self._database.is_file()

    @property
    def embedder(self) -> Embedder:
        """The model, loaded on first use."""
        return self._hiring.embedder()

    def sync(
        self,
        on_progress: OnProgress | None = None,
        *,
        rebuild: bool = False,
        only: Iterable[str] | None = None,
        ray: str | None = None,
    ) -> SyncReport:
        """Bring the index in step with the folder; only new text is embedded.

        `rebuild` starts from nothing, with the same model unless another was named; so does a sync of an index of an
        older format. `only`: files and folders below the corpus, new, changed or gone, that are looked at instead of
        the whole folder (a sync from nothing looks at all of it); the report tells of these. `ray`: read, split and
        embed on a Ray cluster, "auto" or its address; see `index/spreading`.
        Raises `ClusterError`, `CorpusError`, `IndexDamaged`, `IndexNotWritable`, `IndexLocked`, `IndexMismatch`,
        `ModelError`, `SettingError`.
        """
        tell = on_progress or (lambda _: None)
        check_corpus(self.corpus)
        named = self._ocr and checked_languages(languages_wanted(self._ocr, lambda: self._recorded().ocr))
        make_folder(self.folder)
        with writing(self.corpus, self.folder), ExitStack() as after:
            renewed = outdated(self._database, rebuild=rebuild)
            # Before anything is deleted: the old index says which model it was, and stays when that cannot be loaded.
            hands = self._hiring.hands(ray, after, tell, self.copied_from)
            ocr = self._recorded().ocr if named is None else named
            if rebuild or renewed or not self.exists:
                self._forget_derived()
                delete_index(self.folder)
            if rebuild or renewed:
                only = None
            report = self._synced(self._database, hands, ocr, tell, only)
        return replace(report, rebuilt=renewed) if renewed else report

    def _synced(
        self, database: Path, hands: Hands, ocr: str | None, tell: OnProgress, only: Iterable[str] | None = None
    ) -> SyncReport:
        """Sync the store in the file `database`; whoever calls holds the writer's place."""
        with readable(database), closing(WritableStore.create(database)) as store:
            ensure_identity(store, self.folder)
            save = partial(self._save_derived, store, hands.embedder.dimension)
            report = synced(self.corpus, store, hands, tell, only, save, ocr)
            save()
        return report

    def changes(self, stop: threading.Event, say: Notice) -> Iterator[Changed]:
        """Yield at once, then whenever documents have changed, until `stop` is set; see `index/watching`."""
        from index.watching import changes

        return changes(self.corpus, index=self.folder, stop=stop, say=say)

    def check(self, sample: int, on_check: OnCheck | None = None) -> list[Finding]:
        """Test the index against itself and its folder; see `index/checking`.

        `sample`: passages looked at where looking at all would take long. Raises `IndexMissing`, `CorpusError`,
        `ModelError`; what is wrong with the index itself is a finding.
        """
        from index.checking import inspected

        check_corpus(self.corpus)
        if not self.exists:
            raise missing_index(self.folder)
        tell = on_check or (lambda _: None)
        with readable(self._database):
            return list(inspected(self.corpus, self._database, self.embedder, self._settings, sample=sample, tell=tell))

    def repair(self, sample: int, say: Callable[[str], None], on_check: OnCheck | None = None) -> None:
        """Mend what is damaged from what is whole and from the documents, which are only read; see `index/repairing`.

        `say` gets a line for each thing that was found and done. Raises `IndexMissing`, `CorpusError`, `IndexLocked`,
        `IndexMismatch`, `IndexNotWritable`, `ModelError`.
        """
        from index.repairing import Mend, repaired

        check_corpus(self.corpus)
        if not self.exists:
            raise missing_index(self.folder)
        with readable(self._database), writing(self.corpus, self.folder):
            self._forget_derived()
            self._hiring.forget()
            repaired(Mend(self.folder, build=self._built, check=lambda: self.check(sample, on_check), say=say))

    def _built(self, database: Path) -> SyncReport:
        """Sync a store under repair, made as it says itself, else as the damaged one says."""
        found, damaged = self._recorded(database), self._recorded()
        embedder = self._hiring.embedder(made_with=found.model or damaged.model)
        remembered = found.ocr or damaged.ocr
        ocr = remembered if self._ocr is None else languages_wanted(self._ocr, lambda: remembered)
        return self._synced(database, here(self.corpus, embedder, self._settings), ocr, lambda _: None)

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The index as of now, held still for the length of the `with` block. Raises `IndexMissing` and the like."""
        with readable(self._database):
            store, embedder = self._store(), self.embedder
            while True:
                with store.reading():
                    # Each time: a sync with another model writes into the same file.
                    self._check_model(store)
                    current = self._derived_for(store)
                    if current.change == store.change():
                        yield Snapshot(store, current, embedder, self._memory)
                        return

    def picture(self, path: str, *, page: int, span: Span, others: Sequence[Span] = (), scale: int = 1) -> PagePicture:
        """A page of an indexed PDF as it looks, with boxes over the characters of `span` that stand on it.

        `others`: spans that get boxes of their own. `scale`: 2 for twice as many pixels a side. It is drawn in a
        process of its own. Raises `KeyError` for an unknown path, `ReadError` when the file has changed or gone since
        it was indexed, or the page cannot be drawn.
        """
        store = self._store()
        with readable(self._database), store.reading():
            (name, digest), document = store.file_of(path), store.document(path)
        file = self.corpus / os.fsdecode(name)
        with self._drawing:
            return page_picture(file, digest, document, page=page, span=span, others=others, scale=scale)

    def held(self, before: Held) -> Held:
        """What the index holds now; `before`, if nothing changed. Raises `StoreError` when it cannot be read."""
        if not self.exists:
            return Held()
        try:
            store = Store.open(self._database)
        except IndexMissing:
            return Held()
        with closing(store), readable(self._database), store.reading():
            state = store.identity(), store.change()
            return before if state == before.state else Held(state, store.known_files(), tuple(store.documents()))

    @property
    def _database(self) -> Path:
        return self.folder / "index.db"

    def _recorded(self, database: Path | None = None) -> Recorded:
        """What an index of any format was made with, as far as that can be read; nothing when there is none."""
        try:
            return recorded(database or self._database)
        except StoreError:
            return legible(database or self._database)

    def _store(self) -> Store:
        """This thread's connection; a new one when the file was replaced."""
        identity = file_identity(self._database)
        if identity is None or getattr(self._local, "identity", None) != identity:
            self._local.store = Store.open(self._database)
            self._local.identity = identity
        store: Store = self._local.store
        return store

    def _check_model(self, store: Store) -> None:
        if store.meta("fingerprint") is None:  # the first sync has just begun
            raise missing_index(self.folder)
        check_model(store.meta("fingerprint"), store.meta("model"), self.embedder, f"in {self.folder}")

    def _derived_for(self, store: Store) -> derived.Derived:
        with self._lock:
            # A rebuild counts its changes anew: the same number may name another state of another store.
            if self._derived is None or self._derived_from != store.identity():
                self._derived = derived.empty(self.embedder.dimension)
                self._derived_from = store.identity()
            stamps = self._derived.stamps
            self._derived = derived.caught_up(self._derived, store, self.folder)
            if self._derived.stamps != stamps:
                verify_later(self.folder, self._verified, self._forget_derived)
            return self._derived

    def _forget_derived(self) -> None:
        with self._lock:
            self._derived = None

    def _save_derived(self, store: WritableStore, dimension: int) -> None:
        """Write the derived indexes, merging what should be one; failing costs only time at the next start."""
        with self._lock:
            known = self._derived if self._derived_from == store.identity() else None
        current = known or derived.empty(dimension)
        try:
            current, reach = derived.saved(current, store, self.folder)
        except OSError:
            return
        with self._lock:
            self._derived, self._derived_from = current, store.identity()
        with store.committing(visible=False):
            store.forget_removed(reach)
