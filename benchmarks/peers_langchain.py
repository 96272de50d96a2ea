"""LangChain: FAISS and BM25 in an `EnsembleRetriever`.

Defaults: PyTorch, FAISS by L2, BM25 on words split at white space, equal weights; only the number of results is raised
from 4 to what is asked for. Best: the int8 ONNX model, unit vectors, longer batches, BM25 on lower-case stems without
stop words, 100 candidates each, equal weights (nDCG@10 of 250 training claims, .4 .812, .5 .814, .6 .809).

BM25 cannot take one more document and has no form on disk: it is made again from all texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from benchmarks.peers_system import DEPTH, Setting, System, int8_file

DENSE_WEIGHT = 0.5
WORD = re.compile(r"\w+")


class LangChain:
    """A FAISS store, a BM25 retriever, and the ensemble of the two."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def start(self) -> None:
        """Load the model, which `HuggingFaceEmbeddings` does at once."""
        from langchain_huggingface import HuggingFaceEmbeddings

        model, options = self._setting.model, dict[str, Any](device="cpu")
        if self._setting.best:
            model = self._setting.exported
            options |= {"backend": "onnx", "model_kwargs": {"file_name": f"onnx/{int8_file()}"}}
        encode = {"normalize_embeddings": True, "batch_size": 64} if self._setting.best else {}
        self._embeddings = HuggingFaceEmbeddings(model_name=str(model), model_kwargs=options, encode_kwargs=encode)

    def index(self, documents: Mapping[str, str]) -> None:
        """Embed into FAISS, then BM25."""
        from langchain_community.vectorstores import FAISS
        from langchain_core.documents import Document

        self._texts = [Document(text, metadata={"id": name}) for name, text in documents.items()]
        self._store = FAISS.from_documents(self._texts, self._embeddings)
        self._retriever = self._ensemble()

    def add(self, name: str, text: str) -> None:
        """FAISS takes it, BM25 is made again."""
        from langchain_core.documents import Document

        document = Document(text, metadata={"id": name})
        self._texts.append(document)
        self._store.add_documents([document])
        self._retriever = self._ensemble()

    def save(self) -> None:
        """FAISS with the texts."""
        self._store.save_local(str(self._setting.folder))

    def search(self, query: str, k: int) -> list[str]:
        """The ensemble gives all candidates; the first are taken."""
        return [document.metadata["id"] for document in self._retriever.invoke(query)[:k]]

    def _ensemble(self) -> Any:
        from langchain_classic.retrievers import EnsembleRetriever
        from langchain_community.retrievers import BM25Retriever

        best = self._setting.best
        depth = DEPTH if best else 10
        words = {"preprocess_func": _Stems()} if best else {}
        lexical = BM25Retriever.from_documents(self._texts, k=depth, **words)
        dense = self._store.as_retriever(search_kwargs={"k": depth})
        weights = [DENSE_WEIGHT, 1 - DENSE_WEIGHT] if best else None
        return EnsembleRetriever(retrievers=[dense, lexical], weights=weights)


class _Stems:
    """A text to its lower-case stems, without stop words."""

    def __init__(self) -> None:
        import Stemmer
        from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

        self._stemmer, self._stop = Stemmer.Stemmer("english"), ENGLISH_STOP_WORDS

    def __call__(self, text: str) -> list[str]:
        words = [word for word in WORD.findall(text.lower()) if word not in self._stop]
        return list(self._stemmer.stemWords(words))


def system(setting: Setting) -> System:
    """An ensemble."""
    return LangChain(setting)
