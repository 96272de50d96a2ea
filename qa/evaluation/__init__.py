"""How well a folder's questions are answered: asked through the very `Corpus` that users ask, and counted.

evaluate(corpus, read_questions(Path("questions.jsonl")), source="questions.jsonl")  -> Report
"""

from __future__ import annotations

from qa.evaluation.errors import EvaluationError
from qa.evaluation.outcomes import Outcome
from qa.evaluation.questions import Question, read_questions
from qa.evaluation.report import Report, read_report
from qa.evaluation.running import evaluate

__all__ = ["EvaluationError", "Outcome", "Question", "Report", "evaluate", "read_questions", "read_report"]
