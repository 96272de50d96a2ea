"""Sync a folder slowly, in a process that a test kills: `python -m tests.crash.slow_sync FOLDER`.

Prints a line after each commit, so that the killer knows that something is there to lose.
"""

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


def main() -> None:
    """Sync with as many commits as there can be."""
    take_small_steps()
    sys.stdout.write("started\n")
    sys.stdout.flush()

    def tell(progress):
        sys.stdout.write(f"{progress.stage}: {progress.documents}\n")
        sys.stdout.flush()

    Index(sys.argv[1], embedder=SlowEmbedder()).sync(tell)


if __name__ == "__main__":
    main()
