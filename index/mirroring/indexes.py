"""The index of documents in object storage: that of their copy, which is brought in step before each sync."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from index.embedding import Embedder
from index.folder import Index
from index.milvus import Address as StoreAddress
from index.milvus import MilvusIndex
from index.mirroring.mirror import Mirror
from index.report import OnProgress, SyncReport
from index.splitting import SplitSettings
from index.watching import Changed, Notice

__all__ = ["MirroredIndex", "MirroredMilvusIndex"]


class MirroredIndex(Index):
    """See `Index`; kept beside the copy unless `index` names another place."""

    def __init__(
        self,
        mirror: Mirror,
        *,
        index: str | Path | None = None,
        model: str | None = None,
        device: str | None = None,
        embedder: Embedder | None = None,
        settings: SplitSettings | None = None,
        ocr: str | bool | None = None,
    ) -> None:
        """Name the copy; the others as of `Index`."""
        super().__init__(
            mirror.documents,
            index=index or mirror.index,
            model=model,
            device=device,
            embedder=embedder,
            settings=settings,
            ocr=ocr,
        )
        self._mirror, self.copied_from = mirror, str(mirror.address)

    def sync(
        self,
        on_progress: OnProgress | None = None,
        *,
        rebuild: bool = False,
        only: Iterable[str] | None = None,
        ray: str | None = None,
    ) -> SyncReport:
        """Bring the copy in step with the storage, and the index with the copy. Raises `CorpusAway`, too."""
        followed = self._mirror.follow(on_progress or (lambda _: None), rebuild=rebuild)
        return followed.told_in(super().sync(on_progress, rebuild=rebuild, only=only, ray=ray))

    def changes(self, stop: threading.Event, say: Notice) -> Iterator[Changed]:
        """See `Mirror.changes`."""
        return self._mirror.changes(stop, say)


class MirroredMilvusIndex(MilvusIndex):
    """See `MilvusIndex`. Each machine has a copy of its own; the server remembers the address, and not the copy."""

    def __init__(
        self,
        mirror: Mirror,
        address: StoreAddress,
        *,
        index: str | Path | None = None,
        model: str | None = None,
        device: str | None = None,
        embedder: Embedder | None = None,
        settings: SplitSettings | None = None,
        ocr: str | bool | None = None,
    ) -> None:
        """Name the copy and the server; the others as of `MilvusIndex`."""
        super().__init__(
            mirror.documents,
            address,
            index=index or mirror.index,
            model=model,
            device=device,
            embedder=embedder,
            settings=settings,
            ocr=ocr,
        )
        self._mirror, self.copied_from = mirror, str(mirror.address)

    def sync(
        self,
        on_progress: OnProgress | None = None,
        *,
        rebuild: bool = False,
        only: Iterable[str] | None = None,
        ray: str | None = None,
    ) -> SyncReport:
        """Bring the copy in step with the storage, and the index with the copy. Raises `CorpusAway`, too."""
        followed = self._mirror.follow(on_progress or (lambda _: None), rebuild=rebuild)
        return followed.told_in(super().sync(on_progress, rebuild=rebuild, only=only, ray=ray))

    def changes(self, stop: threading.Event, say: Callable[[str], None]) -> Iterator[Changed]:
        """See `Mirror.changes`."""
        return self._mirror.changes(stop, say)

    def _where(self) -> str:
        return self._mirror.address.where
