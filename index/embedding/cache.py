"""Compiled models in the user's cache folder: made once, in a process of their own, and checked when used.

    <cache>/models/<first 16 of the model's digest>-r<recipe>/   manifest.json, model.xml, model.bin, tokenizer.json
    <cache>/digests/                                             digests of model files (see `digests.py`)

A process of its own, because compiling needs torch, sentence-transformers and NNCF: their gigabyte of memory, their
progress bars, warnings and environment variables end with it.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import platformdirs

from index.embedding.locate import ModelFolder
from index.embedding.recipe import NOT_COMPILABLE, RECIPE, Manifest, read_manifest, write_manifest
from index.errors import ModelError

__all__ = ["cache_folder", "compiled_folder"]

log = logging.getLogger(__name__)

CACHE_VARIABLE = "FOOTNOTE_CACHE"
PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_COMPILING = threading.Lock()
ABANDONED_S = 3600
"""Age at which an unfinished folder of another process was surely left behind by a crash."""

QUIET_ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DISABLE_TELEMETRY": "1",
    "TOKENIZERS_PARALLELISM": "true",
}


def cache_folder() -> Path:
    """Where compiled models are kept: FOOTNOTE_CACHE, else the user's cache folder. It need not exist."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen).expanduser().absolute() if chosen else platformdirs.user_cache_path("footnote")


def compiled_folder(
    model: ModelFolder, digest: str, *, cache: Path, on_progress: Callable[[str], None]
) -> tuple[Path, Manifest]:
    """The compiled form of a model, compiled now if it is missing or damaged.

    Two processes may do this at once: both compile, and the first to finish is used by both. In one process, which may
    serve several folders, the second one waits for the first.

    Raises:
        ModelError: The model could not be loaded at all.
    """
    folder = cache / "models" / f"{digest[:16]}-r{RECIPE}"
    manifest = read_manifest(folder, check=True)
    if manifest:
        return folder, manifest
    words = f"Compiling {model.name} for this processor (once, 20 to 40 s for the embedded model)"
    on_progress(words)
    while not _COMPILING.acquire(timeout=0.5):
        on_progress(words)
    try:
        manifest = read_manifest(folder, check=True)
        return (folder, manifest) if manifest else _compiled_now(model, folder, on_progress)
    finally:
        _COMPILING.release()


def _compiled_now(model: ModelFolder, folder: Path, on_progress: Callable[[str], None]) -> tuple[Path, Manifest]:
    draft = _draft_folder(folder)
    try:
        manifest = _compile(model, draft, on_progress)
        if draft.parent == folder.parent:
            return _put_in_place(draft, folder), manifest
        return draft, manifest
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _discard(folder: Path) -> None:
    """Take a damaged compiled form away, so that the next call compiles it again."""
    grave = folder.with_name(f".{folder.name}.damaged.{os.getpid()}")
    try:
        folder.replace(grave)
    except OSError:
        return  # gone already, or not ours to remove
    shutil.rmtree(grave, ignore_errors=True)


def _draft_folder(folder: Path) -> Path:
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        for left in folder.parent.glob(".draft-*"):
            if time.time() - left.stat().st_mtime > ABANDONED_S:
                shutil.rmtree(left, ignore_errors=True)
        return Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    except OSError as error:
        import atexit

        draft = Path(tempfile.mkdtemp(prefix="footnote-"))
        atexit.register(shutil.rmtree, draft, ignore_errors=True)
        log.warning(
            "The compiled model cannot be kept in %s (%s), so every start compiles it again. Set %s to a folder that "
            "takes writes.", folder.parent, error, CACHE_VARIABLE,
        )  # fmt: skip
        return draft


def _put_in_place(draft: Path, folder: Path) -> Path:
    for _ in range(3):
        try:
            draft.replace(folder)
            return folder
        except OSError:  # a folder stands there: another process was faster, or it is damaged
            if read_manifest(folder, check=True):
                shutil.rmtree(draft, ignore_errors=True)
                return folder
            _discard(folder)
    return draft


def _compile(model: ModelFolder, draft: Path, on_progress: Callable[[str], None]) -> Manifest:
    places = filter(None, [os.environ.get("PYTHONPATH"), str(PACKAGE_ROOT), *sys.path])
    environment = {**os.environ, **QUIET_ENVIRONMENT, "PYTHONPATH": os.pathsep.join(places)}
    command = [sys.executable, "-P", "-W", "ignore", "-m", "index.embedding.compiling", str(model.path), str(draft)]
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=environment, encoding="utf-8"
        ) as child:
            for line in child.stdout or ():
                on_progress(f"Compiling {model.name} for this processor (once): {line.strip()}")
            status = child.wait()
        errors.seek(0)
        said = errors.read().strip()
    manifest = read_manifest(draft, check=True)
    if status == 0 and manifest:
        return manifest
    reason = said.splitlines()[-1] if said else f"exit status {status}"
    log.debug("compiling %s failed:\n%s", model.path, said)
    if status != NOT_COMPILABLE or model.weights_sha256:  # the embedded model compiles where nothing is missing
        raise ModelError(
            f"Model {model.name!r} could not be compiled: {reason}. Check that its files are whole, that there are "
            "2 GB of free memory and 100 MB of free disk, and that `pip check` finds no broken requirement."
        )
    log.info("%s runs without being compiled: %s", model.name, reason)
    manifest = Manifest(precision="plain")
    write_manifest(draft, manifest)
    return manifest
