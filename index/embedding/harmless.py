"""A model is data: no file of its folder is run, and no pickle opened, whatever its settings ask for.

sentence-transformers 5 imports any class that the `modules.json` of a local folder names, also from a file beside it;
newer versions ask first. And both fall back to pickled weights where a part of a model has no other. So this is looked
at here, before any library sees the folder. An `auto_map` is left to transformers: told `trust_remote_code=False`, it
takes its own code for such a model, or none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

__all__ = ["why_harmful"]

LIBRARY = "sentence_transformers."
"""Whose classes a model may be made of."""

ACTIVATIONS = ("torch.nn.", LIBRARY)

PICKLED = frozenset({".bin", ".ckpt", ".pickle", ".pkl", ".pt", ".pth"})

LARGEST_SETTINGS_BYTES = 16 * 1024 * 1024
"""Settings are small; `tokenizer.json` is no settings, and is not looked at."""

_CODE_OF_ITS_OWN = "it wants code of its own to be run ({}), which Footnote never does"
_PICKLED_ONLY = "{} is pickled, which can run code, and there are no safetensors beside it"


def why_harmful(folder: Path) -> str:
    """What of a model's folder would run code; "" when nothing does."""
    return next(_harms(folder), "")


def _harms(folder: Path) -> Iterator[str]:
    for module in _named(_settings(folder / "modules.json"), "type"):
        if not module.startswith(LIBRARY):
            yield _CODE_OF_ITS_OWN.format(f"modules.json names {module}")
    for path in sorted(folder.rglob("*config*.json")):
        facts = _settings(path)
        for key in ("activation_fn", "activation_function", "sbert_ce_default_activation_function"):
            for activation in _named(facts, key):
                # A plain name ("gelu") is of a list of the library; a dotted one is imported.
                if "." in activation and not activation.startswith(ACTIVATIONS):
                    yield _CODE_OF_ITS_OWN.format(f"{path.name} names {activation}")
    for path in sorted(folder.rglob("*")):
        if path.suffix in PICKLED and not any(path.parent.glob("*.safetensors")) and path.is_file():
            yield _PICKLED_ONLY.format(path.relative_to(folder))


def _settings(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes()) if path.stat().st_size <= LARGEST_SETTINGS_BYTES else None
    except (OSError, ValueError, RecursionError):
        return None  # the library says what is wrong with it


def _named(facts: Any, key: str) -> Iterator[str]:
    """Every value under that key, however deep it stands."""
    found = [facts]
    while found:
        at = found.pop()
        if isinstance(at, dict):
            if key in at:
                yield str(at[key])
            found += at.values()
        elif isinstance(at, list):
            found += at
