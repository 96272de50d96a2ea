"""From the name of a model to an embedder."""

from __future__ import annotations

from collections.abc import Callable

from index.embedding.cache import cache_folder, compiled_folder
from index.embedding.digests import digest_model
from index.embedding.locate import DEFAULT_MODEL, ModelFolder, locate_model
from index.embedding.protocol import Embedder

__all__ = ["DEFAULT_MODEL", "device_of", "load_embedder"]


def load_embedder(
    name: str | None = None,
    *,
    device: str | None = None,
    threads: int | None = None,
    on_progress: Callable[[str], None] | None = None,
) -> Embedder:
    """Load an embedding model, compiling it first if that was not done yet.

    Args:
        name: None for the embedded model; else the folder or the hub name of a sentence-transformers model. A hub
            model that is not in the Hugging Face cache is downloaded; nothing else here ever uses the network.
        device: "cpu", or a device of torch such as "cuda". None takes the CPU for the embedded model, so that a
            question from the shell starts in half a second, and a GPU for any other if there is one.
        threads: Of a compiled model, for many texts (default: all cores); its vectors are the same.
        on_progress: Told in a few words what takes long: a download, a compilation.

    Raises:
        ModelError: The model is missing, altered, or cannot be loaded.
    """
    tell = on_progress or (lambda _: None)
    model = locate_model(name, on_progress=tell)
    cache = cache_folder()
    digest = digest_model(model, cache=cache)
    if _device(model, device) != "cpu":
        return _plain(model, digest, _device(model, device))
    folder, manifest = compiled_folder(model, digest, cache=cache, on_progress=tell)
    if manifest.precision == "plain":
        return _plain(model, digest, "cpu")
    from index.embedding.compiled import CompiledEmbedder

    return CompiledEmbedder(folder, manifest, name=model.name, digest=digest, threads=threads)


def device_of(name: str | None, device: str | None) -> str:
    """Where `load_embedder` would run the model of that name. Raises `ModelError`."""
    return device or _device(locate_model(name, on_progress=lambda _: None), None)


def _device(model: ModelFolder, device: str | None) -> str:
    if device or model.weights_sha256:
        return device or "cpu"
    from index.embedding.transformer import gpu_present

    return "cuda" if gpu_present() else "cpu"


def _plain(model: ModelFolder, digest: str, device: str) -> Embedder:
    from index.embedding.transformer import TransformerEmbedder

    return TransformerEmbedder(model.path, name=model.name, digest=digest, device=device)
