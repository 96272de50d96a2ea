"""Whether an answer, a place and a citation are right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from qa.answers import Answer, Citation
from qa.evaluation.questions import Question

__all__ = ["answer_is_right", "gives_a_rejected_quote", "holds", "is_slice", "place_is_right"]


def holds(text: str, words: str) -> bool:
    """Whether `words` stand in `text`, compared with white space and case folded.

    "team won" stands in "The TEAM  won". A number must be the whole number: "2,500" is neither in "12,500" nor in
    "2,500.5".
    """
    return bool(_pattern(words).search(_folded(text)))


def answer_is_right(question: Question, text: str, cited: Citation | None) -> bool | None:
    """Whether a sentence answers; None when nothing is known to compare with.

    By the answer words when there are any, else by the span: the citation lies in a gold document and meets it.
    """
    if question.unanswerable:
        return False
    if question.answers:
        return any(holds(text, words) for words in question.answers)
    if question.start is None or question.end is None:
        return None
    if cited is None or cited.path not in {gold.path for gold in question.documents}:
        return False
    return cited.start < question.end and question.start < cited.end


def place_is_right(question: Question, cited: Citation | None) -> bool | None:
    """Whether a citation stands at a gold place; None when no place is known, or the document has none of that kind."""
    if question.unanswerable or not any(gold.place for gold in question.documents):
        return None
    gold = next((gold for gold in question.documents if cited and gold.path == cited.path), None)
    if gold is None or cited is None:
        return False
    judged = [_place_matches(name, value, cited) for name, value in gold.place.items()]
    known = [match for match in judged if match is not None]
    return all(known) if known else None


def gives_a_rejected_quote(question: Question, answer: Answer) -> bool | None:
    """Whether the answer is one that was judged wrong; None when none was."""
    if not question.rejected and not question.refusal_rejected:
        return None
    if not answer.found:
        return question.refusal_rejected
    path = answer.citations[0].path if answer.citations else ""
    return any(quote.path == path and _folded(quote.text) == _folded(answer.text) for quote in question.rejected)


def is_slice(text: str | None, cited: Citation) -> bool:
    """Whether the quote is `text[start:end]`, character by character."""
    return text is not None and text[cited.start : cited.end] == cited.quote


def _place_matches(name: str, gold: Any, cited: Citation) -> bool | None:
    """None when the cited document has no such place (a text file has no page)."""
    if name == "heading":
        headings = _with_whole_path(cited.heading)
        return any(_folded(gold) == _folded(heading) for heading in headings) if headings else None
    given = getattr(cited, name)
    if given is None:
        return None
    return bool(given == gold) if isinstance(gold, int) else _folded(str(given)) == _folded(str(gold))


def _with_whole_path(headings: tuple[str, ...]) -> Iterable[str]:
    return (*headings, " › ".join(headings)) if headings else ()


@lru_cache(maxsize=4096)
def _pattern(words: str) -> re.Pattern[str]:
    folded = _folded(words)
    before = r"(?<!\d)(?<!\d[.,])" if folded[:1].isdigit() else ""
    after = r"(?!\d)(?![.,]\d)" if folded[-1:].isdigit() else ""
    return re.compile(before + re.escape(folded) + after)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
