"""Two parts of one question at the same time: a thread beside the one that asks.

Only for work that spends its time outside the interpreter (the model, FAISS): what runs beside it goes on undisturbed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

__all__ = ["meanwhile"]

T = TypeVar("T")

MOST = 64
"""Threads at most; they are started when they are needed, and wait for the next question."""


def meanwhile(work: Callable[[], T]) -> Future[T]:
    """Begin `work` in another thread; `result()` waits for it, and raises what it raised."""
    begun = _threads().submit(work)
    time.sleep(0)  # lets go of the interpreter, or the other thread would wait for it up to 5 ms
    return begun


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST, thread_name_prefix="footnote-meanwhile")
