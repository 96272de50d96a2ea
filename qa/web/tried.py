"""Questions to begin with, made from what the documents say, and asked by ourselves before they are shown.

Headings that are questions stand as they are; "PDVSA is the state oil company" becomes "What is PDVSA?", and the
heading "Measles and diphtheria" becomes "What is said about measles and diphtheria?". Shown is what the very document
answers with some confidence.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from index import DocumentRecord
from index.analysis import terms
from index.documents import BlockKind, Document
from index.errors import FootnoteError
from qa.corpus import Corpus
from qa.web.suggestions import SUGGESTIONS, suggested_questions, worth_suggesting

__all__ = ["Suggestions", "questions_of"]

SURE_FROM = 0.6
"""Confidence of an answer that is worth being led to; below it the page calls one uncertain."""

SECONDS = 0.5
"""Spent on trying, once for each state of the documents: a page waits for it."""

DOCUMENTS = 24
"""Documents looked at."""

EACH = 3
"""Questions of one document that are tried."""

LONGEST_DOCUMENT = 300
"""Passages of the documents that are looked at: a long one takes its time to be read back."""

BLOCKS = 200

WORDS = 3
"""Words that say something, in a heading that is a question: "Which number is right?" needs what stands above it."""

ABOUT = "What is said about "

_NUMBER = re.compile(r"^\d+(?:[.)]\d+)*[.)]?\s+|^[A-Z][.)]\s+")
_QUESTION = re.compile(r"[A-Z][\w’'-]*(?: [^\s.?!]+){3,14}\?")
_LEANS = re.compile(
    r"\b(?:he|her|him|his|i|it|its|me|my|one|our|she|that|their|them|these|they|this|those|us|we|you|your)\b",
    re.IGNORECASE,
)
"""Such a question is understood below its heading only."""
_DEFINED = re.compile(r"(The )?([A-Z][A-Z0-9]{2,9}|[A-Z][\w-]+(?: [A-Z][\w-]+){1,2}) (is|are) (?:an?|the) ")
_HEADING = re.compile(r"[A-Z][a-z]+(?: [\w’'-]+){1,3}")
_NO_SUBJECT = frozenset(
    "a about after an as at before by does first for from how if in is key last my next no not of on one other our so "
    "some the these things this to two what when where which who why with".split()
)
"""A heading that begins so names no subject."""
_SAYS_LITTLE = frozenset(
    "and answers background basics conclusion contents details examples figures further general introduction "
    "more notes overview preface purpose questions reading references remarks results section summary terms".split()
)
"""Nor does one of these words alone."""


class Suggestions:
    """The questions of one corpus, tried once for each state of its documents."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._trying = threading.Lock()
        self._tried: tuple[object, tuple[str, ...]] = (None, ())

    def now(self, documents: Sequence[DocumentRecord], *, still_reading: bool = False) -> tuple[str, ...]:
        """At most four questions; made of titles alone while documents are `still_reading`."""
        if still_reading or not documents:
            return suggested_questions(documents)
        state = hash(tuple((document.path, document.indexed_at, document.passages) for document in documents))
        with self._trying:
            if self._tried[0] != state:
                self._tried = (state, self._answered(documents))
            return self._tried[1]

    def _answered(self, documents: Sequence[DocumentRecord]) -> tuple[str, ...]:
        """The likeliest question of each document that has one, those that people would ask first."""
        until = time.monotonic() + SECONDS
        found: list[tuple[bool, float, str]] = []
        for record in islice(worth_suggesting(documents, longest=LONGEST_DOCUMENT), DOCUMENTS):
            if time.monotonic() > until:
                break
            found += sorted(self._answered_by(record))[:1]
        questions = list(dict.fromkeys(question for *_, question in sorted(found)))[:SUGGESTIONS]
        rest = islice(suggested_questions(documents), SUGGESTIONS - len(questions))
        return (*questions, *rest)

    def _answered_by(self, record: DocumentRecord) -> Iterator[tuple[bool, float, str]]:
        """(whether it was made of a heading, negative confidence, question) of those that the document answers."""
        try:
            for question in islice(questions_of(self._corpus.document(record.path)), EACH):
                answer = self._corpus.ask(question)
                if answer.confidence >= SURE_FROM and answer.found and answer.citations[0].path == record.path:
                    yield question.startswith(ABOUT), -answer.confidence, question
        except (FootnoteError, KeyError):
            pass  # the documents have changed meanwhile


def questions_of(document: Document) -> Iterator[str]:
    """Questions that a document may answer, best first, each once."""
    blocks = [(block.kind, document.text[block.start : block.end]) for block in document.blocks[:BLOCKS]]
    headings = [" ".join(_NUMBER.sub("", text).split()) for kind, text in blocks if kind is BlockKind.HEADING]
    texts = [text for kind, text in blocks if kind is BlockKind.PARAGRAPH]
    asked = [heading for heading in headings if _QUESTION.fullmatch(heading) and _stands_alone(heading)]
    yield from dict.fromkeys(
        [*asked, *_of_definitions(texts), *_of_headings(headings, document.title, "\n".join(texts))]
    )


def _stands_alone(question: str) -> bool:
    return len(set(terms(question))) >= WORDS and not _LEANS.search(question)


def _of_definitions(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        if found := _DEFINED.match(text):
            the, name, verb = found.groups()
            if the or " " not in name:  # else it may be a person
                yield f"What {verb} {'the ' if the else ''}{name}?"


def _of_headings(headings: Iterable[str], title: str, text: str) -> Iterator[str]:
    for heading in headings:
        first, *others = heading.split() or [""]
        says_little = first.lower() in _NO_SUBJECT or {first.lower(), *others} <= _SAYS_LITTLE
        if _HEADING.fullmatch(heading) and heading != title and not says_little:
            yield f"{ABOUT}{' '.join(_written(word, text) for word in [first, *others])}?"


def _written(word: str, text: str) -> str:
    """The word as it stands within sentences: "River" -> "river", but "Cucuta" stays."""
    is_name = not word.istitle() or re.search(rf"[a-z,] {re.escape(word)}\b", text)
    return word if is_name else word.lower()
