"""txtai, hybrid.

Defaults: `Embeddings(path=..., hybrid=True, content=True)`: PyTorch, an IVF index of FAISS above 5,000 texts, BM25 on
Unicode words, both scores weighed alike. Best: the int8 ONNX model in its own ONNX vectors, exact search
(`IDMap,Flat`), alphanumeric words without stop words (it has no stemmer), more weight on meaning (nDCG@10 of 250
training claims, .5 .788, .7 .801, .8 .807; its Bayesian scores .806 at best).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.peers_system import Setting, System, int8_file

DENSE_WEIGHT = 0.8
MODEL_TOKENS = 256
"""What the model reads; PyTorch takes it from the model's folder, txtai's ONNX vectors do not."""


class Txtai:
    """One `Embeddings` with its texts in SQLite."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def start(self) -> None:
        """The model is loaded at the first text otherwise."""
        from txtai import Embeddings

        self._embeddings = Embeddings(self._settings())
        self._embeddings.batchtransform(["warm"])

    def index(self, documents: Mapping[str, str]) -> None:
        """Embed, then build both indexes, then write: txtai writes only when told to."""
        self._embeddings.index((name, text, None) for name, text in documents.items())

    def add(self, name: str, text: str) -> None:
        """Into both indexes."""
        self._embeddings.upsert([(name, text, None)])

    def save(self) -> None:
        """All of it."""
        self._embeddings.save(str(self._setting.folder))

    def search(self, query: str, k: int) -> list[str]:
        """Both lists are ten times as long as what is asked for, by itself."""
        weights = DENSE_WEIGHT if self._setting.best else None
        return [hit["id"] for hit in self._embeddings.search(query, k, weights=weights)]

    def _settings(self) -> dict[str, Any]:
        if not self._setting.best:
            return {"path": str(self._setting.model), "hybrid": True, "content": True}
        exported = self._setting.exported
        words = {"alphanum": True, "stopwords": True}
        return {
            "path": str(exported / "onnx" / int8_file()),
            "tokenizer": str(exported / "tokenizer.json"),
            "maxlength": MODEL_TOKENS,
            "content": True,
            "dense": True,
            "faiss": {"components": "IDMap,Flat"},
            "scoring": {"method": "bm25", "terms": True, "normalize": True, "tokenizer": words},
        }


def system(setting: Setting) -> System:
    """A txtai database."""
    return Txtai(setting)
