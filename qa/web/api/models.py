"""What the API takes and gives, as its schema says it. Answers and passages stand in `qa.results`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from index import DocumentRecord, SyncReport
from qa.answers import Hit, Turn, as_json
from qa.corpus import MAX_QUESTION_CHARACTERS
from qa.progress import progress_in_words
from qa.results import AnswerResult, DocumentResult, HitResult, PassageResult
from qa.syncing import SyncState

__all__ = [
    "AnswerResult",
    "AskRequest",
    "DocumentsResult",
    "ErrorResult",
    "HealthResult",
    "PassageResult",
    "SearchRequest",
    "SearchResult",
    "SyncResult",
]

MAX_HITS = 1_000
MAX_HISTORY = 100
MAX_WITHIN = 1_000
MAX_CARRIED = 100

# A few more than can be asked: the corpus says in its own words what is too long, empty or not text.
Text = Annotated[str, Field(max_length=10 * MAX_QUESTION_CHARACTERS)]
Name = Annotated[str, Field(max_length=4_096)]

WITHIN = 'Only these documents: paths, folders or patterns such as "reports/*". All of them when empty.'


class _Request(BaseModel):
    """A misspelt field is an error, not a wish that is passed over."""

    model_config = ConfigDict(extra="forbid")


class EarlierTurn(_Request):
    """One earlier exchange of a conversation."""

    question: Text
    answer: Text = ""
    found: bool = Field(default=True, description="Whether an answer was found: `found` of it.")


class AskRequest(_Request):
    """A question, and what it was asked after."""

    question: Text = Field(
        description="In plain words, one fact at a time.", examples=["Who was told to purge the army?"]
    )
    history: list[EarlierTurn | Text] = Field(
        default=[],
        max_length=MAX_HISTORY,
        description='Earlier turns, oldest first, for follow-ups like "And Peru?"; a text alone is its question.',
    )
    within: list[Name] = Field(default=[], max_length=MAX_WITHIN, description=WITHIN)
    carry: list[Name] | None = Field(
        default=None,
        max_length=MAX_CARRIED,
        description="Exactly these words of earlier turns are added; by default those that the history suggests.",
    )

    @property
    def turns(self) -> list[Turn]:
        """The history as the corpus takes it."""
        return [Turn(t) if isinstance(t, str) else Turn(t.question, t.answer, t.found) for t in self.history]


class SearchRequest(_Request):
    """Words to look for."""

    query: Text = Field(description='What stands in "quotation marks" has to be there.', examples=["aid for Colombia"])
    k: int = Field(default=10, ge=1, le=MAX_HITS, description="How many passages.")
    within: list[Name] = Field(default=[], max_length=MAX_WITHIN, description=WITHIN)
    carry: list[Name] = Field(default=[], max_length=MAX_CARRIED, description="Words of earlier turns to add.")


class SearchResult(BaseModel):
    """The passages that were found, best first."""

    hits: list[HitResult]

    @classmethod
    def of(cls, hits: list[Hit]) -> SearchResult:
        """The hits as a program reads them."""
        return cls.model_validate({"hits": as_json(hits)})


class ListedDocument(DocumentResult):
    """One document of the folder."""

    size: int = Field(description="Bytes.")
    indexed_at: float = Field(description="Seconds since 1970.")


class DocumentsResult(BaseModel):
    """Some of the documents, by path."""

    documents: list[ListedDocument]
    total: int = Field(description="How many there are in all.")

    @classmethod
    def of(cls, records: list[DocumentRecord], *, offset: int, limit: int) -> DocumentsResult:
        """`limit` documents from number `offset` on."""
        listed = records[offset : offset + limit]
        each = [{name: getattr(record, name) for name in ListedDocument.model_fields} for record in listed]
        return cls.model_validate({"documents": each, "total": len(records)})


class ProgressResult(BaseModel):
    """How far a sync is."""

    stage: str
    documents: int
    documents_total: int
    embedded: int = Field(description="Passages embedded so far.")
    by_words: int = Field(description="Passages that are searched by their words only so far.")
    share: float = Field(description="Work done, from 0 to 1.")
    seconds_left: float | None = Field(description="An estimate, once there is enough to estimate from.")
    words: str = Field(description="All of it in one line for a person.")


class ReportResult(BaseModel):
    """What a sync found and did, as `footnote sync --json` prints it; paths are below the folder of documents."""

    new: list[str]
    changed: list[str]
    renamed: list[list[str]] = Field(description="[old path, new path]")
    removed: list[str]
    unchanged: list[str]
    failed: list[list[str]] = Field(description="[path, reason] of each document that could not be read.")
    skipped: list[list[str]] = Field(description="[path, reason] of entries that are no documents.")
    embedded: int = Field(description="Passages whose text was new.")
    documents: int = Field(description="Documents in the index now.")
    passages: int = Field(description="Passages in the index now.")
    rebuilt: str = Field(description="Why everything was built anew, when it was.")
    seconds: float

    @classmethod
    def of(cls, report: SyncReport) -> ReportResult:
        """The report as a program reads it."""
        return cls.model_validate(asdict(report))


class SyncResult(BaseModel):
    """The latest sync: it runs, or has ended with a report or an error."""

    running: bool
    number: int = Field(description="Of the sync, counted from 1 since Footnote was started; 0 before the first.")
    progress: ProgressResult | None = Field(description="While it runs.")
    report: ReportResult | None = Field(description="When it has ended.")
    error: str = Field(description="Why it ended early; mostly empty.")

    @classmethod
    def of(cls, state: SyncState) -> SyncResult:
        """The state as a program reads it."""
        at = state.progress if state.running else None
        progress = (
            None
            if at is None
            else ProgressResult(
                stage=at.stage,
                documents=at.documents,
                documents_total=at.documents_total,
                embedded=at.embedded,
                by_words=at.by_words,
                share=at.share,
                seconds_left=state.seconds_left,
                words=progress_in_words(at, state.seconds_left),
            )
        )
        return cls(
            running=state.running,
            number=state.number,
            progress=progress,
            report=ReportResult.of(state.report) if state.report else None,
            error=state.error,
        )


class HealthResult(BaseModel):
    """Whether questions can be asked."""

    status: str = Field(description='"ready", or "starting" before there is an index.')
    corpus: str = Field(description="Name of the folder of documents.")
    syncing: bool
    questions: int = Field(description="Being answered or waiting their turn, of all folders and the page.")
    version: str = Field(description="Of Footnote.")


class ErrorResult(BaseModel):
    """Something that could not be done."""

    error: str = Field(description="One line for a person: what was given, what was expected, what to do.")
