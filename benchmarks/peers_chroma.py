"""Chroma, vectors only: searching by words with a rank is for its cloud.

Defaults: its own embedding function, all-MiniLM-L6-v2 as ONNX, given our export of the very weights that the others
use instead of a download. Best: the int8 ONNX model in sentence-transformers, which pads less, cosine, and a search
that looks at more of the graph (`ef_search` 200).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.peers_system import Setting, System, int8_file

EF_SEARCH = 200
EF_CONSTRUCTION = 200


class Chroma:
    """One collection, on disk at once."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting

    def start(self) -> None:
        """Load the model and make the collection."""
        import chromadb
        from chromadb.config import Settings

        self._client = chromadb.PersistentClient(str(self._setting.folder), Settings(anonymized_telemetry=False))
        embedding = self._embedding()
        graph = {"hnsw": {"space": "cosine", "ef_search": EF_SEARCH, "ef_construction": EF_CONSTRUCTION}}
        configuration = {"configuration": graph} if self._setting.best else {}
        self._collection = self._client.create_collection("documents", embedding_function=embedding, **configuration)
        embedding(["warm"])

    def index(self, documents: Mapping[str, str]) -> None:
        """In as few calls as it takes."""
        names, most = list(documents), self._client.get_max_batch_size()
        for start in range(0, len(names), most):
            ids = names[start : start + most]
            self._collection.add(ids=ids, documents=[documents[name] for name in ids])

    def add(self, name: str, text: str) -> None:
        """On disk at once."""
        self._collection.add(ids=[name], documents=[text])

    def save(self) -> None:
        """Done already."""

    def search(self, query: str, k: int) -> list[str]:
        """Nearest vectors, with the texts that a user would show."""
        return list(self._collection.query(query_texts=[query], n_results=k)["ids"][0])

    def _embedding(self) -> Any:
        from chromadb.utils import embedding_functions

        if not self._setting.best:
            function = embedding_functions.ONNXMiniLM_L6_V2()
            function.DOWNLOAD_PATH = self._setting.exported
            return function
        return embedding_functions.SentenceTransformerEmbeddingFunction(
            str(self._setting.exported),
            normalize_embeddings=True,
            backend="onnx",
            model_kwargs={"file_name": f"onnx/{int8_file()}"},
        )


def system(setting: Setting) -> System:
    """A Chroma collection."""
    return Chroma(setting)
