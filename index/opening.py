"""Which store an index is kept in: the folder beside the documents, or a server that is named."""

from __future__ import annotations

import os
from pathlib import Path

from index.embedding import Embedder
from index.folder import Index
from index.milvus import Address, MilvusIndex
from index.moving import Kept, MoveReport, OnMove, moved
from index.moving_folder import OfFolder
from index.splitting import SplitSettings

__all__ = ["STORE", "AnyIndex", "moved_to", "opened"]

STORE = "FOOTNOTE_STORE"
"""Variable of the environment that names the store where none is given."""

AnyIndex = Index | MilvusIndex


def opened(
    corpus: str | Path,
    *,
    store: str | None = None,
    index: str | Path | None = None,
    model: str | None = None,
    device: str | None = None,
    embedder: Embedder | None = None,
    settings: SplitSettings | None = None,
    ocr: str | bool | None = None,
) -> AnyIndex:
    """The index of the folder `corpus`, which is not read or connected to before it is needed.

    `store`: "milvus://HOST:PORT/COLLECTION", "" for the folder, None for what the environment says (`STORE`), else the
    folder. The others as of `Index`. Raises `SettingError` for a store that is none.
    """
    named = os.environ.get(STORE, "") if store is None else store
    if not named:
        return Index(corpus, index=index, model=model, device=device, embedder=embedder, settings=settings, ocr=ocr)
    return MilvusIndex(
        corpus,
        Address.of(named),
        index=index,
        model=model,
        device=device,
        embedder=embedder,
        settings=settings,
        ocr=ocr,
    )


def moved_to(source: AnyIndex, target: AnyIndex, tell: OnMove) -> MoveReport:
    """Copy an index to another store, and compare them; see `index.moving`. The source stays as it is."""
    return moved(_kept(source), _kept(target), tell)


def _kept(index: AnyIndex) -> Kept:
    return OfFolder(index) if isinstance(index, Index) else index
