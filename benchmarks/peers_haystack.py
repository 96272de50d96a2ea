"""Haystack: `InMemoryDocumentStore`, its BM25 and embedding retrievers, and a `DocumentJoiner`.

Defaults: PyTorch, BM25L on words, lists joined as they are (`concatenate`). Best: the int8 ONNX model, BM25Plus, 100
candidates each, joined by the distribution of their scores (nDCG@10 of 120 training claims .83; weighted reciprocal
ranks .78, `merge` .78; BM25Okapi .82). Its words cannot be stemmed, and that way of joining takes no weights. The store
that Haystack itself brings keeps everything in memory and is written as one JSON file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.peers_system import DEPTH, Setting, System, int8_file


class Haystack:
    """A store and a pipeline over it."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def start(self) -> None:
        """Load the model twice, as Haystack does: to embed documents, and questions."""
        from haystack import Document
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
        )

        best = self._setting.best
        batch = {"batch_size": 64, "normalize_embeddings": True} if best else {}
        self._embedder = SentenceTransformersDocumentEmbedder(**self._model(), **batch, progress_bar=False)
        self._embedder.warm_up()
        self._store = InMemoryDocumentStore(bm25_algorithm="BM25Plus" if best else "BM25L")
        self._pipeline = self._made()
        self._pipeline.warm_up()
        self._document: Any = Document

    def index(self, documents: Mapping[str, str]) -> None:
        """Embed, then write into the store."""
        texts = [self._document(id=name, content=text) for name, text in documents.items()]
        self._store.write_documents(self._embedder.run(texts)["documents"])

    def add(self, name: str, text: str) -> None:
        """The store takes it."""
        self.index({name: text})

    def save(self) -> None:
        """One JSON file."""
        self._store.save_to_disk(str(self._setting.folder / "store.json"))

    def search(self, query: str, k: int) -> list[str]:
        """Run the pipeline."""
        asked = {"words": {"query": query}, "embedder": {"text": query}}
        return [document.id for document in self._pipeline.run(asked)["joiner"]["documents"][:k]]

    def _made(self) -> Any:
        from haystack import Pipeline
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
        from haystack_integrations.components.embedders.sentence_transformers import SentenceTransformersTextEmbedder

        best = self._setting.best
        depth = DEPTH if best else 10
        joined = {"join_mode": "distribution_based_rank_fusion"} if best else {}
        batch = {"normalize_embeddings": True} if best else {}
        pipeline = Pipeline()
        pipeline.add_component(
            "embedder", SentenceTransformersTextEmbedder(**self._model(), **batch, progress_bar=False)
        )
        pipeline.add_component("vectors", InMemoryEmbeddingRetriever(self._store, top_k=depth))
        pipeline.add_component("words", InMemoryBM25Retriever(self._store, top_k=depth))
        pipeline.add_component("joiner", DocumentJoiner(**joined))
        pipeline.connect("embedder.embedding", "vectors.query_embedding")
        pipeline.connect("vectors", "joiner")
        pipeline.connect("words", "joiner")
        return pipeline

    def _model(self) -> dict[str, Any]:
        from haystack.utils import ComponentDevice

        device = ComponentDevice.from_str("cpu")
        if not self._setting.best:
            return {"model": str(self._setting.model), "device": device}
        exported = {"file_name": f"onnx/{int8_file()}"}
        return {"model": str(self._setting.exported), "device": device, "backend": "onnx", "model_kwargs": exported}


def system(setting: Setting) -> System:
    """A Haystack pipeline."""
    return Haystack(setting)
