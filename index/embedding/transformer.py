"""A model run by sentence-transformers itself: on a GPU, or where it could not be compiled."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from index.embedding.batching import Batch, planned
from index.embedding.protocol import Vectors
from index.errors import ModelError

__all__ = ["TransformerEmbedder", "check_device", "gpu_present", "prompts_of"]

BATCH_TEXTS = 16
"""Texts of one batch on the CPU; sentence-transformers sorts them by length itself."""

GPU_BATCH_TOKENS = 1 << 16
"""Padded tokens of one batch on a GPU: 400 passages of 160. Reckoned, not measured: the widest layer of a model of 384
dimensions then takes .2 GB in half precision. Where memory does not do, it is halved (see `_read`)."""

GPU_LENGTH_STEP = 16
"""Texts are padded to a multiple of so many tokens: what tensor cores multiply at a time."""

CHUNK_TEXTS = 2048
"""Texts tokenised at a time, while the GPU reads those before."""

GPU_DRIVERS = (
    Path("/proc/driver/nvidia/version"),
    Path("/usr/lib/wsl/lib/libcuda.so.1"),
    Path(os.environ.get("SYSTEMROOT", "C:/Windows"), "System32", "nvcuda.dll"),
)

UNLIMITED_TOKENS = 512
"""Tokens of a passage for a model that reads any number, such as one of static word vectors."""


class TransformerEmbedder:
    """A sentence-transformers model in memory: in full precision on the CPU, in half precision on a GPU.

    On a GPU a text is padded by its own length alone, and read with others of that length only. Still, the order of
    sums is the GPU's: in another batch a vector may differ in its last digits (of ten bits), which is a cosine of more
    than .9999. On the CPU it is always the same.
    """

    def __init__(self, folder: Path, *, name: str, digest: str, device: str, half: bool | None = None) -> None:
        """`device`: one of torch. `half`: whether in half precision (default: on an NVIDIA GPU)."""
        check_device(device)
        self._half = device.startswith("cuda") if half is None else half
        self._device = device
        self._model = _load(folder, name, device, half=self._half)
        self._tokenizer = _spans_tokenizer(self._model.tokenizer, name)
        self.name = name
        self.fingerprint = f"{digest}/sentence-transformers-{'f16' if self._half else 'f32'}"
        self.dimension = int(self._model.encode_query("a").shape[-1])
        self._prompt, _ = prompts_of(self._model)
        limit = self._model.max_seq_length
        self._limit = int(limit) if limit and np.isfinite(limit) else UNLIMITED_TOKENS
        taken = self._tokenizer.num_special_tokens_to_add(False) + len(self.token_spans([self._prompt])[0])
        self.max_tokens = self._limit - taken
        self._reads_tokens = _reads_tokens(self._model)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages: float32 (len(texts), dimension), unit rows, in the order given."""
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        if self._reads_tokens and (self._half or self._device != "cpu"):
            return self._read_many([self._prompt + text for text in texts])
        encoded = self._model.encode_document(
            list(texts), batch_size=BATCH_TEXTS, normalize_embeddings=True, show_progress_bar=False
        )
        return np.ascontiguousarray(encoded, dtype=np.float32)

    def embed_question(self, text: str) -> Vectors:
        """Vector of one question: float32 (1, dimension), unit row."""
        encoded = self._model.encode_query([text], normalize_embeddings=True, show_progress_bar=False)
        return np.ascontiguousarray(encoded, dtype=np.float32)

    def token_spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Character span of each token of each text, special tokens left out and nothing truncated."""
        return [encoding.offsets for encoding in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def _read_many(self, texts: Sequence[str]) -> Vectors:
        """Batches of one length, begun one after the other without waiting, so that the GPU never waits for the CPU."""
        import torch

        whole = Tokenizer.from_str(self._tokenizer.to_str())
        whole.enable_truncation(self._limit)
        parts: list[tuple[list[int], Any]] = []
        with torch.inference_mode():
            for start in range(0, len(texts), CHUNK_TEXTS):
                ids = [encoding.ids for encoding in whole.encode_batch_fast(list(texts[start : start + CHUNK_TEXTS]))]
                plan = planned(
                    [len(each) for each in ids],
                    step=GPU_LENGTH_STEP,
                    most_tokens=GPU_BATCH_TOKENS,
                    most_length=self._limit,
                )
                for batch in plan:
                    parts.append(([start + row for row in batch.rows], self._read(ids, batch)))
            vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
            for rows, found in parts:
                vectors[rows] = found.cpu().numpy()
        return vectors

    def _read(self, ids: Sequence[Sequence[int]], batch: Batch) -> Any:
        """Unit rows on the device, of one batch, or of its halves when there is not enough memory for all of it."""
        import torch

        shape = (len(batch.rows), batch.length)
        padded, mask = np.full(shape, self._model.tokenizer.pad_token_id or 0), np.zeros(shape, dtype=np.int64)
        for at, row in enumerate(batch.rows):
            padded[at, : len(ids[row])] = ids[row]
            mask[at, : len(ids[row])] = 1
        try:
            features = {
                "input_ids": torch.from_numpy(padded).to(self._device, non_blocking=True),
                "attention_mask": torch.from_numpy(mask).to(self._device, non_blocking=True),
            }
            found = self._model(features)["sentence_embedding"].float()
        except torch.cuda.OutOfMemoryError:
            if len(batch.rows) == 1:
                raise
            middle = len(batch.rows) // 2
            halves = batch.rows[:middle], batch.rows[middle:]
            return torch.cat([self._read(ids, Batch(batch.length, rows)) for rows in halves])
        return torch.nn.functional.normalize(found, dim=1)


def check_device(device: str) -> None:
    """Raise `ModelError` unless torch can use `device` here."""
    import torch

    kind, _, number = device.partition(":")
    counts = {"cpu": 1, "cuda": torch.cuda.device_count(), "mps": int(torch.backends.mps.is_available())}
    if kind not in counts or (number and not number.isdecimal()):
        raise ModelError(f"Device {device!r} is none that Footnote knows: expected cpu, cuda, cuda:1 ... or mps.")
    if int(number or 0) < counts[kind]:
        return
    found = f"there are {counts[kind]}" if counts[kind] else "there is none"
    raise ModelError(
        f"Device {device!r} was asked for, but {found} that torch {torch.__version__} can use. Name another, leave "
        "the device out, or install the driver and the build of torch that fit it."
    )


def _reads_tokens(model: Any) -> bool:
    """Whether the model is a transformer of token ids and a mask, whose pooling need not know of the prompt."""
    whole = all(getattr(step, "include_prompt", True) for step in model)
    return hasattr(model[0], "auto_model") and model.tokenizer is not None and whole


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


def _load(folder: Path, name: str, device: str, *, half: bool) -> Any:
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
    return (model.half() if half else model.float()).eval()


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
