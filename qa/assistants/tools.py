"""The tools that an assistant is given. Their docstrings and the descriptions of their arguments are what it reads."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field

from index.errors import QuestionError
from qa.answers import Turn
from qa.assistants.readiness import Readiness
from qa.assistants.results import AnswerResult, DocumentsResult, SearchResult
from qa.corpus import Corpus
from qa.excerpts import AROUND_CHARACTERS
from qa.results import PassageResult

__all__ = ["Tools"]

LISTED_DOCUMENTS = 500
"""Of a list at most: an assistant reads all that it is given."""

MAX_HITS = 100

Within = Annotated[
    list[str] | None,
    Field(description='Only these documents: paths, folders or patterns such as "reports/*". All of them if left out.'),
]


class Tools:
    """Questions to one corpus. Work that blocks runs in threads, so that calls do not wait for each other."""

    def __init__(self, corpus: Corpus, readiness: Readiness) -> None:
        self._corpus = corpus
        self._readiness = readiness

    async def ask(
        self,
        question: Annotated[str, Field(description="A question in plain words, one fact at a time.")],
        history: Annotated[
            list[str] | None,
            Field(description='Earlier questions of this conversation, oldest first, for follow-ups like "And Peru?".'),
        ] = None,
        within: Within = None,
    ) -> AnswerResult:
        """Answer a question from the user's documents with the very sentence that says it, and the place it stands.

        Nothing is composed: `text` and every `quote` are verbatim. Quote them unchanged, with path and place. When
        `found` is false, the documents do not hold the answer: say so, and do not answer from the closest passages
        unless one of them plainly does. When `clarify` is not empty, put it to the user, or ask again within a choice.
        """
        note = await self._readiness.ready()
        turns = [Turn(earlier) for earlier in history or ()]
        answer = await asyncio.to_thread(self._corpus.ask, question, history=turns, within=within or ())
        return AnswerResult.of(answer, note)

    async def search(
        self,
        query: Annotated[
            str, Field(description='Words to look for; what stands in "quotation marks" has to be there.')
        ],
        k: Annotated[int, Field(ge=1, le=MAX_HITS, description="How many passages.")] = 10,
        within: Within = None,
    ) -> SearchResult:
        """Find the best passages of the user's documents for some words, by meaning and by wording, best first.

        For a survey of what the documents say of a subject, and for what several places answer together; `ask` is
        better for one fact. Passages are verbatim: quote them unchanged, with path and place.
        """
        note = await self._readiness.ready()
        return SearchResult.of(await asyncio.to_thread(self._corpus.search, query, k, within=within or ()), note)

    async def read_passage(
        self,
        path: Annotated[str, Field(description="Path of a document, as citations and list_documents have it.")],
        start: Annotated[int, Field(ge=0, description="First character, as in a citation; 0 is the beginning.")],
        end: Annotated[int, Field(ge=0, description="One past the last character.")],
        around: Annotated[int, Field(ge=0, description="Characters of context on each side.")] = AROUND_CHARACTERS,
    ) -> PassageResult:
        """Read a document's stored text around some characters: the context of a citation, or what comes next.

        With the `start` and `end` of a citation, `quote` is the cited sentence to the letter. To read on, take
        `text_end` as the next `start`.
        """
        await self._readiness.ready(look=False)  # what was cited a moment ago stands where it stood
        return PassageResult.of(await asyncio.to_thread(self._corpus.excerpt, path, start, end, around=around))

    async def list_documents(
        self,
        folder: Annotated[str, Field(description='Only those in this folder ("reports"); all if left out.')] = "",
    ) -> DocumentsResult:
        """List the user's documents by path, with those that could not be read and why."""
        note = await self._readiness.ready()
        records = await asyncio.to_thread(self._corpus.documents)
        below = f"{folder.strip('/')}/"
        inside = [record for record in records if below == "/" or record.path.startswith(below)]
        if records and not inside:
            raise QuestionError(
                f"no document lies in a folder {folder}: give a folder as the paths of documents have it"
            )
        return DocumentsResult.of(inside, note, listed=LISTED_DOCUMENTS)
