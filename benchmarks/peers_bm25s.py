"""bm25s, the lexical floor.

Defaults: its own stop words, no stemmer, NumPy. Best: Snowball stems, as its documentation advises for English, and
Numba for scoring. It has no way to add a document: the index is made again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.peers_system import Setting, System


class BM25S:
    """One index of all texts."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self._documents: dict[str, str] = {}

    def start(self) -> None:
        """No model."""
        import bm25s

        self._stemmer: Any = None
        if self._setting.best:
            import Stemmer

            self._stemmer = Stemmer.Stemmer("english")
        self._bm25s = bm25s

    def index(self, documents: Mapping[str, str]) -> None:
        """All of them at once."""
        self._documents.update(documents)
        self._names = list(self._documents)
        self._bm25 = self._bm25s.BM25(backend="numba" if self._setting.best else "numpy")
        self._bm25.index(self._tokens(list(self._documents.values())), show_progress=False)

    def add(self, name: str, text: str) -> None:
        """All of them again."""
        self.index({name: text})

    def save(self) -> None:
        """The index with its texts."""
        corpus = [{"id": name, "text": text} for name, text in self._documents.items()]
        self._bm25.save(str(self._setting.folder), corpus=corpus)

    def search(self, query: str, k: int) -> list[str]:
        """By score."""
        depth = min(k, len(self._names))
        found, _ = self._bm25.retrieve(self._tokens([query]), k=depth, show_progress=False)
        return [self._names[at] for at in found[0]]

    def _tokens(self, texts: list[str]) -> Any:
        return self._bm25s.tokenize(texts, stopwords="en", stemmer=self._stemmer, show_progress=False)


def system(setting: Setting) -> System:
    """A bm25s index."""
    return BM25S(setting)
