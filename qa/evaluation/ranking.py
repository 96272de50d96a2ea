"""Documents in the order they are found, and recall, MRR and nDCG over them by ir_measures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from index.errors import QuestionError
from qa.answers import Hit
from qa.corpus import Corpus

__all__ = ["DEPTH", "MEASURES", "ranked_documents", "retrieval_measures"]

DEPTH = 20
"""Documents that count."""

FIRST_SEARCH, LAST_SEARCH = 100, 1600
"""Passages searched for until there are `DEPTH` documents: few have to be, unless documents are long."""

MEASURES = {
    "recall@1": "R@1",
    "recall@5": "R@5",
    "recall@10": "R@10",
    "recall@20": "R@20",
    "success@1": "Success@1",
    "success@5": "Success@5",
    "MRR@10": "RR@10",
    "nDCG@10": "nDCG@10",
}
"""Our name -> the name that ir_measures parses."""


def ranked_documents(
    corpus: Corpus, query: str, *, within: Sequence[str] = (), carry: Sequence[str] = ()
) -> tuple[str, ...]:
    """The best `DEPTH` documents by path, each by its best passage; empty for a query that cannot be asked.

    Documents that say the same as a passage follow right after its own. `carry`: words of earlier turns.
    """
    k = FIRST_SEARCH
    try:
        while True:
            hits = corpus.search(query, k, within=within, carry=carry)
            places = list(_places(hits))
            documents = tuple(dict.fromkeys(places))
            if len(documents) >= DEPTH or len(places) < k or k >= LAST_SEARCH:
                return documents[:DEPTH]
            k *= 4
    except QuestionError:
        return ()


def _places(hits: Iterable[Hit]) -> Iterator[str]:
    """The document of each passage; passages that say the same as a hit follow it."""
    for hit in hits:
        yield hit.path
        yield from (other.path for other in hit.also)


def retrieval_measures(
    judgements: Mapping[str, Mapping[str, int]], rankings: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, float]]:
    """{question: {measure: value}} for each judged question, from {question: {document: grade}} and rankings."""
    import ir_measures

    if not judgements:
        return {}
    measures = {ir_measures.parse_measure(theirs): ours for ours, theirs in MEASURES.items()}
    # Scores that fall with the rank: equal ones would be put into an order of ir_measures' own.
    run = {name: {path: -float(at) for at, path in enumerate(rankings[name])} for name in judgements}
    found: dict[str, dict[str, float]] = {name: dict.fromkeys(MEASURES, 0.0) for name in judgements}
    qrels = {name: dict(grades) for name, grades in judgements.items()}
    for metric in ir_measures.iter_calc(list(measures), qrels, run):
        found[metric.query_id][measures[metric.measure]] = float(metric.value)
    return found
