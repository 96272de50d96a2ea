"""`footnote eval`, step by step: find the questions, ask them, compare, write the reports."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.folder import INDEX_FOLDER
from index.judgements import JUDGEMENTS_FILE
from qa.corpus import Corpus
from qa.evaluation.beir import read_beir, write_documents
from qa.evaluation.comparing import Comparison, compared
from qa.evaluation.errors import EvaluationError
from qa.evaluation.feedback import is_feedback, questions_from_feedback, read_feedback
from qa.evaluation.progress import AskingProgress
from qa.evaluation.questions import Question, read_questions
from qa.evaluation.report import Report, read_report
from qa.evaluation.running import evaluate

__all__ = ["FEEDBACK", "Evaluated", "Settings", "as_plain", "evaluated", "write_report"]

FEEDBACK = "feedback"
"""In the place of a file: the thumbs kept beside the index."""

ENDINGS = (".json", ".html")

Open = Callable[[str | Path], Corpus]
"""Opens the corpus of a folder or an address, in step with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What was asked for on the command line."""

    questions: Path
    corpus: str | Path | None = None
    work: Path | None = None
    queries: str = "queries.jsonl"
    reranker: str | None = None
    """What reads the best passages once more, for the report to say."""
    against: Path | None = None
    reports: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What came of it."""

    report: Report
    comparison: Comparison | None = None


def evaluated(settings: Settings, open_corpus: Open) -> Evaluated:
    """Evaluate and write the reports. Raises `EvaluationError`, before any question is asked where that is possible."""
    for path in settings.reports:
        _check_writable(path)
    earlier = read_report(settings.against) if settings.against else None
    report = _report(settings, open_corpus)
    comparison = compared(report, earlier, settings.against.name) if earlier and settings.against else None
    for path in settings.reports:
        write_report(path, report, comparison)
    return Evaluated(report, comparison)


def write_report(path: Path, report: Report, comparison: Comparison | None = None) -> None:
    """Write `.json` for programs or `.html` for people. Raises `EvaluationError` when it cannot be written."""
    if path.suffix.lower() == ".html":
        from qa.evaluation.page import report_html

        text = report_html(report, comparison)
    else:
        text = json.dumps(as_plain(report, comparison), ensure_ascii=False, indent=1) + "\n"
    try:
        path.write_text(text, "utf-8", errors="replace")
    except OSError as error:
        raise EvaluationError(f"{path} cannot be written ({error.strerror}): choose another --report") from error


def as_plain(report: Report, comparison: Comparison | None = None) -> dict[str, Any]:
    """Both as one plain dictionary."""
    return {**report.as_json(), **({"against": comparison.as_json()} if comparison else {})}


def _report(settings: Settings, open_corpus: Open) -> Report:
    if settings.questions.is_dir():
        return _beir_report(settings, open_corpus)
    if str(settings.questions) == FEEDBACK and not settings.questions.exists():
        corpus = open_corpus(settings.corpus or Path("corpus"))
        questions = questions_from_feedback(corpus.judgements.entries(), "the index")
        return _asked(corpus, questions, FEEDBACK, reranker=settings.reranker, known_documents=False)
    if is_feedback(settings.questions):
        questions = read_feedback(settings.questions)
        corpus = open_corpus(settings.corpus or _corpus_of(settings.questions))
        return _asked(corpus, questions, settings.questions.name, reranker=settings.reranker, known_documents=False)
    questions = read_questions(settings.questions)
    corpus = open_corpus(settings.corpus or Path("corpus"))
    return _asked(corpus, questions, settings.questions.name, reranker=settings.reranker)


def _beir_report(settings: Settings, open_corpus: Open) -> Report:
    if settings.corpus is not None:
        raise EvaluationError(f"{settings.questions} brings its own documents: leave --corpus out")
    questions, notes = read_beir(settings.questions, settings.queries)
    with _work_folder(settings.work) as work:
        corpus = open_corpus(write_documents(settings.questions, work))
        name = settings.questions.resolve().name
        return _asked(corpus, questions, name, reranker=settings.reranker, notes=notes, known_documents=False)


def _asked(
    corpus: Corpus,
    questions: Sequence[Question],
    source: str,
    *,
    reranker: str | None,
    notes: Sequence[str] = (),
    known_documents: bool = True,
) -> Report:
    said = [*notes, f"The best passages were read once more by {reranker}."] if reranker else notes
    with AskingProgress() as tell:
        return evaluate(corpus, questions, source=source, notes=said, tell=tell, known_documents=known_documents)


@contextmanager
def _work_folder(work: Path | None) -> Iterator[Path]:
    if work is not None:
        yield work
        return
    with tempfile.TemporaryDirectory(prefix="footnote-eval-") as temporary:
        yield Path(temporary)


def _corpus_of(feedback: Path) -> Path:
    """The folder whose index holds this file of thumbs, where that can be told; else the usual one."""
    place = feedback.resolve().parent
    return place.parent if feedback.name == JUDGEMENTS_FILE and place.name == INDEX_FOLDER else Path("corpus")


def _check_writable(path: Path) -> None:
    """Complain before the questions are asked, not after."""
    if path.suffix.lower() not in ENDINGS:
        raise EvaluationError(f"--report {path} ends in neither .json nor .html: give one of the two endings")
    if not path.resolve().parent.is_dir():
        raise EvaluationError(f"there is no folder {path.resolve().parent}: make it, or choose another --report")
