"""A `Corpus` for many people at once: whoever answers, the answer is the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from index.opening import named
from qa.answers import Answer, Hit, Turn
from qa.askers.pool import Askers
from qa.askers.wire import answer_of, encoded, hits_of
from qa.corpus import Corpus

__all__ = ["SharedCorpus"]


class SharedCorpus(Corpus):
    """A `Corpus` whose questions are answered by `Askers` when they come at the same time."""

    def __init__(
        self,
        corpus: str | Path = "corpus",
        *,
        askers: Askers,
        index: str | Path | None = None,
        model: str | None = None,
        device: str | None = None,
        reranker: str | None = None,
        ocr: str | bool | None = None,
        store: str | None = None,
    ) -> None:
        """As `Corpus`. `askers`: its processes, which other folders may share; whoever made it closes it."""
        super().__init__(corpus, index=index, store=store, model=model, device=device, reranker=reranker, ocr=ocr)
        self._askers = askers
        kept = Path(index).expanduser().absolute() if index else None
        self._named = {
            "corpus": named(corpus),
            "index": str(kept) if kept else None,
            "store": store,
            "model": model,
            "device": device,
            "reranker": reranker,
        }

    def ask(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        within: Sequence[str] = (),
        carry: Sequence[str] | None = None,
    ) -> Answer:
        """See `Corpus.ask`."""
        request, ask = self._asking(question, history, within, carry), super().ask
        return self._askers.answered(
            request, answer_of, lambda: ask(question, history=history, within=within, carry=carry)
        )

    def search(self, query: str, k: int = 10, *, within: Sequence[str] = (), carry: Sequence[str] = ()) -> list[Hit]:
        """See `Corpus.search`."""
        request, search = self._searching(query, k, within, carry), super().search
        return self._askers.answered(request, hits_of, lambda: search(query, k, within=within, carry=carry))

    def ask_as_json(
        self,
        question: str,
        *,
        history: Sequence[Turn] = (),
        within: Sequence[str] = (),
        carry: Sequence[str] | None = None,
    ) -> bytes:
        """The JSON of `as_json` of the same answer; from another process it is handed on as it came."""
        request, ask = self._asking(question, history, within, carry), super().ask
        return self._askers.answered(
            request, bytes, lambda: encoded(ask(question, history=history, within=within, carry=carry))
        )

    def search_as_json(
        self, query: str, k: int = 10, *, within: Sequence[str] = (), carry: Sequence[str] = ()
    ) -> bytes:
        """The JSON of `as_json` of the same passages."""
        request, search = self._searching(query, k, within, carry), super().search
        return self._askers.answered(request, bytes, lambda: encoded(search(query, k, within=within, carry=carry)))

    def _asking(
        self, question: str, history: Sequence[Turn], within: Sequence[str], carry: Sequence[str] | None
    ) -> dict[str, Any]:
        turns = [[turn.question, turn.answer, turn.found] for turn in history]
        asked = {"question": question, "history": turns, "within": _listed(within)}
        return self._request("ask", {**asked, "carry": None if carry is None else _listed(carry)})

    def _searching(self, query: str, k: int, within: Sequence[str], carry: Sequence[str]) -> dict[str, Any]:
        return self._request("search", {"query": query, "k": k, "within": _listed(within), "carry": _listed(carry)})

    def _request(self, what: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        return {"corpus": self._named, "what": what, "asked": asked}


def _listed(names: Sequence[str]) -> str | list[str]:
    """As JSON can hold it; a text alone stays one name."""
    return names if isinstance(names, str) else list(names)
