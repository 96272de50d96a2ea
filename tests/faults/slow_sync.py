"""Sync a folder slowly, in a process of its own: `python -m tests.faults.slow_sync FOLDER`."""

from __future__ import annotations

import sys
import time

from index import Index
from tests.fake_embedder import CountingEmbedder
from tests.small_steps import take_small_steps


class SlowEmbedder(CountingEmbedder):
    """Takes a little while for each batch, as a model does."""

    def embed_passages(self, texts):
        """The vectors, after 5 ms."""
        time.sleep(0.005)
        return super().embed_passages(texts)


if __name__ == "__main__":
    take_small_steps()
    Index(sys.argv[1], embedder=SlowEmbedder()).sync()
