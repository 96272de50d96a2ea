"""The hands of a sync: this machine's, or those of a cluster."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

from index.embedding import Embedder
from index.hands import Hands, here
from index.spreading import Job, spread

__all__ = ["Job", "hired"]

Tell = Callable[[str], None]


def hired(ray: str | None, job: Job, load: Callable[[Tell], Embedder], tell: Tell, after: ExitStack) -> Hands:
    """This machine when `ray` is None, else a cluster, which `after` takes leave of.

    `load` gives the model on this machine, which a cluster may have no need of. Raises `ClusterError`, `ModelError`.
    """
    if ray is None:
        return here(job.corpus, load(tell), job.settings)
    return after.enter_context(spread(ray, job, partial(load, tell), tell))
