"""LlamaIndex.

Defaults: `VectorStoreIndex.from_documents` with its own store, vectors only: a hybrid is nothing that it does by
itself. Best: the int8 ONNX model in longer batches, a FAISS store, and its `BM25Retriever` (stems, stop words) fused by
`QueryFusionRetriever` without a language model (`num_queries=1`), relative scores of 100 candidates each, .4 of it by
meaning (nDCG@10 of 250 training claims, .3 .825, .4 .832, .5 .827; by distance .828, by reciprocal ranks .812 at best).

BM25 cannot take one more document: it is made again from all nodes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.peers_system import DEPTH, Setting, System, int8_file

DENSE_WEIGHT = 0.4
DIMENSIONS = 384


class LlamaIndex:
    """A vector index; at best with BM25 beside it."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def start(self) -> None:
        """Load the model; no language model is ever asked."""
        from llama_index.core import Settings
        from llama_index.core.llms import MockLLM
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        if self._setting.best:
            self._model = HuggingFaceEmbedding(
                model_name=str(self._setting.exported),
                device="cpu",
                embed_batch_size=64,
                backend="onnx",
                model_kwargs={"file_name": f"onnx/{int8_file()}"},
            )
        else:
            self._model = HuggingFaceEmbedding(model_name=str(self._setting.model), device="cpu")
        Settings.embed_model, Settings.llm = self._model, MockLLM()

    def index(self, documents: Mapping[str, str]) -> None:
        """One document is one node, or more where it is longer than 1,024 tokens."""
        from llama_index.core import StorageContext, VectorStoreIndex

        texts = [self._document(name, text) for name, text in documents.items()]
        context = None
        if self._setting.best:
            import faiss
            from llama_index.vector_stores.faiss import FaissVectorStore

            store = FaissVectorStore(faiss.IndexFlatIP(DIMENSIONS))
            context = StorageContext.from_defaults(vector_store=store)
        self._index = VectorStoreIndex.from_documents(texts, storage_context=context)
        self._retriever = self._fused()

    def add(self, name: str, text: str) -> None:
        """Into the vectors; BM25 is made again."""
        self._index.insert(self._document(name, text))
        self._retriever = self._fused()

    def save(self) -> None:
        """Nodes and vectors; BM25 in its own folder."""
        self._index.storage_context.persist(str(self._setting.folder))
        if self._setting.best:
            self._lexical.persist(str(self._setting.folder / "bm25"))

    def search(self, query: str, k: int) -> list[str]:
        """Documents in the order of their best nodes."""
        found = dict.fromkeys(hit.node.metadata["name"] for hit in self._retriever.retrieve(query))
        return list(found)[:k]

    def _document(self, name: str, text: str) -> Any:
        """The name is told apart from the text, so that neither retriever sees it."""
        from llama_index.core import Document

        hidden = ["name"]
        return Document(
            text=text,
            metadata={"name": name},
            excluded_embed_metadata_keys=hidden,
            excluded_llm_metadata_keys=hidden,
        )

    def _fused(self) -> Any:
        if not self._setting.best:
            return self._index.as_retriever(similarity_top_k=10)
        from llama_index.core.retrievers import QueryFusionRetriever
        from llama_index.retrievers.bm25 import BM25Retriever

        self._lexical = BM25Retriever.from_defaults(docstore=self._index.docstore, similarity_top_k=DEPTH)
        return QueryFusionRetriever(
            [self._index.as_retriever(similarity_top_k=DEPTH), self._lexical],
            mode="relative_score",
            retriever_weights=[DENSE_WEIGHT, 1 - DENSE_WEIGHT],
            similarity_top_k=DEPTH,
            num_queries=1,
            use_async=False,
        )


def system(setting: Setting) -> System:
    """A LlamaIndex index."""
    return LlamaIndex(setting)
