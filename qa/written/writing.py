"""A written answer as it grows: asked for, cut into sentences, and each sentence checked before it is given."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import Any

from index.opening import AnyIndex
from qa.answers import Answer
from qa.written.client import name_of_model, said_by
from qa.written.endpoint import LanguageModel
from qa.written.errors import WriterError
from qa.written.prompt import NOT_THERE, messages, new_mark
from qa.written.sentences import Draft, Drafted
from qa.written.support import Scales, Verdict, evidence_of, findings, verdict

__all__ = ["Written", "WrittenSentence", "write", "written_as_json"]

NO_CITATION = "it names no passage"
NO_SUCH_PASSAGE = "there is no passage {}"
TOO_LONG = "the model wrote more than was asked for; the rest is left out"
NOTHING = "the model wrote nothing"


@dataclass(frozen=True, slots=True)
class WrittenSentence:
    """One sentence that a language model wrote, and what the passages it names say to it."""

    text: str
    """Without the marks of its citations."""
    citations: tuple[int, ...]
    """Numbers of citations of the answer, from 1; those that there are."""
    supported: bool
    """Whether the check found it in the passages it names."""
    reason: str = ""
    """Why not, in words."""


@dataclass(frozen=True, slots=True)
class Written:
    """A written answer up to some moment."""

    model: str = ""
    """The model as its server names it; "" before that is known."""
    sentences: tuple[WrittenSentence, ...] = ()
    pending: str = ""
    """The beginning of the next sentence, which is not checked yet."""
    ended: bool = False
    """Whether nothing more comes."""
    declined: bool = False
    """Whether the model said that the passages do not answer the question."""
    problem: str = ""
    """What kept it from being written, or from being whole; one line for a person."""


def write(
    index: AnyIndex, answer: Answer, llm: LanguageModel, stop: threading.Event | None = None
) -> Iterator[Written]:
    """The written answer as it grows, each value with more than the last; none for an answer that was not found.

    What goes wrong with the server ends it with a `problem`, and is not raised. `stop` ends it early, as closing the
    iterator does.
    """
    if not answer.found or not answer.citations:
        return
    now = Written(llm.name)
    try:
        now = Written(name_of_model(llm))
        yield now
        for grown in _growing(index, answer, llm, now, stop):
            now = grown
            yield now
    except WriterError as error:
        now = replace(now, pending="", problem=str(error))
    yield replace(now, pending="", ended=True)


def written_as_json(written: Written | None) -> Any:
    """Plain dictionaries and lists; None for an answer that nothing was written for."""
    if written is None:
        return None
    sentences = [
        {"text": s.text, "citations": list(s.citations), "supported": s.supported, "reason": s.reason}
        for s in written.sentences
    ]
    facts = {name: getattr(written, name) for name in ("model", "declined", "problem")}
    return {**facts, "sentences": sentences}


def _growing(
    index: AnyIndex, answer: Answer, llm: LanguageModel, now: Written, stop: threading.Event | None
) -> Iterator[Written]:
    draft = Draft()
    cut = ""
    with closing(said_by(llm, now.model, messages(answer, new_mark()), stop)) as pieces:
        for said in pieces:
            cut = said.cut
            if not said.text:
                continue
            now = _with(index, answer, now, draft.said(said.text))
            yield replace(now, pending=draft.pending)
            if draft.is_full:
                cut = TOO_LONG
                break
    stopped = stop is not None and stop.is_set()
    now = _with(index, answer, now, [] if stopped else draft.ended())
    nothing = not now.sentences and not now.declined and not stopped
    yield replace(now, problem=cut or (NOTHING if nothing else ""))


def _with(index: AnyIndex, answer: Answer, now: Written, drafted: list[Drafted]) -> Written:
    """With the sentences, each checked."""
    for sentence in drafted:
        if not now.sentences and not sentence.numbers and _letters(sentence.text) == _letters(NOT_THERE):
            now = replace(now, declined=True)
        else:
            now = replace(now, sentences=(*now.sentences, _checked(index, answer, sentence)))
    return now


def _checked(index: AnyIndex, answer: Answer, sentence: Drafted) -> WrittenSentence:
    there = tuple(number for number in sentence.numbers if 1 <= number <= len(answer.citations))
    missing = next((number for number in sentence.numbers if number not in there), None)
    if missing is not None:
        found = Verdict(False, NO_SUCH_PASSAGE.format(missing))
    elif not there:
        found = Verdict(False, NO_CITATION)
    else:
        found = _compared(index, answer, sentence.text, there)
    return WrittenSentence(sentence.text, there, found.supported, found.reason)


def _compared(index: AnyIndex, answer: Answer, sentence: str, there: Sequence[int]) -> Verdict:
    """What the passages of these numbers say to the sentence; a reason to strike it names another that supports it."""
    evidence = {number: evidence_of(cited) for number, cited in enumerate(answer.citations, 1)}
    known = [cited.passage for cited in answer.citations]
    with index.snapshot() as snapshot:
        scales = Scales(snapshot.embed_sentences, lambda terms: snapshot.lexical_scores(terms).idf)
        found = verdict(findings(sentence, [evidence[number] for number in there], scales, known))
        if found.supported:
            return found
        others = (number for number in evidence if number not in there)
        right = next((n for n in others if verdict(findings(sentence, [evidence[n]], scales, known)).supported), None)
    return found if right is None else Verdict(False, f"{found.reason}, but passage {right} may")


def _letters(text: str) -> str:
    return "".join(character for character in text.casefold() if character.isalnum())
