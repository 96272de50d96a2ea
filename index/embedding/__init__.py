"""Text to unit vectors: the embedded model, or any sentence-transformers model, behind one protocol."""

from index.embedding.loading import DEFAULT_MODEL, device_of, load_embedder
from index.embedding.locate import locate_reranker
from index.embedding.protocol import Embedder, EmbedsAhead, EmbedsAtOnce, EmbedsPassages, Vectors

__all__ = [
    "DEFAULT_MODEL",
    "Embedder",
    "EmbedsAhead",
    "EmbedsAtOnce",
    "EmbedsPassages",
    "Vectors",
    "device_of",
    "load_embedder",
    "locate_reranker",
]
