"""One worker of a cluster: a model in memory and a reader in its cage, in a process that Ray starts.

Its methods are called from another process: they take and give strings, numbers, bytes and arrays. What can go wrong
on purpose is part of what they give.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.crew import read_file
from index.embedding import Embedder, Vectors, load_embedder
from index.errors import FootnoteError
from index.hands import prepared
from index.reading import Reader, ReadingLimits, Tesseract
from index.scanning import FileFacts
from index.splitting import SplitSettings
from index.spreading.job import versions
from index.spreading.wire import prepared_to_bytes

__all__ = ["Bench"]

ONE_CORE = {"TOKENIZERS_PARALLELISM": "false", "OMP_NUM_THREADS": "1"}
"""Each core of a node has a worker of its own."""


class Bench:
    """Greeted first, then told to `load`, then given files and texts, one call after the other."""

    def __init__(self) -> None:
        self._reader: Reader | None = None
        self._languages = ""

    def greet(self, order: dict[str, Any]) -> dict[str, Any]:
        """Who this is and what it misses of the folder: quick, so that it is known early what does not fit."""
        os.environ.update(ONE_CORE)
        self._corpus, self._settings = Path(order["corpus"]), SplitSettings(**order["settings"])
        self._limits = ReadingLimits(**order["limits"])
        missing = [name for name in order["witnesses"] if not os.path.lexists(self._corpus / name)]
        sees = self._corpus.is_dir()
        return {"node": platform.node(), "pid": os.getpid(), "versions": versions(), "sees": sees, "missing": missing}

    def load(self, order: dict[str, Any]) -> dict[str, Any]:
        """Load the model, compiling it if this node has not done so yet: what it is, or what was wrong."""
        try:
            self._embedder: Embedder = load_embedder(order["model"], device=order["device"], threads=1)
        except FootnoteError as error:
            return {"node": platform.node(), "error": str(error)}
        return {
            "node": platform.node(),
            "name": self._embedder.name,
            "fingerprint": self._embedder.fingerprint,
            "dimension": self._embedder.dimension,
            "max_tokens": self._embedder.max_tokens,
        }

    def prepare(self, files: Sequence[tuple[Any, ...]], languages: str) -> list[bytes]:
        """Read and split files (the fields of their `FileFacts`); see `prepared_to_bytes`."""
        if self._reader is None or languages != self._languages:
            self._reader = Reader(self._limits, Tesseract(languages) if languages else None)
            self._languages = languages
        read = (read_file(self._corpus, self._reader, FileFacts(*facts)) for facts in files)
        return [prepared_to_bytes(prepared(each, self._embedder, self._settings)) for each in read]

    def embed(self, texts: list[str]) -> Vectors:
        """Vectors of passages: float32 (len(texts), dimension), unit rows, in the order given."""
        return self._embedder.embed_passages(texts)
