"""`ask`: one function from a question to an answer, keeping what it opened for the next question."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from index.errors import CorpusAway, IndexLocked, IndexNotWritable
from index.opening import named
from qa.answers import Answer, Turn
from qa.corpus import Corpus

__all__ = ["ask"]


def ask(
    question: str,
    corpus: str | Path = "corpus",
    *,
    history: Sequence[Turn] = (),
    within: Sequence[str] = (),
    carry: Sequence[str] | None = None,
    index: str | Path | None = None,
    model: str | None = None,
) -> Answer:
    """Answer `question` from the documents in the folder `corpus`, or at an address.

    The first question to a folder builds what is missing of its index; the model and the index then stay in memory
    for the questions that follow (`Corpus` has the reins in its user's hands). Raises as `Corpus.sync` and
    `Corpus.ask` do; the errors derive from `FootnoteError`.
    """
    opened = _opened(named(corpus), Path(index).absolute() if index else None, model)
    return opened.ask(question, history=history, within=within, carry=carry)


@lru_cache(maxsize=8)
def _opened(corpus: str, index: Path | None, model: str | None) -> Corpus:
    opened = Corpus(corpus, index=index, model=model)
    try:
        opened.sync()
    except (CorpusAway, IndexLocked, IndexNotWritable):
        if not opened.is_built:
            raise
    return opened
