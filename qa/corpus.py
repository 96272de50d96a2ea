"""A folder of documents that can be asked: the model and the index stay in memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from index import Conversations, DocumentRecord, Embedder, Judgements, OnProgress, SyncReport
from index.documents import Document, PagePicture, Span
from index.errors import QuestionError
from index.holdings import Holdings
from index.opening import opened
from qa.again import again_if_changed
from qa.answers import Answer, Citation, Hit, Turn
from qa.cite import citation, hit
from qa.clarify import question_back
from qa.duplicates import groups
from qa.excerpts import AROUND_CHARACTERS, Excerpt, excerpt
from qa.followup import carried_words
from qa.judge import ANSWERED_FROM, confidence, features
from qa.pick import PASSAGES, Picked, extended, pick
from qa.question import MAX_QUESTION_CHARACTERS, checked, passages_within, words_to_carry
from qa.rerank import RESCORED, SECONDS, Reranker, Reranking
from qa.retrieve import Retrieved, retrieve
from qa.spelling import as_written

if TYPE_CHECKING:
    from index.checking import OnCheck
    from qa.checking import CheckReport
    from qa.written import LanguageModel, Written

__all__ = ["MAX_QUESTION_CHARACTERS", "Corpus"]

PASSAGE_SHARE = 0.3
"""Of the passage's score in the order of the citations after the first: what is around a sentence says, too, how good
the place is (FinanceBench: gold page among five .51 -> .53; with `PASSAGES` 10 -> 15 .60)."""

REPEATS = 20
"""Passages looked at beyond the last, when some of the first say the same."""

CITATIONS = 5
"""Citations of an answer at most, each of another passage."""


class Corpus:
    """The documents below one folder. Threads may share it.

    Questions are answered from the index as it is; `sync` brings it in step with the folder, here or elsewhere.
    """

    def __init__(  # noqa: PLR0913 -- each is an option of the command
        self,
        corpus: str | Path = "corpus",
        *,
        index: str | Path | None = None,
        model: str | None = None,
        device: str | None = None,
        embedder: Embedder | None = None,
        reranker: str | Reranker | None = None,
        rerank_seconds: float = SECONDS,
        ocr: str | bool | None = None,
        store: str | None = None,
    ) -> None:
        """Name the folder, or an address such as "s3://bucket/reports"; nothing is opened yet.

        `index`: where to keep the index (default: `.footnote` inside the folder). `model`: a sentence-transformers
        model by name or folder (default: what the index was made with, else the embedded one). `reranker`: a
        cross-encoder by name or folder that reads the best passages once more, for `rerank_seconds` at most. `ocr`:
        languages that Tesseract recognises in scanned pages ("eng", "deu+eng"), True for those of the last time or else
        English, "" for none (default: as the index was made; at first none). `store`: a server to keep the index on,
        "milvus://HOST:PORT/COLLECTION" (default: what `FOOTNOTE_STORE` says, else the folder).
        """
        self._index = opened(corpus, store=store, index=index, model=model, device=device, embedder=embedder, ocr=ocr)
        self._reranking = Reranking(reranker, rerank_seconds, device) if reranker else None

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self._index.corpus.resolve().name

    @property
    def source(self) -> str:
        """Address that the documents are copied from; "" for a folder."""
        return self._index.copied_from

    @property
    def model(self) -> str:
        """Name of the embedding model, which is loaded if it was not yet."""
        return self._index.embedder.name

    @property
    def warning(self) -> str:
        """What to know of the store; "" when there is nothing. Raises `StoreError` when a server does not answer."""
        return self._index.warning

    @property
    def judgements(self) -> Judgements:
        """What people said of answers, kept beside the index."""
        return self._index.judgements

    @property
    def conversations(self) -> Conversations:
        """What was asked on the page, kept beside the index."""
        return self._index.conversations

    @property
    def holdings(self) -> Holdings:
        """The documents of the folder: listed, added, taken out and put back."""
        return Holdings(self._index.corpus, self._index.folder, self._index.held, self.source)

    @property
    def is_built(self) -> bool:
        """Whether there is an index to ask."""
        return self._index.exists

    def sync(
        self,
        on_progress: OnProgress | None = None,
        *,
        rebuild: bool = False,
        only: Iterable[str] | None = None,
        ray: str | None = None,
    ) -> SyncReport:
        """Bring the index in step with the folder, or `only` with some files and folders of it, embedding what is new.

        `ray`: the work is spread over a Ray cluster, "auto" for one on this machine or the address of another.
        Raises `ClusterError`, `CorpusError`, `IndexLocked`, `IndexNotWritable`, `ModelError` or `SettingError`, each
        saying what to do.
        """
        return self._index.sync(on_progress, rebuild=rebuild, only=only, ray=ray)

    def changes(self, stop: Event, say: Callable[[str], None]) -> Iterator[frozenset[str] | None]:
        """Yield at once, then whenever documents have changed, until `stop` is set: what to `sync` only, None for all.

        `say` gets one line for a person when the folder is gone, back, or can only be looked at now and then.
        """
        return self._index.changes(stop, say)

    @again_if_changed
    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        within: Sequence[str] = (),
        carry: Sequence[str] | None = None,
    ) -> Answer:
        """Answer `question` from the documents.

        `history`: earlier turns of the conversation, oldest first. `within`: paths, folders or patterns
        ("reports/*") of the documents to ask; all of them when empty. `carry`: exactly these words are added to the
        question, `()` for none; by default those that the history suggests. Raises `QuestionError` for a question that
        is empty or too long, `IndexMissing` before the first sync.
        """
        started = time.perf_counter()
        asked = checked(question)
        with self._index.snapshot() as snapshot:
            among = passages_within(snapshot, within)
            carried = carried_words(snapshot, asked, history, among=among) if carry is None else words_to_carry(carry)
            retrieved = retrieve(snapshot, asked, k=self._depth(PASSAGES), among=among, extra_terms=carried)
            retrieved = self._reranked(retrieved, " ".join([asked, *carried]), PASSAGES)
            picked = pick(snapshot, retrieved, asked)
            back, choices = question_back(snapshot, asked, history, carried, among)
        sure = confidence(features(retrieved, picked)) if picked else 0.0
        found = sure >= ANSWERED_FROM
        citations = _citations(picked)
        return Answer(
            question=asked,
            text=citations[0].quote if found else "",
            found=found,
            confidence=sure,
            citations=citations,
            carried=carried,
            clarify=back,
            choices=choices,
            read_as=as_written(retrieved.read_as, (passage.text for passage in retrieved.passages)),
            seconds=time.perf_counter() - started,
        )

    @again_if_changed
    def search(self, query: str, k: int = 10, *, within: Sequence[str] = (), carry: Sequence[str] = ()) -> list[Hit]:
        """The `k` best passages for `query`, best first; what says the same as a better one is a place of it.

        `carry`: words of earlier turns that are added to the query, as `Answer.carried` names them. Raises as `ask`
        does.
        """
        if k < 1:
            raise QuestionError(f"{k} passages were asked for (k): ask for at least 1")
        asked, carried, wanted = checked(query), words_to_carry(carry), k + min(k, REPEATS)
        with self._index.snapshot() as snapshot:
            among = passages_within(snapshot, within)
            found = retrieve(snapshot, asked, k=self._depth(wanted), among=among, extra_terms=carried)
            found = self._reranked(found, " ".join([asked, *carried]), wanted)
        return _hits(found, k)

    def write(self, answer: Answer, llm: LanguageModel, *, stop: Event | None = None) -> Iterator[Written]:
        """The answer in a language model's words, as it grows; see `qa/written`. Nothing for one that was not found."""
        from qa.written import write

        return write(self._index, answer, llm, stop)

    def check(
        self,
        *,
        sample: int | None = None,
        on_check: OnCheck | None = None,
        repair: bool = False,
        on_mend: Callable[[str], None] | None = None,
    ) -> CheckReport:
        """Test the index: itself, against the folder, and by asking it for its own passages.

        `sample`: passages looked at where looking at all would take long (default: 500). `repair`: mend first what is
        damaged; `on_mend` gets a line for each thing found and done, when it is.
        Raises `IndexMissing`, `CorpusError`, `ModelError`; a repair also `IndexLocked`, `IndexNotWritable`.
        """
        from qa.checking import SAMPLE, checked

        return checked(
            self, self._index, sample or SAMPLE, on_check or (lambda _: None), repair=repair, on_mend=on_mend
        )

    @again_if_changed
    def documents(self) -> list[DocumentRecord]:
        """All documents of the index with their state, by path."""
        with self._index.snapshot() as snapshot:
            return snapshot.documents()

    def document_text(self, path: str) -> str:
        """The stored text of a document, which citations are slices of. Raises `KeyError` for an unknown path."""
        return self.document(path).text

    @again_if_changed
    def document(self, path: str) -> Document:
        """The stored text of a document with the place of every character. Raises `KeyError` for an unknown path."""
        with self._index.snapshot() as snapshot:
            return snapshot.document(path)

    def page_picture(
        self, path: str, *, page: int, span: Span, others: Sequence[Span] = (), scale: int = 1
    ) -> PagePicture:
        """A page of a PDF as it looks, with boxes over the characters `span` of the document that stand on it.

        `others`: spans that get boxes of their own. `scale`: 2 for twice as many pixels a side. Raises `KeyError` for
        an unknown path, `ReadError` for a file that has changed or gone since it was indexed.
        """
        return self._index.picture(path, page=page, span=span, others=others, scale=scale)

    @again_if_changed
    def excerpt(self, path: str, start: int, end: int, *, around: int = AROUND_CHARACTERS) -> Excerpt:
        """Characters `start` to `end` of a document's stored text, with their place and `around` more on each side.

        Raises `QuestionError` for an unknown document or characters that it does not have.
        """
        with self._index.snapshot() as snapshot:
            return excerpt(snapshot, path, start, end, around)

    def _depth(self, k: int) -> int:
        """How many passages to retrieve so that the `k` best come out in the end."""
        return max(k, RESCORED) if self._reranking else k

    def _reranked(self, retrieved: Retrieved, question: str, k: int) -> Retrieved:
        return self._reranking.best(retrieved, question, k) if self._reranking else retrieved


def _citations(picked: Sequence[Picked]) -> tuple[Citation, ...]:
    """The best sentence of each passage, best first; sentences that say the same are one citation with all its places.

    The first may be extended by its neighbour. A page is cited a second time only when there are not enough others.
    """
    best: dict[int, Picked] = {}
    for candidate in picked:
        best.setdefault(candidate.passage.id, candidate)
    each = sorted(best.values(), key=lambda p: -p.score - PASSAGE_SHARE * p.evidence.passage_score)
    each.sort(key=lambda p: p is not picked[0])
    found = _other_pages_first(groups([candidate.text for candidate in each]), each)[:CITATIONS]
    if each:
        each[0] = extended(picked)
    return tuple(citation(each[first], [each[at] for at in others]) for first, *others in found)


def _other_pages_first(found: Sequence[Sequence[int]], each: Sequence[Picked]) -> list[Sequence[int]]:
    """The groups, those whose first stands on a page that was named before behind all others."""
    seen: set[tuple[int, int]] = set()
    first, later = list[Sequence[int]](), list[Sequence[int]]()
    for group in found:
        passage = each[group[0]].passage
        page = (passage.document.id, passage.place.page or -passage.id)
        (later if page in seen else first).append(group)
        seen.add(page)
    return first + later


def _hits(retrieved: Retrieved, k: int) -> list[Hit]:
    """The first `k` passages of those that do not say the same, each with the places of those that do."""
    scores, passages = retrieved.scores.tolist(), retrieved.passages
    found = groups([passage.text for passage in passages])[:k]
    return [hit(passages[first], scores[first], [passages[at] for at in others]) for first, *others in found]
