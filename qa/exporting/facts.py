"""What an export says, before it is Markdown or HTML: its questions in order, their footnotes numbered throughout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from index.documents import Span
from qa.answers import Answer, Citation
from qa.printing import question_back_in_words
from qa.web.conversation import Asking, Exchange
from qa.web.quoting import HEADER, LEAD
from qa.web.rendering import confidence_in_words
from qa.written import Written

__all__ = ["Footnote", "Question", "WholeConversation", "facts"]

NOT_IN_DOCUMENTS = "Not in these documents."
NOT_IN_DOCUMENT = "Not in this document."
CLOSEST = "The closest passages; none seems to say it:"
MORE = "More on it:"


@dataclass(frozen=True, slots=True)
class Footnote:
    """One citation with its number, unique in the file."""

    number: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class Question:
    """One question with what came of it. Texts of documents stand as they are: whoever writes them escapes them."""

    text: str
    at: str
    """"2026-11-25 02:09 UTC"; "" when it is not known."""
    understood: tuple[tuple[str, str], ...] = ()
    """How it was understood, beyond its own words: (("understood with", "Colombia, migrants"), ...)."""
    lead: str = ""
    """What a reader needs before the answer, verbatim."""
    lead_is: str = ""
    """What that is: "before it:", "columns:"."""
    answer: str = ""
    """Verbatim from a document; "" when there is none."""
    marks: tuple[Span, ...] = ()
    """The words that answer: characters of `answer`."""
    confidence: str = ""
    """In words."""
    lines: tuple[str, ...] = ()
    """What else Footnote said, in its own words and the names of documents."""
    footnotes: tuple[Footnote, ...] = ()
    """Of the answer first, when there is one."""
    before_footnotes: str = ""
    """What those are that do not belong to the answer."""

    @property
    def of_the_answer(self) -> tuple[Footnote, ...]:
        """The footnote that the answer stands on."""
        return self.footnotes[:1] if self.answer else ()

    @property
    def others(self) -> tuple[Footnote, ...]:
        """The rest, which only lead further."""
        return self.footnotes[1:] if self.answer else self.footnotes


@dataclass(frozen=True, slots=True)
class WholeConversation:
    """A conversation to export."""

    name: str
    corpus: str
    date: str
    """Of its first question, in ISO 8601; "" when it is not known."""
    until: str
    """Of its last one, when that is another day."""
    questions: tuple[Question, ...] = field(default=())


def facts(name: str, exchanges: Sequence[Exchange], corpus: str) -> WholeConversation:
    """The questions in order, with footnotes numbered from 1 through all of them."""
    questions: list[Question] = []
    number = 1
    for exchange in exchanges:
        questions.append(_question(exchange, number))
        number += len(questions[-1].footnotes)
    dates = [exchange.at[:10] for exchange in exchanges if exchange.at]
    first, last = (dates[0], dates[-1]) if dates else ("", "")
    return WholeConversation(name, corpus, first, last if last != first else "", tuple(questions))


def _question(exchange: Exchange, number: int) -> Question:
    at = f"{exchange.at[:16].replace('T', ' ')} UTC" if exchange.at else ""
    notice = (exchange.notice,) if exchange.notice else ()
    understood = tuple(_understood(exchange))
    answer = exchange.answer
    if answer is None:
        return Question(exchange.question, at, understood, lines=notice)
    footnotes = tuple(Footnote(at, citation) for at, citation in enumerate(answer.citations, number))
    lines = (*_question_back(answer), *notice)
    if not answer.found:
        said = NOT_IN_DOCUMENT if exchange.asking.within else NOT_IN_DOCUMENTS
        return Question(
            exchange.question,
            at,
            understood,
            lines=(said, *lines),
            footnotes=footnotes,
            before_footnotes=CLOSEST if footnotes else "",
        )
    best = answer.citations[0] if answer.citations else None
    return Question(
        exchange.question,
        at,
        understood,
        lead=best.lead.strip() if best else "",
        lead_is=LEAD if best is None or best.row is None else HEADER,
        answer=answer.text,
        marks=_marks(answer),
        confidence=confidence_in_words(answer.confidence),
        lines=(*_written(exchange.written, number), *lines),
        footnotes=footnotes,
        before_footnotes=MORE if len(footnotes) > 1 else "",
    )


def _written(written: Written | None, number: int) -> Iterator[str]:
    """A line for each sentence that a language model wrote; `number`: of the answer's first footnote."""
    if written is None or not written.sentences:
        return
    yield f"Written by {written.model} from these passages, each sentence checked against those it names:"
    for sentence in written.sentences:
        names = ", ".join(str(number + cited - 1) for cited in sentence.citations)
        said = f"{sentence.text} (footnote {names})" if names else sentence.text
        yield said if sentence.supported else f"Struck out, {sentence.reason}: {said}"


def _understood(exchange: Exchange) -> Iterator[tuple[str, str]]:
    answer, asking = exchange.answer, exchange.asking
    if answer and answer.carried:
        yield "understood with", ", ".join(answer.carried)
    for word, other in answer.read_as if answer else ():
        yield f"no “{word}” here, looked for", other
    yield from _asked_with(asking)


def _asked_with(asking: Asking) -> Iterator[tuple[str, str]]:
    if asking.left_out:
        yield "left out", ", ".join(asking.left_out)
    if asking.label or asking.within:
        yield "asked of", asking.label or ", ".join(asking.within)


def _question_back(answer: Answer) -> Iterator[str]:
    if answer.clarify:
        choices = ", ".join(f"“{choice.label}”" for choice in answer.choices)
        yield " ".join(filter(None, [question_back_in_words(answer), choices]))


def _marks(answer: Answer) -> tuple[Span, ...]:
    """The answering words as characters of the answer; none where its offsets are not those of its first quote."""
    best = answer.citations[0] if answer.citations else None
    if best is None or best.quote != answer.text or best.end - best.start != len(best.quote):
        return ()
    moved = sorted(Span(mark.start - best.start, mark.end - best.start) for mark in best.marks)
    return tuple(mark for mark in moved if 0 <= mark.start < mark.end <= len(best.quote))
