"""An embedding model compiled for this processor. Imports numpy, tokenizers and openvino; no torch."""

from __future__ import annotations

import hashlib
import io
import os
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from index.embedding.digests import write_atomically
from index.embedding.occasional import Occasional
from index.embedding.protocol import Vectors
from index.embedding.recipe import Manifest, padded_length

__all__ = ["CompiledEmbedder"]

BATCH_TOKENS = 1024
"""Padded tokens of one batch at most: 4 passages of 150, 32 sentences of 25. From 4 passages on, a larger batch is no
faster (measured per second of processor time: 2, 4, 6, 13 and 26 of 152 tokens: 147, 153, 155, 152, 148), and takes
more memory."""
CHUNK_TEXTS = 4096
"""Texts that are tokenised at a time: their tokens take about 50 MB."""
FEW = 4
"""Up to as many texts are always embedded by the model that is in memory for questions."""
WORTH_LOADING_TOKENS = 2_500
"""That model, on one thread, takes .3 s for so many, which is what loading the one for many texts takes: a document of
some eight passages and their sentences."""
IDLE_SECONDS = 60.0
"""After so long without many texts the model for them is let go: with what it made for each shape of input it takes
some 200 MB."""
SHAPES = "256"
"""CPU_RUNTIME_CACHE_CAPACITY of the model for questions, which stays: parts of it that are kept as made for one shape
of input (5,000 unless told). With as few for many texts, too, and fewer of what all models share
(ONEDNN_PRIMITIVE_CACHE_CAPACITY), a sync took 430 to 570 MB instead of 650 to 725, and 4 to 18 % more of the
processor's time."""
PRECISION = {"INFERENCE_PRECISION_HINT": "f32"}
"""Else layers that are not int8 are rounded to bf16 where the processor can, and vectors differ by machine."""
DIGEST_BYTES = hashlib.sha256().digest_size
_FIRST_USE = threading.Lock()

Inputs = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Token ids and attention mask: int64 (n, length)."""


class CompiledEmbedder:
    """A compiled model in memory; safe to share between threads.

    A question takes one thread: on two cores a second one makes it slower (1.2 ms instead of .8), costs 2.4 times the
    processor's time, and takes the core of whoever asks at the same time.

    A text is padded to the next multiple of 8 tokens and batched only with texts of the same padded
    length. So its vector is the same, to the bit, alone and in any batch: with padding up to the longest neighbour,
    sums are taken in another order, a rounding to int8 falls to the other side, and components differ by up to .003.
    """

    def __init__(self, folder: Path, manifest: Manifest, *, name: str, digest: str, threads: int | None = None) -> None:
        """`threads`: for many texts at once (default: one a core)."""
        self._manifest = manifest
        self.name = name
        self.fingerprint = f"{digest}/openvino-{manifest.precision}/r{manifest.recipe}"
        self.dimension = manifest.dimension
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        prompt = self._tokenizer.encode(manifest.passage_prompt, add_special_tokens=False)
        specials = self._tokenizer.num_special_tokens_to_add(False)
        self.max_tokens = manifest.max_length - specials - len(prompt.ids)
        self._for_questions = load_model(folder, "LATENCY", threads=1)
        self._for_many: Occasional[Any] = Occasional(
            lambda: load_model(folder, "THROUGHPUT", threads=threads),
            worth=WORTH_LOADING_TOKENS,
            idle_seconds=IDLE_SECONDS,
        )
        self._ahead: dict[str, Vectors] = {}

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Vectors of passages: float32 (len(texts), dimension), unit rows, in the order given."""
        return self._embed([self._manifest.passage_prompt + text for text in texts])

    def embed_question(self, text: str) -> Vectors:
        """Vector of one question: float32 (1, dimension), unit row."""
        known = self._ahead.pop(text, None)
        return self._embed([self._manifest.question_prompt + text]) if known is None else known

    def embed_ahead(self, questions: Sequence[str]) -> None:
        """Make the vectors of questions that are asked next together: two cost hardly more than one.

        Each is kept until it is asked for, or others come. Between two questions the weights (23 MB) have left the
        processor's nearest memory, and reading them is most of the work: 2.2 ms for one of 16 tokens, .9 for each of
        two, .65 of four.
        """
        texts = list(dict.fromkeys(questions))
        vectors = self._embed([self._manifest.question_prompt + text for text in texts])
        self._ahead = {text: vectors[at : at + 1] for at, text in enumerate(texts)}

    def token_spans(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Character span of each token of each text, special tokens left out and nothing truncated."""
        encodings = self._spans_tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [encoding.offsets for encoding in encodings]

    @cached_property
    def _spans_tokenizer(self) -> Tokenizer:
        tokenizer = Tokenizer.from_str(self._tokenizer.to_str())
        tokenizer.no_truncation()
        return tokenizer

    def _embed(self, texts: list[str]) -> Vectors:
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), CHUNK_TEXTS):
            encodings = self._tokenizer.encode_batch_fast(texts[start : start + CHUNK_TEXTS])  # without their places
            self._embed_ids([encoding.ids for encoding in encodings], vectors[start : start + CHUNK_TEXTS])
        return vectors

    def _embed_ids(self, ids: list[list[int]], vectors: Vectors) -> None:
        if len(ids) <= FEW:
            self._embed_few(ids, vectors)
            return
        with self._for_many.used(sum(map(len, ids))) as model:
            if model is None:
                self._embed_few(ids, vectors)
            else:
                self._embed_many(model, ids, vectors)

    def _embed_few(self, ids: list[list[int]], vectors: Vectors) -> None:
        request = self._for_questions.create_infer_request()
        for rows, inputs in batches(ids, self._manifest):
            vectors[rows] = request.infer(inputs)[0]

    def _embed_many(self, model: Any, ids: list[list[int]], vectors: Vectors) -> None:
        """As many requests in flight as the model has streams, all started and awaited by this thread.

        Neither by `AsyncInferQueue` nor by threads of ours: both were seen to wait forever, OpenVINO's threads for the
        interpreter's lock and the interpreter for them.
        """
        idle = [model.create_infer_request() for _ in range(int(model.get_property("NUM_STREAMS")))]
        under_way: deque[tuple[Any, list[int]]] = deque()
        for rows, inputs in batches(ids, self._manifest):
            if not idle:
                idle.append(_collect(*under_way.popleft(), vectors))
            request = idle.pop()
            request.start_async(inputs)
            under_way.append((request, rows))
        while under_way:
            _collect(*under_way.popleft(), vectors)


def _collect(request: Any, rows: list[int], vectors: Vectors) -> Any:
    """Wait for a request, put its vectors in their rows, and give it back for the next."""
    request.wait()
    vectors[rows] = request.get_output_tensor().data
    return request


def batches(ids: Sequence[Sequence[int]], manifest: Manifest) -> Iterator[tuple[list[int], Inputs]]:
    """Rows of `ids` in batches of one padded length each, longest first, with their inputs.

    A batch has 1, 2, 4 ... texts: OpenVINO keeps what it made for each shape of input, so that few shapes save memory
    (a sync of 2,000 passages: 300 MB less), and lose no time.
    """
    by_length: dict[int, list[int]] = {}
    for row, tokens in enumerate(ids):
        by_length.setdefault(padded_length(len(tokens), manifest.max_length), []).append(row)
    for length, rows in sorted(by_length.items(), reverse=True):
        start = 0
        while start < len(rows):
            chosen = rows[start : start + _power_of_two(min(BATCH_TOKENS // length, len(rows) - start))]
            start += len(chosen)
            padded = np.full((len(chosen), length), manifest.pad_id, dtype=np.int64)
            mask = np.zeros_like(padded)
            for at, row in enumerate(chosen):
                padded[at, : len(ids[row])] = ids[row]
                mask[at, : len(ids[row])] = 1
            yield chosen, (padded, mask)


def _power_of_two(most: int) -> int:
    """The largest that is not above `most`, but at least 1."""
    return 1 << max(most.bit_length() - 1, 0)


def load_model(folder: Path, hint: str, *, threads: int | None = None) -> Any:
    """The model of a compiled folder, as an openvino.CompiledModel that has been used once.

    The first time that arrays are handed to it in a process, OpenVINO's Python side looks numpy up, and two threads
    that do so at once wait forever: one for the interpreter's lock, the other, which holds that, for the first. So it
    is loaded and used once by one thread at a time before anyone else has it.

    What OpenVINO makes of it for one version and processor is kept beside it with a checksum (reading that takes
    0.2 s instead of 0.5), and made again if it is missing, damaged or of another machine.

    Args:
        folder: A folder made by `compile_model`.
        hint: OpenVINO's PERFORMANCE_HINT: "LATENCY" (one request) or "THROUGHPUT" (many).
        threads: How many it may use (default: one a core).
    """
    with _FIRST_USE:
        model = _loaded(folder, hint, threads)
        one = np.ones((1, 8), dtype=np.int64)
        model.create_infer_request().infer((one, one))
    return model


def _loaded(folder: Path, hint: str, threads: int | None) -> Any:
    core, version = _openvino()
    settings: dict[str, Any] = {**PRECISION, "PERFORMANCE_HINT": hint}
    if hint == "LATENCY":
        settings["CPU_RUNTIME_CACHE_CAPACITY"] = SHAPES
    if threads:
        settings["INFERENCE_NUM_THREADS"] = threads
    machine = f"{version} {core.get_property('CPU', 'FULL_DEVICE_NAME')} "
    machine += " ".join(core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"))
    kept = folder / f"{hashlib.sha256(machine.encode()).hexdigest()[:16]}.blob"
    blob = _read_checked(kept)
    if blob:
        try:
            return core.import_model(blob, "CPU", settings)
        except RuntimeError:
            pass  # a blob that this OpenVINO does not take is made again
    model = core.compile_model(str(folder / "model.xml"), "CPU", settings)
    _keep(kept, model)
    return model


def _openvino() -> tuple[Any, str]:
    if "openvino_telemetry" not in sys.modules:
        # It would call home when openvino is imported; openvino does without it if it cannot be imported.
        sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    import openvino

    return openvino.Core(), openvino.__version__


def _read_checked(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            digest, blob = file.read(DIGEST_BYTES), file.read()
    except OSError:
        return None
    return blob if blob and hashlib.sha256(blob).digest() == digest else None


def _keep(path: Path, model: Any) -> None:
    try:
        blob = model.export_model()
        content = blob.getvalue() if isinstance(blob, io.BytesIO) else bytes(blob)
        if os.access(path.parent, os.W_OK):
            write_atomically(path, hashlib.sha256(content).digest(), content)
    except (OSError, RuntimeError):
        pass  # the next start compiles again, which costs it 0.3 s
