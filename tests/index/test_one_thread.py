"""A question takes the thread that asks and no other, whatever the libraries would do by themselves."""

import os
import subprocess
import sys

import pytest

CODE = """
import os, sys
import numpy as np  # before the package, which cannot tell BLAS any more how many threads to take
import numpy.linalg

def ticks():
    "Processor time of each thread of this process but this one, in ticks."
    found = {}
    for task in os.listdir("/proc/self/task"):
        if int(task) != os.getpid():
            with open(f"/proc/self/task/{task}/stat") as file:
                facts = file.read().rpartition(")")[2].split()
            found[task] = int(facts[11]) + int(facts[12])
    return found

def spent(work, times):
    before = ticks()
    for _ in range(times):
        work()
    return sum(after - before.get(task, 0) for task, after in ticks().items())

rows = np.random.default_rng(1).normal(size=(20_000, 384))
rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float16)
single = rows.astype(np.float32)
others = spent(lambda: single @ single[0], 300)
from index.vectors import VectorIndex
ids = np.arange(len(rows))
index = VectorIndex.empty(384).extended(ids, ids.astype(np.uint64), rows)
question = single[:1]
def asked():
    index.search(question, 200)
    index.cosines(question, ids[::4])
    index.spread(question)
asked()
print(others, spent(asked, 60))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="threads are looked at in /proc")
@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="with one core no library takes another thread")
def test_vectors_are_compared_by_the_thread_that_asks():
    threads = {"OPENBLAS_NUM_THREADS": "4", "OMP_NUM_THREADS": "4"}
    found = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, env={**os.environ, **threads}
    )
    of_blas, of_ours = map(int, found.stdout.split())
    assert of_blas > 0, "this BLAS has threads to take"
    assert of_ours == 0
