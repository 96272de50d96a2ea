"""Footnote as it comes: there is nothing to set.

Its documents are files of a folder, written before the clock starts; reading them is timed. A document counts by its
best passage, so three passages are asked for each document that is wanted.
"""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.peers_system import Setting, System

PASSAGES = 3
"""Asked for each document that is wanted: an abstract has one to four."""


class Footnote:
    """A folder of text files and its index."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def start(self) -> None:
        """The compiled model comes from the cache, as the others' exported ones do."""
        from qa import Corpus

        self._corpus = Corpus(self._setting.documents, index=self._setting.folder)
        _ = self._corpus.model

    def index(self, documents: Mapping[str, str]) -> None:
        """Read from the folder of files, not from memory."""
        del documents
        self._corpus.sync()

    def add(self, name: str, text: str) -> None:
        """One more file, and a sync that looks at all of them."""
        (self._setting.documents / f"{name}.txt").write_text(text, "utf-8")
        self._corpus.sync()

    def save(self) -> None:
        """A sync has committed already."""

    def search(self, query: str, k: int) -> list[str]:
        """Documents in the order of their best passages."""
        paths = dict.fromkeys(hit.path for hit in self._corpus.search(query, PASSAGES * k))
        return [path.removesuffix(".txt") for path in paths][:k]


def system(setting: Setting) -> System:
    """Footnote on the folder of documents."""
    return Footnote(setting)
