"""A model run by sentence-transformers itself: on a GPU, or where it could not be compiled."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from index.embedding.protocol import Vectors
from index.errors import ModelError

__all__ = ["TransformerEmbedder", "gpu_present", "prompts_of"]

BATCH_TEXTS = {"cpu": 16, "cuda": 256}
"""Texts of one batch by device; sentence-transformers sorts them by length itself."""
OTHER_BATCH_TEXTS = 32

GPU_DRIVERS = (
    Path("/proc/driver/nvidia/version"),
    Path("/usr/lib/wsl/lib/libcuda.so.1"),
    Path(os.environ.get("SYSTEMROOT", "C:/Windows"), "System32", "nvcuda.dll"),
)

UNLIMITED_TOKENS = 512
"""Tokens of a passage for a model that reads any number, such as one of static word vectors."""


class TransformerEmbedder:
    """A sentence-transformers model in memory, in full precision.

    Full precision on a GPU too: in half precision a text's vector would depend on its batch neighbours.
    """

    def __init__(self, folder: Path, *, name: str, digest: str, device: str) -> None:
        self._model = _load(folder, name, device)
        self._batch = BATCH_TEXTS.get(device.partition(":")[0], OTHER_BATCH_TEXTS)
        self._tokenizer = _spans_tokenizer(self._model.tokenizer, name)
        self.name = name
        self.fingerprint = f"{digest}/sentence-transformers-f32"
        self.dimension = int(self._model.encode_query("a").shape[-1])
        prompt, _ = prompts_of(self._model)
        limit = self._model.max_seq_length
        read = int(limit) if limit and np.isfinite(limit) else UNLIMITED_TOKENS
        taken = self._tokenizer.num_special_tokens_to_add(False) + len(self.token_spans([prompt])[0])
        self.max_tokens = read - taken

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages: float32 (len(texts), dimension), unit rows, in the order given."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        encoded = self._model.encode_document(
            list(texts), batch_size=self._batch, normalize_embeddings=True, show_progress_bar=False
        )
        return np.ascontiguousarray(encoded, dtype=np.float32)

    def embed_question(self, text: str) -> Vectors:
        """Vector of one question: float32 (1, dimension), unit row."""
        encoded = self._model.encode_query([text], normalize_embeddings=True, show_progress_bar=False)
        return np.ascontiguousarray(encoded, dtype=np.float32)

    def token_spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Character span of each token of each text, special tokens left out and nothing truncated."""
        return [encoding.offsets for encoding in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]


def gpu_present() -> bool:
    """Whether torch can use an NVIDIA GPU here. Costs the import of torch only where there is a driver."""
    if not any(driver.exists() for driver in GPU_DRIVERS):
        return False
    import torch

    return torch.cuda.is_available()


def prompts_of(model: Any) -> tuple[str, str]:
    """What `encode_document` and `encode_query` of a SentenceTransformer put before a text."""

    def prompt(*names: str) -> str:
        wanted = next((name for name in names if name in model.prompts), model.default_prompt_name)
        return str(model.prompts.get(wanted) or "")

    return prompt("document", "passage", "corpus"), prompt("query")


def _load(folder: Path, name: str, device: str) -> Any:
    for variable in ("HF_HUB_DISABLE_TELEMETRY", "DISABLE_TELEMETRY"):
        os.environ.setdefault(variable, "1")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(str(folder), device=device, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # whatever a library makes of files that are no model
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelError(
            f"Model {name!r} cannot be loaded from {folder}: {reason}. Expected a sentence-transformers model."
        ) from error
    return model.float().eval()


def _spans_tokenizer(tokenizer: Any, name: str) -> Tokenizer:
    backend = getattr(tokenizer, "backend_tokenizer", tokenizer)
    if not isinstance(backend, Tokenizer):
        raise ModelError(
            f"Model {name!r} has no fast tokenizer, so the places of its tokens are unknown. Name another model."
        )
    spans_tokenizer = Tokenizer.from_str(backend.to_str())
    spans_tokenizer.no_truncation()
    spans_tokenizer.no_padding()
    return spans_tokenizer
