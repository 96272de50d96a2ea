"""What a compiled model is, as its manifest says it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from index.embedding.digests import sha256_file

__all__ = ["MANIFEST", "NOT_COMPILABLE", "RECIPE", "Manifest", "padded_length", "read_manifest", "write_manifest"]

RECIPE = 1
"""Goes up when the way a model is compiled changes, so that older compiled forms and vectors are made again."""

LENGTH_STEP = 8
"""Texts are padded to a multiple of this many tokens. It belongs to the recipe, because padding decides roundings."""

MANIFEST = "manifest.json"

NOT_COMPILABLE = 3
"""Exit status of the compiling process where the model cannot be compiled, so that sentence-transformers runs it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """How a model was compiled and how texts are put to it."""

    precision: str
    """"int8" or "f32"; "plain" where the model could not be compiled and sentence-transformers runs it."""
    dimension: int = 0
    max_length: int = 0
    """Tokens of one input, special tokens counted."""
    pad_id: int = 0
    passage_prompt: str = ""
    question_prompt: str = ""
    cosine_mean: float = 1.0
    """Between compiled and plain vectors of the held-out calibration texts."""
    cosine_min: float = 1.0
    recipe: int = RECIPE
    files: dict[str, str] = field(default_factory=dict)
    """Name of each other file of the folder to its SHA-256."""


def padded_length(tokens: int, max_length: int) -> int:
    """Tokens to which an input is padded: the next multiple of LENGTH_STEP, but no more than the model reads.

    It depends on the text alone, never on its neighbours in a batch (see `CompiledEmbedder`).
    """
    return min(-(-tokens // LENGTH_STEP) * LENGTH_STEP, max_length)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the manifest of a compiled folder; the last file written there."""
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")


def read_manifest(folder: Path, *, check: bool) -> Manifest | None:
    """The manifest of a compiled folder, or None if it is missing, of another recipe, or damaged.

    Args:
        folder: A folder made by `compile_model`.
        check: Compare the checksum of every file (about 20 ms), rather than only see that they are there.
    """
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_bytes()))
        intact = all(
            sha256_file(folder / name) == sha256 if check else (folder / name).is_file()
            for name, sha256 in manifest.files.items()
        )
    except (OSError, ValueError, TypeError, AttributeError):
        return None
    return manifest if intact and manifest.recipe == RECIPE else None
