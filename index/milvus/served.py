"""The index of one folder, kept on a Milvus server: to whoever asks it the same as one beside the folder."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from index.documents import PagePicture, Span
from index.drawing import page_picture
from index.embedding import Embedder
from index.errors import ChangedMeanwhile, IndexMismatch, IndexMissing, SettingError, StoreError
from index.hiring import Hiring
from index.listing import Held
from index.memory import VectorMemory
from index.milvus.address import Address
from index.milvus.collections import Collections, ready
from index.milvus.connection import Connection
from index.milvus.lease import leased
from index.milvus.reading import MilvusReader
from index.milvus.rows import Fetched
from index.milvus.searching import MilvusLexical, MilvusSearched, MilvusVectors
from index.milvus.standing import Standing
from index.milvus.states import States
from index.milvus.statistics import SAMPLE_PASSAGES
from index.milvus.writing import MilvusWriter, begin
from index.milvus.written import MilvusConversations, MilvusJudgements
from index.moving import refuse_other
from index.reading import checked_languages, languages_wanted
from index.renewal import check_model
from index.report import OnProgress, SyncProgress, SyncReport
from index.scanning import about, check_corpus, scan
from index.snapshot import Snapshot
from index.splitting import SplitSettings
from index.sync import is_readable, synced

if TYPE_CHECKING:
    from index.checking import Finding, OnCheck
    from index.watching import Changed, Notice

__all__ = ["MilvusIndex"]

CHECKED_AGAIN = 3
"""How often a check is begun because documents change meanwhile."""


class MilvusIndex:
    """The index of the folder `corpus` at `address`. Nothing is connected to before it is needed; threads may share it.

    It has what `index.folder.Index` has.
    """

    copied_from = ""  # address that the folder is a copy of

    def __init__(
        self,
        corpus: str | Path,
        address: Address,
        *,
        index: str | Path | None = None,
        model: str | None = None,
        device: str | None = None,
        embedder: Embedder | None = None,
        settings: SplitSettings | None = None,
        ocr: str | bool | None = None,
    ) -> None:
        """Name the folder, where its index is, and how to index it.

        `index`: folder for documents that were taken out on the page (default: `.footnote` in the corpus). The others
        as of `index.folder.Index`.
        """
        self.corpus, self.address = Path(corpus).expanduser(), address
        self.folder = Path(index).expanduser() if index else self.corpus / ".footnote"
        self._ocr = ocr
        self._settings = settings or SplitSettings()
        self._hiring = Hiring(
            self.corpus,
            self._settings,
            model=model,
            device=device,
            embedder=embedder,
            recorded=lambda: self._facts()[0].get("model"),
        )
        self._memory = VectorMemory()
        self._connection = Connection(address)
        self._names = Collections.of(address.collection, address.partition(self.corpus))
        self._states = States(self._connection, self._names)
        self.judgements = MilvusJudgements(self.folder, self._states.there)
        self.conversations = MilvusConversations(self.folder, self._states.there)
        self._drawing = threading.Lock()

    @property
    def exists(self) -> bool:
        """Whether an index was built there. Raises `StoreError` when the server cannot be asked."""
        return "fingerprint" in self._facts()[0]

    @property
    def embedder(self) -> Embedder:
        """The model, loaded on first use."""
        return self._hiring.embedder()

    @property
    def warning(self) -> str:
        """What to know of the server; "" when there is nothing."""
        if self._connection.has_words:
            return ""
        return (
            f"the server at {self.address} is Milvus {self._connection.version}, which has no BM25 (2.5 has): of a "
            f"corpus of more than {SAMPLE_PASSAGES:,} passages most are found by their meaning only"
        )

    def sync(
        self,
        on_progress: OnProgress | None = None,
        *,
        rebuild: bool = False,
        only: Iterable[str] | None = None,
        ray: str | None = None,
    ) -> SyncReport:
        """Bring the index in step with the folder, as `index.folder.Index.sync` does.

        Raises `CorpusError`, `StoreError` and its kinds, `ModelError`, `SettingError`.
        """
        tell = on_progress or (lambda _: None)
        check_corpus(self.corpus)
        tell(SyncProgress("looking at the server"))
        _ = self._connection.version
        with ExitStack() as after:
            hands = self._hiring.hands(ray, after, tell, self.copied_from)
            ready(self._connection, self._names, hands.embedder.dimension, self._coming)
            writer = after.enter_context(self._writing())
            self._check_folder(writer, rebuild=rebuild)
            if rebuild:
                with writer.committing():
                    writer.clear()
            if rebuild or not writer.meta("store"):
                begin(writer)
                only = None
            self._note_folder(writer)
            wanted = self._ocr and checked_languages(languages_wanted(self._ocr, lambda: writer.meta("ocr")))
            ocr = writer.meta("ocr") if wanted is None else wanted or ""
            return synced(self.corpus, writer, hands, tell, only, ocr=ocr)

    def changes(self, stop: threading.Event, say: Notice) -> Iterator[Changed]:
        """Yield at once, then whenever documents have changed, until `stop` is set; see `index/watching`."""
        from index.watching import changes

        return changes(self.corpus, index=self.folder, stop=stop, say=say)

    def check(self, sample: int, on_check: OnCheck | None = None) -> list[Finding]:
        """Test the index against itself and its folder; see `index.milvus.checking`."""
        from index.milvus.checking import inspected

        check_corpus(self.corpus)
        for _ in range(CHECKED_AGAIN):
            with suppress(ChangedMeanwhile), self._states.doubting():
                return list(inspected(self.corpus, self._reader(), self.embedder, self._settings, sample=sample))
        raise StoreError("the documents change while they are checked: check again when no sync is under way")

    def repair(self, sample: int, say: Callable[[str], None], on_check: OnCheck | None = None) -> None:
        """A server mends itself, or is built anew. Raises `SettingError`."""
        raise SettingError(
            f"the index is kept at {self.address}, whose files are the server's: run `footnote sync`, which ends what "
            "was broken off, or `footnote sync --rebuild`"
        )

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """The index as of now. Raises `IndexMissing`, `StoreError`."""
        facts, standing = self._facts()
        if "fingerprint" not in facts:
            raise self._missing()
        check_model(facts.get("fingerprint"), facts.get("model"), self.embedder, f"at {self.address}")
        seen = self._states.seen(facts, standing)
        vectors, lexical = MilvusVectors(seen.fetched, seen.value), MilvusLexical(seen.fetched, seen.value)
        searched = MilvusSearched(seen.standing.change, vectors, lexical)
        with self._states.doubting():
            yield Snapshot(self._states.reader_of(seen), searched, self.embedder, self._memory)

    @contextmanager
    def source(self) -> Iterator[MilvusReader]:
        """What is in it, to be moved (`index.moving`)."""
        with self._states.doubting():
            yield self._reader()

    @contextmanager
    def target(self, dimension: int, *, passages: int, only_if_empty_or_of: str) -> Iterator[MilvusWriter]:
        """To be moved into; only if there is nothing, or what a model of that fingerprint made."""
        ready(self._connection, self._names, dimension, lambda: passages)
        with self._writing() as writer:
            refuse_other(writer.meta("fingerprint"), only_if_empty_or_of, f"the store {self.address}")
            self._check_folder(writer, rebuild=False)
            if not writer.meta("store"):
                begin(writer)
            self._note_folder(writer)
            yield writer

    def held(self, before: Held) -> Held:
        """What the index holds now; `before`, if nothing changed. Raises `StoreError`."""
        facts, standing = self._facts()
        state = facts.get("store", ""), standing.change
        if not facts or state == before.state:
            return before if facts else Held()
        seen = self._states.listed(facts, standing)
        return before if seen.state == before.state else Held(seen.state, seen.value.files, seen.value.documents)

    def picture(self, path: str, *, page: int, span: Span, others: Sequence[Span] = (), scale: int = 1) -> PagePicture:
        """A page of an indexed PDF as it looks; see `index.folder.Index.picture`. The file has to be in the folder."""
        reader = self._reader()
        (name, digest), document = reader.file_of(path), reader.document(path)
        with self._drawing:
            return page_picture(
                self.corpus / name.decode("utf-8", "surrogateescape"), digest, document, page=page, span=span,
                others=others, scale=scale,
            )  # fmt: skip

    @contextmanager
    def _writing(self) -> Iterator[MilvusWriter]:
        fetched = self._fetched()
        with leased(fetched, f"{self.address.corpus_of(self.corpus)} at {self.address}") as still_held:
            yield MilvusWriter(fetched, still_held)

    def _coming(self) -> int:
        """About how many passages the documents have."""
        return about(sum(facts.size for facts in scan(self.corpus, is_readable).files.values()))

    def _facts(self) -> tuple[dict[str, str], Standing]:
        return self._states.facts()

    def _fetched(self) -> Fetched:
        return self._states.fetched()

    def _reader(self) -> MilvusReader:
        facts, standing = self._facts()
        if "fingerprint" not in facts:
            raise self._missing()
        return self._states.reader(facts, standing)

    def _missing(self) -> IndexMissing:
        return IndexMissing(
            f"there is no index of {self.address.corpus_of(self.corpus)} at {self.address}: run `footnote sync` to "
            "build it"
        )

    def _check_folder(self, writer: MilvusWriter, *, rebuild: bool) -> None:
        """Another folder of the same name must not take the place of the documents that are there."""
        known = writer.meta("folder")
        if known and known != self._where() and not rebuild:
            raise IndexMismatch(
                f"the corpus {self.address.corpus_of(self.corpus)} at {self.address} was made of the folder {known}, "
                f"this is {self._where()}: name another corpus (--store …?corpus=NAME), or run `footnote sync "
                "--rebuild` when the folder was moved"
            )

    def _note_folder(self, writer: MilvusWriter) -> None:
        if writer.meta("folder") != self._where():
            with writer.committing(visible=False):
                writer.set_meta("folder", self._where())

    def _where(self) -> str:
        return str(self.corpus.resolve())
