"""Every question through the `Corpus` that users ask: what came of it, and how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from index.errors import QuestionError
from qa.answers import Answer
from qa.corpus import Corpus
from qa.evaluation.judging import answer_is_right, gives_a_rejected_quote, is_slice, place_is_right
from qa.evaluation.outcomes import Outcome
from qa.evaluation.questions import Gold, Question, check_documents, unknown_documents
from qa.evaluation.ranking import ranked_documents, retrieval_measures
from qa.evaluation.report import Report, report_of

__all__ = ["evaluate"]

Tell = Callable[[int, int], None]
"""Called with how many questions were asked, and of how many."""

TEXTS_IN_MEMORY = 64
"""Documents whose text stays in memory to check quotes against."""


def evaluate(
    corpus: Corpus,
    questions: Sequence[Question],
    *,
    source: str,
    notes: Iterable[str] = (),
    tell: Tell = lambda done, total: None,
    known_documents: bool = True,
) -> Report:
    """Ask every question and count. `source` says where the questions are from.

    `known_documents`: every gold document must be in the corpus; otherwise those that are not are never found.
    Raises `EvaluationError` for one that is not, and as `Corpus.ask` does for a corpus that cannot be asked.
    """
    records = corpus.documents()
    known = {record.path for record in records}
    if known_documents:
        check_documents(questions, known)
    elif missing := unknown_documents(questions, known):
        notes = [*notes, f"{missing:,} right documents are not in this corpus and count as not found."]
    corpus.ask("warm up")  # opening the model and the index is not part of any question's time
    text = lru_cache(TEXTS_IN_MEMORY)(lambda path: _text(corpus, path))
    outcomes = []
    for done, question in enumerate(questions):
        tell(done, len(questions))
        outcomes.append(_outcome(corpus, question, text))
    tell(len(questions), len(questions))
    return report_of(_with_measures(questions, outcomes), corpus, records, source=source, notes=tuple(notes))


def _outcome(corpus: Corpus, question: Question, text: Callable[[str], str | None]) -> Outcome:
    base = Outcome(
        id=question.id,
        question=question.question,
        history=tuple(turn.question for turn in question.history),
        answers=question.answers,
        documents=tuple(gold.path for gold in question.documents),
        place="; ".join(dict.fromkeys(_place_in_words(gold) for gold in question.documents if gold.place)),
        unanswerable=question.unanswerable,
    )
    started = time.perf_counter()
    try:
        answer = corpus.ask(question.question, history=question.history, within=question.within)
    except QuestionError as error:
        return _not_asked(base, question, str(error))
    seconds = time.perf_counter() - started
    ranked = _ranked(corpus, question, answer) if question.judgements else ()
    return replace(_judged(base, question, answer, text), seconds=seconds, ranked=ranked, rank=_rank(question, ranked))


def _ranked(corpus: Corpus, question: Question, answer: Answer) -> tuple[str, ...]:
    """The documents as the answer was looked for: in the same places, with the same words carried over."""
    return ranked_documents(corpus, question.question, within=question.within, carry=answer.carried)


def _judged(base: Outcome, question: Question, answer: Answer, text: Callable[[str], str | None]) -> Outcome:
    first = answer.citations[0] if answer.citations else None
    sentence = answer.text if answer.found else first.quote if first else ""
    rejected = gives_a_rejected_quote(question, answer)
    best = False if rejected else answer_is_right(question, sentence, first)
    places = [place_is_right(question, cited) for cited in answer.citations] or [place_is_right(question, None)]
    judged = [right for right in places if right is not None]
    return replace(
        base,
        found=answer.found,
        confidence=answer.confidence,
        text=sentence,
        path=first.path if first else "",
        cited_place=first.place if first else "",
        carried=answer.carried,
        best_right=best,
        right=_right(question, answer.found, best),
        place_right=places[0],
        place_among=any(judged) if judged else None,
        citations=len(answer.citations),
        exact=sum(is_slice(text(cited.path), cited) for cited in answer.citations),
        rejected=rejected,
    )


def _right(question: Question, found: bool, best: bool | None) -> bool | None:
    """A refusal is right where there is no answer, and wrong where there is one."""
    if question.unanswerable:
        return not found
    return best if found or best is None else False


def _not_asked(base: Outcome, question: Question, reason: str) -> Outcome:
    """A question that is refused at the door is not answered: right only where there is no answer."""
    known = answer_is_right(question, "", None)
    return replace(base, error=reason, best_right=known, right=_right(question, False, known))


def _with_measures(questions: Sequence[Question], outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    judgements = {question.id: question.judgements for question in questions if question.judgements}
    measures = retrieval_measures(judgements, {outcome.id: outcome.ranked for outcome in outcomes})
    return tuple(replace(outcome, measures=measures.get(outcome.id, {})) for outcome in outcomes)


def _rank(question: Question, ranked: Sequence[str]) -> int | None:
    relevant = {path for path, grade in question.judgements.items() if grade > 0}
    return next((at for at, path in enumerate(ranked, 1) if path in relevant), None)


def _place_in_words(gold: Gold) -> str:
    words = {"page": "p. {}", "page_label": "p. “{}”", "sheet": "sheet {}", "slide": "slide {}", "heading": "{}"}
    return ", ".join(words[name].format(value) for name, value in gold.place.items())


def _text(corpus: Corpus, path: str) -> str | None:
    try:
        return corpus.document_text(path)
    except KeyError:  # removed by a sync elsewhere since it was cited
        return None
