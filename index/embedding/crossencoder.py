"""A cross-encoder: a model that reads a question and a passage together and says how well they go together.

Far slower than comparing vectors, so it is only asked about the few passages that were found. Optional: nothing here
is imported unless the user names one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.embedding.locate import ModelFolder, locate_reranker
from index.embedding.transformer import gpu_present
from index.errors import ModelError

__all__ = ["CrossEncoderReranker", "load_reranker"]


class CrossEncoderReranker:
    """A sentence-transformers cross-encoder in memory. Threads may share it."""

    def __init__(self, model: ModelFolder, *, device: str) -> None:
        _check_kind(model)
        self.name = model.name
        self._model, self._as_it_is = _load(model, device)
        if np.asarray(self._predicted("a", ["b"])).shape != (1,):
            raise ModelError(
                f"Reranker {model.name!r} gives several scores for one passage; expected a cross-encoder with one, "
                "such as 'cross-encoder/ms-marco-MiniLM-L6-v2'."
            )

    def scores(self, question: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """How well each passage answers the question: float32 (len(passages),), any scale, higher is better."""
        if not passages:
            return np.zeros(0, np.float32)
        return np.asarray(self._predicted(question, passages), dtype=np.float32)

    def _predicted(self, question: str, passages: Sequence[str]) -> Any:
        # Without the sigmoid that most carry: near 1 it would round what still differs to the same.
        return self._model.predict(
            [(question, passage) for passage in passages], activation_fn=self._as_it_is, show_progress_bar=False
        )


def load_reranker(
    name: str, *, device: str | None = None, on_progress: Callable[[str], None] | None = None
) -> CrossEncoderReranker:
    """Load a cross-encoder by the name of its folder or its name on the hub.

    A hub model that is not in the Hugging Face cache is downloaded; nothing else here uses the network.

    Args:
        name: Folder or hub name.
        device: "cpu", or a device of torch such as "cuda". None takes a GPU if there is one.
        on_progress: Told in a few words what takes long.

    Raises:
        ModelError: It is missing, no cross-encoder, or cannot be loaded.
    """
    model = locate_reranker(name, on_progress=on_progress or (lambda _: None))
    return CrossEncoderReranker(model, device=device or ("cuda" if gpu_present() else "cpu"))


def _check_kind(model: ModelFolder) -> None:
    """Raise `ModelError` for another kind of model: it would load, with a last layer of random weights."""
    says_so = _facts(model.path / "config_sentence_transformers.json").get("model_type") == "CrossEncoder"
    made_for_it = _facts(model.path / "config.json").get("architectures") or []
    if not says_so and not any(str(name).endswith("ForSequenceClassification") for name in made_for_it):
        raise ModelError(
            f"Reranker {model.name!r} is not a cross-encoder ({model.path} holds {', '.join(made_for_it) or 'none'}); "
            "expected one, such as 'cross-encoder/ms-marco-MiniLM-L6-v2'. A model that embeds is named with --model."
        )


def _facts(path: Path) -> dict[str, Any]:
    try:
        facts: Any = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}


def _load(model: ModelFolder, device: str) -> tuple[Any, Any]:
    """The model, and the activation that leaves its scores as they are."""
    for variable in ("HF_HUB_DISABLE_TELEMETRY", "DISABLE_TELEMETRY"):
        os.environ.setdefault(variable, "1")
    from sentence_transformers import CrossEncoder
    from torch.nn import Identity
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        loaded = CrossEncoder(str(model.path), device=device, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # whatever a library makes of files that are no model
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelError(
            f"Reranker {model.name!r} cannot be loaded from {model.path}: {reason}. Expected a sentence-transformers "
            "cross-encoder."
        ) from error
    return loaded, Identity()
