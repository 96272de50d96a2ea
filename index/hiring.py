"""The hands of a sync: this machine's, or those of a cluster; and the model of an index, which they work with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from threading import RLock

from index.embedding import Embedder, load_embedder
from index.hands import Hands, here
from index.report import OnProgress, SyncProgress
from index.splitting import SplitSettings
from index.spreading import Job, spread

__all__ = ["Hiring"]


class Hiring:
    """The model of one index, loaded once, and hands that sync with it. Threads may share it."""

    def __init__(
        self,
        corpus: Path,
        settings: SplitSettings,
        *,
        model: str | None,
        device: str | None,
        embedder: Embedder | None,
        recorded: Callable[[], str | None],
    ) -> None:
        """Nothing is loaded yet. `embedder`: one that is given; else `model`, else the one that `recorded` names."""
        self._corpus, self._settings, self._recorded = corpus, settings, recorded
        self._model, self._device = model, device
        self._embedder = self._given = embedder
        self._lock = RLock()

    def embedder(self, tell: Callable[[str], None] = lambda _: None, made_with: str | None = None) -> Embedder:
        """The model, loaded on first use. Raises `ModelError`."""
        with self._lock:
            if self._embedder is None:
                name = self._model or made_with or self._recorded()
                self._embedder = load_embedder(name, device=self._device, on_progress=tell)
            return self._embedder

    def forget(self) -> None:
        """Load it again when it is next asked for: what the index was made with could not be read before."""
        with self._lock:
            self._embedder = self._given

    def hands(self, ray: str | None, after: ExitStack, on_progress: OnProgress, copied_from: str = "") -> Hands:
        """This machine when `ray` is None, else a cluster, which `after` takes leave of; it may need no model here.

        `copied_from`: the address that the folder is a copy of, if it is one. Raises `ClusterError`, `ModelError`.
        """

        def tell(words: str) -> None:
            on_progress(SyncProgress(words, is_preparing=True))

        if self._embedder is None:
            tell("loading the model")
        if ray is None:
            return here(self._corpus, self.embedder(tell), self._settings)
        model = self._model or self._recorded()
        job = Job(self._corpus, self._settings, model, self._device, self._given is not None, copied_from)
        return after.enter_context(spread(ray, job, partial(self.embedder, tell), tell))
