"""A sentence-transformers model to an int8 OpenVINO model. Runs in a process of its own (see `cache.py`).

    python -m index.embedding.compiling MODEL_FOLDER TARGET_FOLDER

It ends with its owner, who holds the other end of its standard input.

The whole pipeline of the model (transformer, pooling, anything after it) is traced as one function from token ids
to unit vectors, then quantised with fixed ranges that are measured on `calibration.txt`. Fixed ranges, because with
dynamic quantisation the scale of a batch depends on all of its texts: a text's vector would depend on its neighbours.

Whether a model can be compiled is not guessed from its architecture but measured: every HELD_OUT-th calibration text is
kept out of the calibration and embedded by both. The most precise form that agrees is taken, else none.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedding.digests import sha256_file
from index.embedding.protocol import Vectors
from index.embedding.recipe import NOT_COMPILABLE, Manifest, padded_length, write_manifest
from index.embedding.transformer import prompts_of

__all__ = ["compile_model"]

CALIBRATION = Path(__file__).with_name("calibration.txt")
HELD_OUT = 8
AGREEMENT = {"int8": (0.99, 0.96), "f32": (0.9999, 0.999)}
"""Least mean and least single cosine to the plain model. The embedded model in int8 reaches .997 and .98."""

Pair = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Token ids and attention mask: int64 (n, length)."""


def compile_model(source: Path, target: Path) -> Manifest:
    """Compile the model in `source` into the existing, empty folder `target`.

    Raises:
        ValueError: No compiled form gives the vectors that the model gives; libraries raise more.
    """
    st = _load(source)
    passage_prompt, question_prompt = prompts_of(st)
    tokenizer = _export_tokenizer(st, target)
    pad_id = st.tokenizer.pad_token_id or 0
    texts = calibration_texts()
    expected = st.encode_document(texts[::HELD_OUT], normalize_embeddings=True, show_progress_bar=False)
    pairs = [_pair(tokenizer, pad_id, passage_prompt + text) for text in texts]
    _say("tracing")
    traced = _trace(st, pairs[0])
    precision, model, cosines = _most_compact(traced, pairs, expected)
    return Manifest(
        precision=precision,
        dimension=expected.shape[1],
        max_length=st.max_seq_length,
        pad_id=pad_id,
        passage_prompt=passage_prompt,
        question_prompt=question_prompt,
        cosine_mean=round(float(cosines.mean()), 6),
        cosine_min=round(float(cosines.min()), 6),
        files=_save(model, target),
    )


def calibration_texts() -> list[str]:
    """The passages that decide the ranges of int8: written for this, a blank line between two."""
    return [" ".join(text.split()) for text in re.split(r"\n{2,}", CALIBRATION.read_text(encoding="utf-8").strip())]


def _load(source: Path) -> Any:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(source), device="cpu", local_files_only=True, trust_remote_code=False)
    return model.float().eval()


def _export_tokenizer(st: Any, target: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(st.tokenizer.backend_tokenizer.to_str())
    tokenizer.no_padding()
    tokenizer.enable_truncation(st.max_seq_length)
    tokenizer.save(str(target / "tokenizer.json"))
    return tokenizer


def _pair(tokenizer: Any, pad_id: int, text: str) -> Pair:
    ids = np.array([tokenizer.encode(text).ids], dtype=np.int64)
    spare = ((0, 0), (0, padded_length(ids.size, tokenizer.truncation["max_length"]) - ids.size))
    return np.pad(ids, spare, constant_values=pad_id), np.pad(np.ones_like(ids), spare)


def _trace(st: Any, example: Pair) -> Any:
    import openvino as ov
    import torch

    class Pipeline(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.steps = st

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            for step in self.steps:
                features = step(features)
            return torch.nn.functional.normalize(features["sentence_embedding"], dim=1)

    with torch.no_grad():
        return ov.convert_model(Pipeline().eval(), example_input=tuple(map(torch.from_numpy, example)))


def _most_compact(traced: Any, pairs: Sequence[Pair], expected: Vectors) -> tuple[str, Any, Vectors]:
    """The first of int8 and f32 whose vectors agree with the expected ones of every HELD_OUT-th pair."""
    seen = [pair for at, pair in enumerate(pairs) if at % HELD_OUT]
    for precision, (least_mean, least) in AGREEMENT.items():
        _say({"int8": "quantising", "f32": "int8 would change its vectors too much, keeping full precision"}[precision])
        model = _quantise(traced, seen) if precision == "int8" else traced
        cosines = np.einsum("nd,nd->n", _run(model, pairs[::HELD_OUT]), expected)
        if cosines.mean() >= least_mean and cosines.min() >= least:
            return precision, model, cosines
    raise ValueError(f"compiled vectors differ from plain ones (mean cosine {cosines.mean():.4f})")


def _quantise(model: Any, pairs: Sequence[Pair]) -> Any:
    import nncf

    return nncf.quantize(
        model.clone(),
        nncf.Dataset(pairs),
        model_type=nncf.ModelType.TRANSFORMER,
        subset_size=len(pairs),
        # Measured on the embedded model: bias correction changes no cosine and costs a second.
        advanced_parameters=nncf.AdvancedQuantizationParameters(disable_bias_correction=True),
    )


def _run(model: Any, pairs: Sequence[Pair]) -> Vectors:
    import openvino as ov

    request = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"}).create_infer_request()
    return np.concatenate([request.infer(pair)[0] for pair in pairs])


def _save(model: Any, target: Path) -> dict[str, str]:
    import openvino as ov

    ov.save_model(model, str(target / "model.xml"), compress_to_fp16=False)
    return {name: sha256_file(target / name) for name in ("model.xml", "model.bin", "tokenizer.json")}


def _say(line: str) -> None:
    sys.__stdout__.write(f"{line}\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


def _end_with_owner() -> None:
    """Nobody waits for the model any more: both cores would be busy for a minute."""
    while os.read(0, 1):
        pass
    os._exit(1)


def _main() -> None:
    threading.Thread(target=_end_with_owner, daemon=True).start()
    sys.stdout = sys.stderr  # what libraries print is no progress
    # Both libraries do without this one if it cannot be imported, and it would call home.
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    try:
        write_manifest(target, compile_model(source, target))
    except (OSError, MemoryError):
        raise  # not the model's fault, or not only: asked again, it may well compile
    except Exception as error:
        sys.stderr.write(f"{type(error).__name__}: {' '.join(str(error).split())}\n")
        sys.exit(NOT_COMPILABLE)


if __name__ == "__main__":
    _main()
