"""Many askers: questions that come at the same time are answered by several processes.

    shared.py    a `Corpus` whose questions may be answered elsewhere
    pool.py      which processes there are: started when questions overlap, given back when they do not
    process.py   one of them, as the server sees it
    worker.py    the same from within
    wire.py      answers, passages and errors as JSON and back

Most of answering is Python, of which one process runs one thread at a time: two processes answer twice as much on two
cores. They open the same index, which they read through the same mapped files, and see what a sync commits.
"""

from __future__ import annotations

from qa.askers.pool import Askers, cores
from qa.askers.shared import SharedCorpus

__all__ = ["Askers", "SharedCorpus", "cores"]
