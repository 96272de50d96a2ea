"""What the tools give back, as an assistant reads it: what programs get, and a note on the state of the index."""

from __future__ import annotations

from pydantic import BaseModel, Field

from index import DocumentRecord
from qa import results
from qa.answers import Answer, Hit, as_json
from qa.results import DocumentResult, HitResult

__all__ = ["AnswerResult", "DocumentsResult", "SearchResult"]

NOTE = "What to know of the index, e.g. that documents are still being read; mostly empty."


class AnswerResult(results.AnswerResult):
    """The answer to a question, or the honest lack of one."""

    note: str = Field(description=NOTE)

    @classmethod
    def of(cls, answer: Answer, note: str) -> AnswerResult:
        """The answer as an assistant reads it."""
        return cls.model_validate({**as_json(answer), "note": note})


class SearchResult(BaseModel):
    """The passages that were found, best first."""

    hits: list[HitResult]
    note: str = Field(description=NOTE)

    @classmethod
    def of(cls, hits: list[Hit], note: str) -> SearchResult:
        """The hits as an assistant reads them."""
        return cls.model_validate({"hits": as_json(hits), "note": note})


class DocumentsResult(BaseModel):
    """Documents by path."""

    documents: list[DocumentResult]
    total: int = Field(description="How many there are; name a folder to see the others when fewer are listed.")
    note: str = Field(description=NOTE)

    @classmethod
    def of(cls, records: list[DocumentRecord], note: str, *, listed: int) -> DocumentsResult:
        """The first `listed` documents as an assistant reads them."""
        each = [{name: getattr(r, name) for name in DocumentResult.model_fields} for r in records[:listed]]
        return cls.model_validate({"documents": each, "total": len(records), "note": note})
