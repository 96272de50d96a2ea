"""Which store an index is kept in: the folder beside the documents, or a server that is named."""

from __future__ import annotations

import os
from pathlib import Path

from index.embedding import Embedder
from index.folder import Index
from index.milvus import Address, MilvusIndex
from index.mirroring.address import Address as SourceAddress
from index.mirroring.address import is_address
from index.moving import Kept, MoveReport, OnMove, moved
from index.moving_folder import OfFolder
from index.splitting import SplitSettings

__all__ = ["STORE", "AnyIndex", "folder_of", "moved_to", "named", "opened"]

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
    """The index of the folder `corpus`, or of the objects at an address, "s3://bucket/reports".

    Nothing is read or connected to before it is needed.
    `store`: "milvus://HOST:PORT/COLLECTION", "" for the folder, None for what the environment says (`STORE`), else the
    folder. The others as of `Index`. Raises `SettingError` for a store that is none, and `CorpusError` for an address
    that is none.
    """
    kept = os.environ.get(STORE, "") if store is None else store
    if is_address(corpus):
        from index.mirroring.indexes import MirroredIndex, MirroredMilvusIndex
        from index.mirroring.mirror import Mirror

        mirror = Mirror(SourceAddress.of(str(corpus)))
        if not kept:
            return MirroredIndex(
                mirror, index=index, model=model, device=device, embedder=embedder, settings=settings, ocr=ocr
            )
        return MirroredMilvusIndex(
            mirror,
            Address.of(kept),
            index=index,
            model=model,
            device=device,
            embedder=embedder,
            settings=settings,
            ocr=ocr,
        )
    if not kept:
        return Index(corpus, index=index, model=model, device=device, embedder=embedder, settings=settings, ocr=ocr)
    return MilvusIndex(
        corpus,
        Address.of(kept),
        index=index,
        model=model,
        device=device,
        embedder=embedder,
        settings=settings,
        ocr=ocr,
    )


def folder_of(corpus: str | Path) -> Path:
    """Where the documents lie on this machine: the folder, or the copy of what an address names.

    Raises `CorpusError` for an address that is none.
    """
    if not is_address(corpus):
        return Path(corpus).expanduser().absolute()
    from index.mirroring.mirror import Mirror

    return Mirror(SourceAddress.of(str(corpus))).documents


def named(corpus: str | Path) -> str:
    """What another process, in another folder, opens the same documents by: an absolute path, or the address."""
    return str(corpus) if is_address(corpus) else str(Path(corpus).expanduser().absolute())


def moved_to(source: AnyIndex, target: AnyIndex, tell: OnMove) -> MoveReport:
    """Copy an index to another store, and compare them; see `index.moving`. The source stays as it is."""
    return moved(_kept(source), _kept(target), tell)


def _kept(index: AnyIndex) -> Kept:
    return OfFolder(index) if isinstance(index, Index) else index
