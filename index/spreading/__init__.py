"""A sync whose reading, splitting and embedding are spread over a Ray cluster.

    with spread("auto", Job(corpus, settings), load, tell) as hands: ...

The process that syncs looks through the folder, plans, holds the writer's place and commits, as in any sync; workers
give back what it stores. Ray carries it: calls and results travel as plain bytes, strings, numbers and arrays.
"""

from index.spreading.hands import spread
from index.spreading.job import Job

__all__ = ["Job", "spread"]
