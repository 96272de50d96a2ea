"""What asking gives, typed for programs: each field with its meaning, in the schemas of the API and of assistants.

The names are those of `qa.answers.as_json`: the shell, Python, the API and an assistant speak of the same things.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from qa.excerpts import Excerpt

__all__ = [
    "AnswerResult",
    "ChoiceResult",
    "CitationResult",
    "DocumentResult",
    "HitResult",
    "OtherPlace",
    "PassageResult",
]


class _Placed(BaseModel):
    """Something that stands at a place of a document; what its format does not have is null or empty."""

    path: str = Field(description="Path of the document, below the folder of documents.")
    title: str
    place: str = Field(description='The place in words, to cite it by: "p. 4 (iv), Migration › Colombia".')
    page: int | None = Field(description="Physical page, counted from 1.")
    page_label: str | None = Field(description='Page number as printed ("iv").')
    heading: list[str] = Field(description="Headings above, outermost first.")
    sheet: str | None
    row: int | None
    slide: int | None
    line: int | None
    start: int = Field(description="First character, in the stored text of the document.")
    end: int = Field(description="One past the last character.")


class OtherPlace(BaseModel):
    """Another place that says the same."""

    path: str
    title: str
    place: str
    start: int
    end: int


class HitResult(_Placed):
    """A passage that was found; `start` and `end` span it."""

    passage: str = Field(description="The passage, verbatim.")
    passage_start: int = Field(description="First character of the passage, in the stored text of the document.")
    score: float = Field(description="Higher is better; comparable within one call only.")
    also: list[OtherPlace] = Field(description="Other places that say the same.")


class CitationResult(HitResult):
    """A quoted sentence in its passage; `start` and `end` span the quote."""

    quote: str = Field(description="The sentence, verbatim. Quote it unchanged.")
    lead: str = Field(
        description="Verbatim, what a reader needs before the quote: the header of a table, a list's lead-in, the "
        'sentence that names "he"; often empty.'
    )
    marks: list[list[int]] = Field(description="[start, end] of the words that answer, counted like `start`.")


class ChoiceResult(BaseModel):
    """One of the things that a vague question may mean."""

    label: str
    within: str = Field(description="Ask again with this path as `within`.")


class AnswerResult(BaseModel):
    """The answer to a question, or the honest lack of one."""

    question: str
    found: bool = Field(description="False: not in these documents. Say so; the citations are merely the nearest.")
    text: str = Field(description="The sentence that answers, verbatim; empty when not found.")
    confidence: float = Field(description="From 0 to 1: of answers given at 0.8, about 80 % are right.")
    citations: list[CitationResult] = Field(description="Best first; the first is where `text` stands.")
    carried: list[str] = Field(description="Words taken over from the earlier questions.")
    clarify: str = Field(description="A question back to the user, when the question may mean several things.")
    choices: list[ChoiceResult] = Field(description="What it may mean, likeliest first.")
    read_as: list[list[str]] = Field(description="[word, other]: a word that no document has, and how it was read.")
    seconds: float


class PassageResult(_Placed):
    """Some characters of a document, and the stored text around them; the place is that of `start`."""

    quote: str = Field(description="The text from `start` to `end`, verbatim.")
    text: str = Field(description="The text from `text_start` to `text_end`, verbatim, with the quote in it.")
    text_start: int
    text_end: int
    length: int = Field(description="Characters of the whole document.")

    @classmethod
    def of(cls, found: Excerpt) -> PassageResult:
        """The excerpt as a program reads it."""
        names = set(cls.model_fields)
        own = {name: getattr(found, name) for name in names & set(Excerpt.__dataclass_fields__)}
        place: dict[str, Any] = {name: getattr(found.at, name) for name in names - own.keys()}
        return cls.model_validate({**own, **place})


class DocumentResult(BaseModel):
    """One document of the folder."""

    path: str
    title: str
    format: str
    pages: int | None = Field(description="Pages, slides or sheets, where the format has them.")
    passages: int
    state: str = Field(description='"indexed", or "failed" for a document that could not be read.')
    reason: str = Field(description="Why it could not be read, or what to know of the reading.")
