"""What each figure means, in a sentence; docs/evaluation.md has the formulas and their sources."""

from __future__ import annotations

__all__ = ["meaning"]

_MEANINGS = {
    "recall@": "Share of the right documents among the first k found, averaged over questions.",
    "success@": "Questions with at least one right document among the first k.",
    "MRR@10": "One divided by the rank of the first right document, 0 beyond the tenth.",
    "nDCG@10": "How far right documents stand in front among the first ten; 1 is the best order there is.",
    "answer-sentence accuracy": "Answerable questions whose answer was given and is right.",
    "best sentence": "Answerable questions whose best sentence is right, given as an answer or not.",
    "precision of answers given": "Of the answers given, those that are right.",
    "place accuracy, first": "The first citation is at the right page, heading, sheet or slide of a right document.",
    "place accuracy, any": "Some citation does.",
    "citation exactness": "Quotes that are, to the character, a slice of their document. Less than all is a defect.",
    "rejected answers": "Questions answered again with a quote that was judged wrong.",
    "answered: answerable": "Answerable questions that were given an answer.",
    "answered: ": "Questions of this kind that were answered although the documents do not answer them.",
    "AUROC": "Chance that an answerable question has more confidence than an unanswerable one; .5 is a coin.",
    "kept at 5 %": "Answerable questions kept when the line lets 5 % of the unanswerable ones pass.",
    "AURC": "Mean share of wrong answers over all coverages; lower is better.",
    "ECE": "Mean distance of the confidence from the share that is right, in ten bins; lower is better.",
    "latency": "Time that one question takes; p95 is not exceeded by 95 % of the questions.",
}


def meaning(name: str) -> str:
    """The sentence for the figure of this name; "" for one that is not known."""
    return next((words for start, words in _MEANINGS.items() if name.startswith(start)), "")
