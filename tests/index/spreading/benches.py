"""Workers with something wrong, which Ray imports in processes of its own."""

import os
import signal
import time
from pathlib import Path

from index.spreading.bench import Bench

MARK = "FOOTNOTE_TEST_MARK"
"""A file in the folder above the corpus that the first worker to meet it takes away: it alone is killed."""


class Poisoned(Bench):
    """Killed by a file, each time."""

    def prepare(self, files, languages):
        if any(b"poison" in facts[0] for facts in files):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().prepare(files, languages)


class KilledOnce(Bench):
    """Killed at the first texts to embed that it gets while the mark is there."""

    def embed(self, texts):
        mark = Path(self._corpus).with_name(MARK)
        if mark.exists():
            mark.unlink(missing_ok=True)
            os.kill(os.getpid(), signal.SIGKILL)
        return super().embed(texts)


class Slow(Bench):
    """Takes its time, so that it can be killed meanwhile."""

    def prepare(self, files, languages):
        time.sleep(0.4)
        return super().prepare(files, languages)


class OfAnotherModel(Bench):
    """Of a node with other weights."""

    def load(self, order):
        return {**super().load(order), "fingerprint": "weights of yesterday/openvino-int8/r1"}


class Elsewhere(Bench):
    """Of a node that sees no such folder."""

    def greet(self, order):
        return super().greet({**order, "corpus": f"{order['corpus']}-elsewhere"})


class Ending(Bench):
    """Ends as it starts."""

    def greet(self, order):
        os._exit(1)
